"""The workload that all backends answer: every field of the built-in data set, asked with several prompts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from parted import answered
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.data import collection
from promptfit.data.reader import load
from promptfit.data.schemas.json_schema import record_schema
from promptfit.types import Answer, Request

PROJECT = Path(__file__).resolve().parents[2]
AGREE = 0.95
"""The share of answers that must be the same: sums in another order may tip a token that hangs in the balance."""


@pytest.fixture(scope="session")
def requests() -> list[Request]:
    """17 fields x 4 images x 3 prompts: two collections written by hand, and the data set's own questions."""
    data = load(PROJECT / "data" / "mini")
    written = [collection.read(path) for path in sorted((PROJECT / "prompts" / "handwritten").glob("*.csv"))[:2]]
    asked = []
    for field in data.fields:
        prompts = [row.prompt for rows in written for row in rows if row.field == field.name]
        for sample in data.of(field, "search")[:4]:
            asked += [Request(sample.image, sample.image_digest, text) for text in [*prompts, sample.question]]
    return asked


@pytest.fixture(scope="session")
def expected(requests: Sequence[Request]) -> list[str]:
    """What the transformers backend answers."""
    got = answered(LocalAnswerer(str(PROJECT / "models" / "docvlm-tiny"), reuse_image=True).answer(requests))
    return [got[index].text for index in range(len(requests))]


@pytest.fixture(scope="session")
def records() -> list[Request]:
    """Eight images of every document type, asked for all their fields in words that bring talk about."""
    data = load(PROJECT / "data" / "mini")
    asked = []
    for doc_type in dict.fromkeys(one.doc_type for one in data.fields):
        schema = record_schema(data.schema.of(doc_type))
        shown = {one.image: one.image_digest for one in data.samples if one.field.doc_type == doc_type}
        asked += [Request(image, digest, "Верни JSON", schema=schema) for image, digest in list(shown.items())[:8]]
    return asked


@pytest.fixture
def held(records: Sequence[Request], capsys: pytest.CaptureFixture[str]) -> Callable[[str, Mapping[int, Answer]], None]:
    """Holds a backend's answers about records to their schemas, and against the transformers backend's."""
    path = str(PROJECT / "models" / "docvlm-tiny")
    one = LocalAnswerer(path, max_new_tokens=256, structured="schema", reuse_image=True)
    texts = {index: answer.text for index, answer in answered(one.answer(records)).items()}

    def compare(backend: str, got: Mapping[int, Answer]) -> None:
        for index, request in enumerate(records):
            assert list(json.loads(got[index].text)) == json.loads(request.schema)["required"]
        same = sum(got[index].text == text for index, text in texts.items())
        with capsys.disabled():
            print(f"\n{backend}: {same} of {len(records)} records held to their schemas as by transformers")
        assert same >= AGREE * len(records)

    return compare


@pytest.fixture
def agree(
    requests: Sequence[Request], expected: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> Callable[[str, Mapping[int, Answer]], None]:
    """Holds a backend's answers against the transformers backend's, and prints every difference."""

    def compare(backend: str, got: Mapping[int, Answer]) -> None:
        assert len(got) == len(requests) >= 100
        different = [index for index, text in enumerate(expected) if got[index].text != text]
        with capsys.disabled():
            print(
                f"\n{backend}: {len(requests) - len(different)} of {len(requests)} answers as transformers gives them"
            )
            for index in different:
                request = requests[index]
                print(f"  {request.image.name} {request.prompt!r}: {got[index].text!r}, not {expected[index]!r}")
        assert len(different) <= (1 - AGREE) * len(requests)

    return compare


@pytest.fixture(scope="session", autouse=True)
def offline() -> None:
    """Nothing here may reach for a hub."""
    os.environ["HF_HUB_OFFLINE"] = "1"
