from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.data.annotation import format_box, parse_box, write_annotation
from promptfit.data.reader import load
from promptfit.types import PromptfitError


def test_what_is_written_is_read_again_with_the_same_bytes_each_time(make_dataset: Callable[..., Path]) -> None:
    root = make_dataset()
    before = load(root)
    written = (root / "annotation.csv").read_bytes()
    write_annotation(root, before.samples)
    assert (root / "annotation.csv").read_bytes() == written
    assert written.startswith(codecs.BOM_UTF8 + b"data_index;")
    assert load(root) == before
    assert not list(root.glob(".*"))


def test_awkward_cells_survive(make_dataset: Callable[..., Path]) -> None:
    root = make_dataset()
    first = load(root).samples[0]
    awkward = replace(first, answer=' "ё";\r\n\tвторая\rстрока\n', question="'=1+1", box=(0.1, 2, 3.25, 4))
    write_annotation(root, [awkward])
    assert load(root).samples == (awkward,)


def test_an_image_elsewhere_is_refused(make_dataset: Callable[..., Path], tmp_path: Path) -> None:
    samples = load(make_dataset()).samples
    with pytest.raises(PromptfitError, match="lies outside"):
        write_annotation(tmp_path / "other", samples)


@pytest.mark.parametrize("text", ["[1, 2, 3, 4]", "1,2,3,4", " (1, 2, 3.0, 4) "])
def test_box_notations(text: str) -> None:
    assert parse_box(text) == (1, 2, 3, 4)
    assert format_box(parse_box(text)) == "[1, 2, 3, 4]"
