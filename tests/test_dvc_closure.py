"""`dvc repro` tells the truth: every stage depends on all that decides what it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from dvc.repo import Repo

import closure

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Step:
    """A stage of dvc.yaml, with the values of its matrix put in."""

    name: str
    command: str
    dependencies: frozenset[Path]

    def without(self, files: Iterable[Path]) -> list[str]:
        """The files that lie under none of its dependencies."""
        return [str(one.relative_to(PROJECT)) for one in files if not self.dependencies & {one, *one.parents}]


def steps() -> list[Step]:
    stages = [one for one in Repo(str(PROJECT)).index.stages if one.cmd]
    return [Step(one.addressing, one.cmd, frozenset(PROJECT / each.def_path for each in one.deps)) for one in stages]


STEPS = steps()


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
def test_a_stage_depends_on_the_sources_that_it_imports_and_on_no_other_room(step: Step) -> None:
    sources = closure.sources(step.command, PROJECT)
    assert len(sources) > 20
    assert step.without(sources) == []
    used = {folder for file in sources for folder in (file, *file.parents)}
    idle = [one for one in step.dependencies if one.is_relative_to(PROJECT / "src") and one not in used]
    assert not idle, "the stage would run for nothing"


@pytest.mark.parametrize("step", STEPS, ids=[step.name for step in STEPS])
def test_a_stage_depends_on_the_configurations_that_it_composes(step: Step) -> None:
    configurations = closure.configurations(step.command, PROJECT)
    assert len(configurations) > 1
    assert step.without(configurations) == []


def test_what_counts_as_an_import(tmp_path: Path) -> None:
    package = tmp_path / "one"
    package.mkdir()
    files = {
        "__init__.py": "",
        "main.py": "from typing import TYPE_CHECKING\nimport one.plain\nif TYPE_CHECKING:\n    from one import typed\n"
        "def late():\n    from one.late import thing\n",
        "plain.py": "import os, elsewhere.what",
        "late.py": "thing = 1",
        "typed.py": "",
        "idle.py": "",
    }
    for name, text in files.items():
        (package / name).write_text(text, "utf-8")
    found = closure.imported(["one.main"], tmp_path)
    assert {file.name for file in found} == {"__init__.py", "main.py", "plain.py", "late.py"}
