"""A private data set stays on this machine, whatever command asks, unless the person says otherwise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.data.reader import load

COMMANDS = {
    "search": ["search", "model=paste"],
    "try": ["try", "Напиши СНИЛС", "field=СНИЛС", "model=paste"],
    "screen": ["screen", "models=[paste]", "verdict=no"],
    "select": ["select", "model=paste", "dataset=mini", "overlap=true", "collections=[prompts/one.csv]"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_an_answerer_elsewhere_is_not_shown_it(name: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "prompts").mkdir()
    (project / "prompts/one.csv").write_text("doc type question type;optimal prompt\nСНИЛС;Напиши СНИЛС\n", "utf-8-sig")
    assert main([*COMMANDS[name], "dataset.private=true"]) == 1
    assert "model=paste is not on this machine" in capsys.readouterr().err
    assert main([*COMMANDS[name], "dataset.private=true", "allow_private=true"]) == 1, "nobody sits at the terminal"
    assert "waits for a person" in capsys.readouterr().err


def said(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(words) == 1
    return capsys.readouterr().err


TRY = ["try", "Напиши СНИЛС", "field=СНИЛС", "model=paste"]
REFUSED, LET_THROUGH = "is not on this machine", "waits for a person"


@pytest.mark.parametrize("where", ["my/passports", "data/../my/passports", "data/link", "./my/passports", "absolute"])
def test_a_folder_that_a_config_is_pointed_at_is_private(
    where: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`dataset.path=` inherited what the config of our own set says; real scans could go to an API."""
    shutil.copytree(project / "data/mini", project / "my/passports")
    (project / "data/link").symlink_to(project / "my/passports")
    path = str(project / "my/passports") if where == "absolute" else where
    assert REFUSED in said([*TRY, f"dataset.path={path}"], capsys)
    assert "put a file PUBLIC" in said([*TRY, f"dataset.path={path}", "dataset.private=false"], capsys)
    (project / "my/passports/PUBLIC").touch()
    assert LET_THROUGH in said([*TRY, f"dataset.path={path}"], capsys)


def test_our_own_sets_are_public_by_any_path_but_not_what_a_link_puts_in_their_place(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in ("data/mini", "./data/mini", str(project / "data/mini"), "my/../data/mini"):
        (project / "my").mkdir(exist_ok=True)
        assert LET_THROUGH in said([*TRY, f"dataset.path={path}"], capsys)
    (project / "data/mini").rename(project / "my/scans")
    (project / "data/mini").symlink_to(project / "my/scans")
    assert REFUSED in said(TRY, capsys)


def test_a_config_without_a_word_on_it_is_of_a_private_set(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(project / "data/mini", project / "datasets/mine")
    text = "_target_: promptfit.data.reader.load_as\npath: datasets/mine\nname: mine\n"
    (project / "conf/dataset/mine.yaml").write_text(text, "utf-8")
    assert REFUSED in said([*TRY, "dataset=mine"], capsys)
    (project / "conf/dataset/mine.yaml").write_text(text + "private: false\n", "utf-8")
    assert "put a file PUBLIC" in said([*TRY, "dataset=mine"], capsys), "a configuration can't know"
    assert load(project / "data/mini").private, "whoever loads it without a word"


def test_an_image_of_the_person_s_own_is_private(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "my").mkdir()
    shutil.copy(project / "data/mini/images/p0.png", project / "my/scan.png")
    words = ["screen", "models=[paste]", "verdict=no", "Что здесь?"]
    assert "scan.png is not of a public data set" in said([*words, "my/scan.png"], capsys)
    assert LET_THROUGH in said([*words, "data/mini/images/p0.png"], capsys)
    assert LET_THROUGH in said([*words, "my/scan.png", "allow_private=true"], capsys)
