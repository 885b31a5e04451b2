"""Every strategy on whole records: what the generator is shown, and what becomes of what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from benchmarks.stated import search_rules
from hydra.utils import instantiate
from omegaconf import OmegaConf

from promptfit.data.grouping import by_field
from promptfit.data.reader import Dataset
from promptfit.data.records import asked
from promptfit.data.schemas.dataset_schema import completed
from promptfit.data.schemas.described import described
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.author import Author
from promptfit.generate.brief import brief_of
from promptfit.generate.spending import Limits, Spending
from promptfit.search.search_run import FieldResult, run_search
from promptfit.support.system_text import parted
from promptfit.types import Answer, Field, NoAnswer, Request, Sample
from scripted_answerer import CONF, ListRecorder
from scripted_generator import Scripted

FIELDS = Field("passport", "Фамилия"), Field("passport", "Имя")
NAMES = "Карбаинов Куликов Лебедев Орлова Павлов Зайцева Крылов Савина Долгопят Ремизов Сухова Шмелёв".split()
WANTED = "Пиши с заглавной буквы"


def samples(part: str) -> list[Sample]:
    return [
        Sample(f"{part}{at}", Path(f"{part}{at}.png"), f"{part}{at}", "?", truth, field, part)
        for at, name in enumerate(NAMES)
        for field, truth in zip(FIELDS, (name, f"Ян{'а' * at}"), strict=True)
    ]


def dataset(part: str) -> Dataset:
    own = samples(part)
    return Dataset("own", Path(), tuple(own), False, "d", schema=completed({}, own))


class Clerk:
    """A scripted answerer: it answers with JSON in capitals, unless it is told to keep the case, wherever that is."""

    identity, remote = '{"checkpoint":"scripted"}', False

    def __init__(self) -> None:
        self.systems: set[str] = set()
        self._truth = {
            one.image_digest: {each.field.key: each.answer for each in samples(part) if each.image == one.image}
            for part in ("search", "holdout")
            for one in samples(part)
        }

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in enumerate(requests):
            self.systems.add(request.system)
            told = f"{request.system} {request.prompt}".casefold()
            truth = self._truth[request.image_digest]
            said = truth if "с заглавной" in told else {key: value.upper() for key, value in truth.items()}
            yield index, Answer(json.dumps(said, ensure_ascii=False))


def reply(text: str, draw: int) -> str:
    """A critic says what is wrong; who is asked for a prompt, or for a part of one, gives it."""
    if "<prompt>" not in text and "```" not in text:
        return f"Нет слов о регистре. <IMPROVED_VARIABLE>Верни JSON. {WANTED}</IMPROVED_VARIABLE>"
    if "Худшие ошибки" not in text and "Сколько промптов" in text:  # the first prompts are guesses
        return "```\n<prompt>\nВерни JSON. Коротко\n</prompt>\n```"
    part = re.search(r"(system text|instruction|field \w+|output format): <prompt>", text)
    said = WANTED if part and part[1] != "instruction" else f"Верни JSON. {WANTED}"
    return f"```\n<prompt>\n{said}\n</prompt>\n```"


def search(strategy: str, generator: Scripted, clerk: Clerk) -> FieldResult:
    data = dataset("search")
    splits = {part: list(asked(dataset(part), "record", "Верни JSON").samples) for part in ("search", "holdout")}
    own = by_field(splits["search"])
    schema = described(data.schema, "passport")
    briefs = {field: brief_of(field, "scripted", each, 0, schema=schema) for field, each in own.items()}
    metaprompt = instantiate(OmegaConf.load(CONF / "metaprompt/ru.yaml"))
    author = Author(generator, metaprompt, Spending(Limits(), list(own)), briefs)
    chosen = instantiate(OmegaConf.load(CONF / f"strategy/{strategy}.yaml"))
    result = run_search(splits, clerk, chosen, author, 250, ListRecorder(), Scoring(), search_rules())
    (found,) = result.fields
    return found


@pytest.mark.parametrize("strategy", ["feedback", "gepa", "textgrad", "edits"])
def test_it_finds_the_words_for_all_fields(strategy: str) -> None:
    generator, clerk = Scripted(reply), Clerk()
    found = search(strategy, generator, clerk)
    assert found.field == Field("passport", "*")
    assert found.search.cer == 0 and found.holdout and found.holdout.cer == 0, found.prompt.text
    assert found.holdout.values["fidelity"] == 1
    shown = "\n".join(text for text, _ in generator.seen)
    if strategy == "edits":
        assert not shown
        return
    assert "Фамилия" in shown and "Имя" in shown
    assert "Карбаинов" not in found.prompt.text
    if strategy != "textgrad":
        assert "- Фамилия (name)\n- Имя (name)" in shown, "the schema"
        assert re.search(r"Имя: expected: '\w+' \| answered: '[А-ЯЁ]+'", shown), "mistakes, field by field"


def test_gepa_evolves_the_parts_one_by_one() -> None:
    generator, clerk = Scripted(reply), Clerk()
    found = search("gepa", generator, clerk)
    told = "\n".join(text for text, _ in generator.seen)
    assert re.search(r"^(system text|instruction): <prompt>", told, re.MULTILINE), (
        "the part to be written anew is named"
    )
    system, user = parted(found.prompt.text)
    assert WANTED in f"{system} {user}" and "JSON" in user
