"""Prompts can be tried and searched on damaged images."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.cli import main
from reading import asked, configure, make_data


@pytest.fixture
def project(tracked_home: Path) -> Path:
    configure(tracked_home)
    make_data(tracked_home / "data/mini")
    return tracked_home


def attempt(*words: str) -> int:
    return main(["try", "Напиши Фамилия", "model=reader", "field=passport Фамилия", *words])


def test_damaged_images_are_other_images(project: Path) -> None:
    assert attempt() == 0
    clean = asked(project)
    assert attempt("augmentation=defocus") == 0
    assert asked(project) == 2 * clean
    assert attempt("augmentation=defocus", "severity=5") == 0
    assert asked(project) == 3 * clean
    assert attempt("augmentation=defocus", "severity=3") == 0, "that is the default"
    assert asked(project) == 3 * clean


def test_prompts_for_damaged_images_have_a_label_of_their_own(project: Path) -> None:
    words = ["search", "model=reader", "budget.per_field=24", "augmentation=glare", "severity=2"]
    assert main(words) == 0
    assert (project / "prompts/reader/reader_sep_edits@glare2.csv").is_file()


def test_what_can_not_be_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in {
        "augmentation=[defocus,glare]": "one at a time",
        "augmentation=defocus severity=6": "severity",
        "augmentation=unheard-of": "unheard-of",
    }.items():
        assert attempt(*words.split()) != 0
        assert said in capsys.readouterr().err
    assert not asked(project)
