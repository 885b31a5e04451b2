"""A private data set stays on this machine, whatever command asks, unless the person says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.cli import main

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
