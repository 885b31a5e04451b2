"""The worst answers' pictures: the image as it was shown, and the box where the answer went."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from promptfit.augment.condition import Condition
from promptfit.augment.operation import Altered, Pixels
from promptfit.score.normalize import Chain
from promptfit.study.errors.classify import Read
from promptfit.study.robustness.worst import keep_worst
from promptfit.types import Field, PromptfitError, Sample
from scored import scored


class Shift:
    """Moves everything to the right by eight pixels a severity (a stand-in)."""

    name, version = "shift", 1

    def __call__(self, pixels: Pixels, severity: float, text_height: float, rng: np.random.Generator) -> Altered:
        by = int(8 * severity)
        moved = np.full_like(pixels, 255)
        moved[:, by:] = pixels[:, : pixels.shape[1] - by]
        return Altered(moved, lambda points: points + np.array([by, 0]))


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    image = np.full((20, 40, 3), 255, np.uint8)
    image[5:9, 2:8] = 0
    Image.fromarray(image).save(tmp_path / "page.png")
    field = Field("passport", "Имя")
    return Sample("p1", tmp_path / "page.png", "0" * 64, "Имя?", "Иван", field, "test", (2.0, 5.0, 8.0, 9.0))


def read(sample: Sample, severity: int) -> Read:
    (one,) = scored([sample], lambda _: 4)
    return Read(sample, "Имя", one.answer.text, one.counts, "shift" if severity else "", severity, 4.0, ())


def test_pictures_are_as_shown_and_boxes_go_along(tmp_path: Path, sample: Sample) -> None:
    conditions = [Condition(Shift(), severity, 0) for severity in (1, 5)]
    reads = [read(sample, 0), read(sample, 1), read(sample, 5), read(replace(sample, box=None), 1)]
    kept = keep_worst(tmp_path, reads, conditions, Chain())
    assert [one.picture for one in kept] == [f"worst/0{place}.png" for place in (1, 2, 3, 4)]
    assert [one.box for one in kept] == [(2, 5, 8, 9), (10, 5, 16, 9), None, None]
    assert (kept[0].augmentation, kept[2].severity, kept[0].truth, kept[0].edits) == ("", 5, "Иван", 4)
    for one in kept[:2]:
        left, top, right, bottom = map(int, one.box or ())
        ink = np.asarray(Image.open(tmp_path / one.picture).convert("L")) == 0
        assert ink[top:bottom, left:right].all() and ink.sum() == 24


def test_older_pictures_are_replaced(tmp_path: Path, sample: Sample) -> None:
    keep_worst(tmp_path, [read(sample, 0)] * 3, [], Chain())
    keep_worst(tmp_path, [read(sample, 0)], [], Chain())
    assert [path.name for path in (tmp_path / "worst").iterdir()] == ["01.png"]
    assert keep_worst(tmp_path, [], [], Chain()) == [] and not list((tmp_path / "worst").iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, sample: Sample) -> None:
    (tmp_path / "worst").write_text("a file")
    with pytest.raises(PromptfitError, match=r"01\.png: cannot be written"):
        keep_worst(tmp_path, [read(sample, 0)], [], Chain())
