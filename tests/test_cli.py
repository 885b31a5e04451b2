"""The command line through a real shell, whose own quotes are a part of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from promptfit.cli import help, main
from promptfit.cli.commands import COMMANDS

BIN = Path(sys.executable).parent


def shell(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PROMPTFIT_HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-c", command], env=environment, cwd="/", capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("promptfit search show=true field=СНИЛС", "field: СНИЛС"),
        ('promptfit search show=true field="passport Фамилия"', "field: passport Фамилия"),
        ("promptfit search show=true label=мой-ярлык", "label: мой-ярлык"),
        ("promptfit search show=true label='edits-${seed}'", "label: edits-0"),
        (
            """promptfit try "Что в поле «Имя»? {a}, 'b' = \\"c\\", \\${d}" show=true""",
            "prompt: Что в поле «Имя»? {a}, 'b' = \"c\", ${d}",
        ),
        ("promptfit try $'две\\nстроки' show=true", "две"),
    ],
)
def test_what_is_typed_arrives(home: Path, command: str, shown: str) -> None:
    done = shell(command, home)
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout


def test_faults_go_to_standard_error_with_a_status(home: Path) -> None:
    done = shell("promptfit search model=нет-такой", home)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("promptfit: model=нет-такой: there is no conf/model/нет-такой.yaml")
    assert shell("promptfit serach", home).returncode == 2


def test_help_teaches(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == main(["--help"]) == 0
    overview = capsys.readouterr().out
    assert all(f"  {name} " in overview for name in COMMANDS)
    for name in COMMANDS:
        said = help.of(name, home / "conf")
        assert COMMANDS[name].help in said
        assert all(example in said for example in COMMANDS[name].examples)
    search = help.of("search", home / "conf")
    assert all(f"{name}" in search for name in help.options(home / "conf", "model"))
    assert "budget:" in search
    assert "per_field: 400" in search


def test_outside_of_a_project_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    assert main(["search"]) == 1
    assert "PROMPTFIT_HOME" in capsys.readouterr().err
