"""The command line through a real shell, whose own quotes are a part of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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
        ("""promptfit try show=true -- "--help и x='y' {z} -m" """, "prompt: --help и x='y' {z} -m"),
    ],
)
def test_what_is_typed_arrives(home: Path, command: str, shown: str) -> None:
    done = shell(command, home)
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout


def prompt_of(said: str) -> object:
    return yaml.safe_load(said)["prompt"]


@pytest.mark.parametrize(
    "prompt",
    [
        "- Напиши СНИЛС",
        "-",
        "-5",
        "– тире",
        "-Напиши",
        "Ответ = ?",
        "СНИЛС=?",
        "- a\n- b",
        "\"{a}\": [b], $x ~ 'c'",
        "@x#",
    ],
)
def test_a_prompt_is_whatever_is_typed(home: Path, capsys: pytest.CaptureFixture[str], prompt: str) -> None:
    assert main(["try", prompt, "show=true"]) == 0
    assert prompt_of(capsys.readouterr().out) == prompt


@pytest.mark.parametrize("prompt", ["--help", "-h", "-m", "--", "x=5", "~seed", "--show=true", "+a=b", "a,b", "null"])
@pytest.mark.parametrize("sweep", [[], ["-m"]])
def test_after_two_dashes_any_word_is_a_text(
    home: Path, capsys: pytest.CaptureFixture[str], prompt: str, sweep: list[str]
) -> None:
    assert main(["try", "show=true", *sweep, "--", prompt]) == 0
    assert prompt_of(capsys.readouterr().out) == prompt


def test_what_looks_like_an_option_or_a_key_is_told_where_texts_go(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["try", "--Value"]) == 2
    assert "a text goes after --: promptfit try -- '--Value'" in capsys.readouterr().err
    assert main(["search", "--value"]) == 2
    assert "after --" not in capsys.readouterr().err
    assert main(["try", "СНИЛС", "x=5"]) == 1
    assert "If it is a text, it goes after --" in capsys.readouterr().err
    assert main(["search", "--", "СНИЛС"]) == 1
    assert "neither key=value nor a word" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["try", "x", "saev=x"], "save"),
        (["try", "x", "prompts=x"], "prompt"),
        (["screen", "verdikt=y"], "verdict"),
        (["compare", "labls=x"], "labels"),
        (["store", "older_than=9"], "older_than_days"),
    ],
)
def test_a_mistyped_key_of_a_command_s_own_is_known(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], meant: str
) -> None:
    assert main(words) == 1
    said = capsys.readouterr().err
    assert f"did you mean {meant}" in said
    assert all(key in said.partition("There are:")[2] for key in COMMANDS[words[0]].keys)


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
