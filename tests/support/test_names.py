"""Names of answerers, generators and labels are parts of files' names."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.support.files.names import LONGEST, file_name, safe_path
from promptfit.types import PromptfitError


@pytest.mark.parametrize("name", ["edits", "GPT4o+textgrad", "мой ярлык", "Qwen2.5-VL-7B", "a@blur3", "№ 1", "=1"])
def test_a_name_that_any_system_takes_stays(name: str) -> None:
    assert file_name("label", name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Qwen/Qwen2-VL-7B", "model.name=Qwen2-VL-7B can be"),
        (r"C:\models\x", "model.name=x can be"),
        ("..", "full stop"),
        ("../x", "model.name=x can be"),
        (".hidden", "model.name=hidden can be"),
        ("a\nb", "model.name=a-b can be"),
        ("a\x00", "holds"),
        ("qwen2.5vl:7b", "model.name=qwen2.5vl-7b can be"),
        ("nul", "Windows"),
        ("COM1.x", "Windows"),
        ("", "empty"),
        (" ", "space"),
        ("x" * 111, "111 bytes"),
        ("ы" * 100, "200 bytes"),
        ("a\ud800", "holds"),
        ("a\u202eb", "holds"),
    ],
)
def test_one_that_some_system_does_not_take_is_refused_with_one_that_it_does(name: str, why: str) -> None:
    with pytest.raises(PromptfitError, match=r"model\.name=.*can't be a part of a file's name") as fault:
        file_name("model.name", name)
    assert why in str(fault.value)


def test_what_looks_the_same_is_the_same_name() -> None:
    assert file_name("label", unicodedata.normalize("NFD", "мой")) == "мой"


def test_the_longest_names_make_a_file(tmp_path: Path) -> None:
    longest = file_name("label", "ы" * (LONGEST // 2))
    (tmp_path / f".{longest}_sep_{longest}.json.4194304.tmp").write_bytes(b"")


@pytest.mark.parametrize("key", ["model.name", "generator.name", "dataset.name", "label"])
@pytest.mark.parametrize("words", [["search"], ["search", "-m", "seed=0,1"]])
def test_every_name_is_looked_at_before_anything_else(
    home: Path, capsys: pytest.CaptureFixture[str], key: str, words: list[str]
) -> None:
    assert main([*words, f"{key}=Qwen/Qwen2-VL-7B"]) == 1
    assert f"{key}=Qwen2-VL-7B can be" in capsys.readouterr().err
    assert not (home / "prompts").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["try", "Напиши", "field=СНИЛС", "save=a/b"],
        ["import", "vlmhyperbench", "/somewhere", "name=../b"],
        ["select", "model.name=a/b"],
        ["stress", "model.name=a/b"],
        ["look", "dataset.name=a/b"],
        ["compare", "model.name=a/b"],
        ["report", "model.name=a/b"],
        ["screen", "model.name=a/b"],
    ],
)
def test_in_every_command(home: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 1
    assert "=b can be" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("сканы/1.png", "сканы/1.png"),
        ("../../etc/passwd", "etc/passwd"),
        ("/abs\\win:1.png", "abs/win-1.png"),
        ("con/NUL.png", "_con/_NUL.png"),
        ("a//./b\x00c.png ", "a/b-c.png"),
        (f"сканы/{'ы' * 200}.jpg", f"сканы/{'ы' * 53}.jpg"),
        ("..", "_"),
        ("", "_"),
        ("и\u0306.png", "й.png"),
    ],
)
def test_a_path_of_others_becomes_one_below_ours(path: str, safe: str) -> None:
    assert safe_path(path) == safe
