"""Answers for the tests of errors: what is answered is made up by the test, there is no model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.study.errors.classify import Read
from promptfit.study.records.study_source import Source
from promptfit.types import Field, Sample

SOURCE = Source("scripted", "diverse", "d1", "best.csv", "c1", 0, ["strip"], "commit", "run", 10, 5)
STRIP = Chain()
SURNAME = Field("passport", "Фамилия")


def read(
    truth: str,
    answer: str,
    document: str = "p-0",
    field: Field = SURNAME,
    augmentation: str = "",
    height: float = 10.0,
    others: Sequence[str] = (),
    chain: Chain = STRIP,
) -> Read:
    """One answer."""
    sample = Sample(document, Path(f"{document}.png"), document, "", truth, field, "test")
    counts = count([truth], [answer], chain)[0]
    return Read(sample, "Прочитай", answer, counts, augmentation, 1 if augmentation else 0, height, others)
