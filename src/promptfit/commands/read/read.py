"""Documents read a few at a time: asked, and each value taken out and held against what it should be."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from promptfit.answer.answerer import Answerer
from promptfit.commands.read.plan import ReadingPlan, Scan
from promptfit.data.images import inspect
from promptfit.data.schemas.dataset_schema import Schema
from promptfit.evaluate.ask import Seen, request_of
from promptfit.evaluate.record_reading import fields_read
from promptfit.readers.steps import Reader
from promptfit.support.files.unfit_image import UnfitImage
from promptfit.support.parsing.absence import is_absent
from promptfit.support.parsing.amounts import Amount
from promptfit.support.parsing.dates import Day
from promptfit.support.parsing.value_types import parsed
from promptfit.types import Answer, Field, NoAnswer, Prompt, Reading, Sample

TYPED = ("date", "number", "amount", "choice", "boolean")
"""The types whose values are given as what they are, too."""


NO_ANSWER = "no answer: "


@dataclass(slots=True)
class ReadDocument:
    """What was read on one image."""

    page: Scan
    values: dict[str, str] = field(default_factory=dict)
    """By key, as it was read; empty where nothing is there, or nothing was read."""
    typed: dict[str, object] = field(default_factory=dict)
    """Dates as ISO has them, numbers and sums as digits, choices as the schema writes them."""
    marks: dict[str, str] = field(default_factory=dict)
    """What is amiss, by key: why there is no value, or that it is none of its type."""


def read(
    pages: Sequence[Scan],
    plan: ReadingPlan,
    answerer: Answerer,
    schema: Schema,
    reader: Reader,
    system: str,
    seen: Seen,
) -> list[ReadDocument]:
    """Reads some images in one call of the answerer; what can't be read is marked, and ends nothing.

    Args:
        pages: The images.
        plan: What they are asked.
        answerer: With kept answers.
        schema: What the values are.
        reader: How answers are read.
        system: The configuration's system prompt.
        seen: Called as each answer arrives.
    """
    documents = [ReadDocument(page) for page in pages]
    wanted = [(one, sample, prompt) for one in documents for sample, prompt in _asked(one, plan)]
    order = sorted(range(len(wanted)), key=lambda place: wanted[place][1].image_digest)
    requests = [request_of(Prompt(wanted[place][2]), wanted[place][1], system) for place in order]
    for position, said in answerer.answer(requests) if requests else ():
        document, sample, _ = wanted[order[position]]
        if isinstance(said, NoAnswer):
            document.marks[sample.field.key] = f"{NO_ANSWER}{said.reason}"
        else:
            seen(said.tokens_out)
            _keep(document, sample, _reading(sample, said, reader), schema)
    return documents


def _asked(document: ReadDocument, plan: ReadingPlan) -> Iterator[tuple[Sample, str]]:
    """A sample a field; none of an image that can't be read."""
    fields = plan.fields(document.page.doc_type)
    document.values = {one.key: "" for one in fields}
    try:
        facts = inspect(document.page.path)
    except (UnfitImage, OSError, ValueError) as error:
        document.marks["image"] = str(error)
        return
    for one in fields:
        sample = Sample(
            document.page.name, facts.path, facts.digest, "", "", one, "", treatment=facts.treatment,
            record=plan.best.records.get(one),
        )  # fmt: skip
        yield sample, plan.best.prompts[one]


def _reading(sample: Sample, said: Answer, reader: Reader) -> Reading:
    if sample.record:
        return fields_read(sample.record.keys, said.text, reader)[sample.field.key]
    read = reader(said.text)
    return Reading("", "cut off") if said.ended == "length" and not read.fault else read


def _keep(document: ReadDocument, sample: Sample, reading: Reading, schema: Schema) -> None:
    kind, key, value = schema.fields[sample.field].kind, sample.field.key, reading.value.strip()
    if reading.fault:
        document.marks[key] = reading.fault
    elif value and not is_absent(value, kind):
        document.values[key] = value
        found = parsed(value, kind)
        if found is None:
            document.marks[key] = f"no {kind.type}"
        elif kind.type in TYPED:
            document.typed[key] = _plain(found, kind.choices)


def _plain(value: object, choices: Sequence[Sequence[str]]) -> object:
    """A value as JSON has it; sums and numbers as text, so that no digit is lost."""
    if isinstance(value, Day):
        return datetime.date(*value).isoformat() if value.year >= 100 else None
    if isinstance(value, Amount):
        return {"value": str(value.value), "currency": value.currency or None}
    if isinstance(value, Decimal):
        return str(value)
    return choices[value][0] if isinstance(value, int) and not isinstance(value, bool) else value


def columns(plan: ReadingPlan) -> Mapping[Field, str]:
    """The fields that are read, by their column: the key, which types share where they have it in common."""
    return {field: field.key for name in plan.doc_types for field in plan.fields(name)}
