"""The shipped docvlm-tiny, as the demo uses it: the wording decides its CER, and a search finds the wording."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from parted import answered
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.data.reader import load
from promptfit.data.schemas.json_schema import record_schema
from promptfit.data.split import split
from promptfit.data.synth.documents import TRUTH
from promptfit.docvlm.skills import BRIEF, FORMS
from promptfit.evaluate.ask import measure
from promptfit.evaluate.scoring import Scoring
from promptfit.paths import home
from promptfit.types import Field, Prompt, Request, Sample

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answerer() -> LocalAnswerer:
    folder = home() / "models" / "docvlm-tiny"
    if not folder.exists():
        pytest.skip("models/docvlm-tiny is not here: dvc pull train")
    return LocalAnswerer(str(folder), batch_size=64, reuse_image=True)


@pytest.fixture(scope="module")
def holdout() -> dict[Field, list[Sample]]:
    folder = home() / "data" / "mini"
    if not folder.exists():
        pytest.skip("data/mini is not here: dvc pull data.dvc")
    data = load(folder)
    held = split(data)["holdout"]
    return {field: [s for s in held if s.field == field] for field in data.fields}


def cers(
    holdout: dict[Field, list[Sample]], answerer: LocalAnswerer, wording: Callable[[Field, str], str]
) -> dict[Field, float]:
    prompts = {f: Prompt(wording(f, f"Напиши {f.question_type or f.doc_type}")) for f in holdout}
    return {t.field: t.score.cer for t in measure(prompts, holdout, answerer, Scoring())}


def test_the_naive_wording_is_bad_everywhere_and_a_good_one_is_good(
    holdout: dict[Field, list[Sample]], answerer: LocalAnswerer
) -> None:
    naive = cers(holdout, answerer, lambda field, ask: ask)
    assert min(naive.values()) >= 0.15
    assert sum(naive.values()) / len(naive) >= 0.3
    asked = cers(holdout, answerer, lambda f, ask: f"{ask}. {BRIEF[0]}. {FORMS[TRUTH[f.doc_type][f.question_type]][0]}")
    assert sum(asked.values()) / len(asked) <= 0.05


def test_reuse_of_the_image_changes_no_answer(holdout: dict[Field, list[Sample]], answerer: LocalAnswerer) -> None:
    plain = LocalAnswerer(answerer.checkpoint, batch_size=16)
    some = {field: samples[:2] for field, samples in holdout.items()}
    prompts = {field: Prompt(f"Напиши {field.question_type or field.doc_type}") for field in some}
    texts = [
        [one.answer.text for t in measure(prompts, some, a, Scoring()) for one in t.scored] for a in (plain, answerer)
    ]
    assert texts[0] == texts[1]


@pytest.fixture(scope="module")
def records() -> list[Request]:
    """Eight documents of every type, asked for all their fields in words that bring talk about."""
    folder = home() / "data" / "mini"
    if not folder.exists():
        pytest.skip("data/mini is not here: dvc pull data.dvc")
    data = load(folder)
    asked = []
    for doc_type in dict.fromkeys(one.doc_type for one in data.fields):
        schema = record_schema(data.schema.of(doc_type))
        shown = {one.image: one.shown_digest for one in data.samples if one.field.doc_type == doc_type}
        asked += [Request(image, digest, "Верни JSON", schema=schema) for image, digest in list(shown.items())[:8]]
    return asked


@pytest.mark.parametrize("structured", ["json", "schema"])
def test_held_to_json_every_answer_is_one_object_and_held_to_the_schema_it_has_all_keys(
    structured: str, answerer: LocalAnswerer, records: list[Request]
) -> None:
    def said(mode: str, reuse_image: bool) -> list[str]:
        one = LocalAnswerer(answerer.checkpoint, max_new_tokens=256, structured=mode, reuse_image=reuse_image)
        got = answered(one.answer(records))
        return [got[place].text for place in range(len(records))]

    assert all(text.startswith("Вот данные") for text in said("off", True)), "free, it talks around the object"
    held = said(structured, True)
    assert held == said(structured, False)
    for request, text in zip(records, held, strict=True):
        values = json.loads(text)
        assert isinstance(values, dict) and len(values) > 2
        if structured == "schema":
            assert list(values) == json.loads(request.schema)["required"]
