"""The shipped docvlm-tiny, as the demo uses it: the wording decides its CER, and a search finds the wording."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

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
from promptfit.types import Answer, Field, Prompt, Request, Sample

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


def held(answerer: LocalAnswerer, records: list[Request], structured: str, reuse_image: bool = True) -> list[Answer]:
    one = LocalAnswerer(answerer.checkpoint, max_new_tokens=256, structured=structured, reuse_image=reuse_image)
    got = answered(one.answer(records))
    return [replace(got[place], seconds=0.0) for place in range(len(records))]


def test_held_to_its_schema_every_record_is_one_object_with_all_keys_whatever_the_words(
    answerer: LocalAnswerer, records: list[Request]
) -> None:
    assert all(one.text.startswith("Вот данные") for one in held(answerer, records, "off")), "free, it talks around it"
    said = held(answerer, records, "schema")
    for request, one in zip(records, said, strict=True):
        assert list(json.loads(one.text)) == json.loads(request.schema)["required"]
    assert held(answerer, records, "schema", reuse_image=False) == said


def test_held_to_json_an_answer_is_one_object_unless_it_is_cut_off(
    answerer: LocalAnswerer, records: list[Request]
) -> None:
    """Where the words bring talk about, it goes into keys, and may not end; with the right words all is well."""
    said = held(answerer, records, "json")
    assert all(isinstance(json.loads(one.text), dict) for one in said if one.ended == "stop")
    assert all(one.text.startswith("{") for one in said)
    assert held(answerer, records, "json", reuse_image=False) == said
    asked = [replace(one, prompt=f"{one.prompt}. Только JSON") for one in records]
    for request, one in zip(asked, held(answerer, asked, "json"), strict=True):
        assert list(json.loads(one.text)) == json.loads(request.schema)["required"]
