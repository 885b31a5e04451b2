"""A `_target_` is called if it is known as a part of promptfit, or if the person named it in their own list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra.utils import get_object

from promptfit.build import PARTS, instantiate
from promptfit.cli import main
from promptfit.types import PromptfitError
from reading import asked, configure, make_data

CONF = Path(__file__).resolve().parents[1] / "conf"


@pytest.fixture
def project(tracked_home: Path) -> Path:
    configure(tracked_home)
    make_data(tracked_home / "data/mini")
    return tracked_home


def named(node: Any) -> Iterator[str]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "_target_":
            yield str(value)
        yield from named(value)


def test_the_parts_are_those_that_the_configurations_name() -> None:
    """A new part has its name there, too; one that is gone has none."""
    files = [path for path in CONF.rglob("*.yaml") if not {"hydra", "local"} & {*path.relative_to(CONF).parts}]
    assert {one for path in files for one in named(yaml.safe_load(path.read_text("utf-8")))} == PARTS
    for part in PARTS:
        assert get_object(part).__module__ + "." + get_object(part).__name__ == part, "no name of an import"


@pytest.mark.parametrize(
    "target",
    [
        "os.system",
        "subprocess.run",
        "builtins.exec",
        "promptfit.answer.tesseract.ocr_engine._run",
        "promptfit.paths.os.system",
        "promptfit.build.instantiate",
        "promptfit.support.files.writing.replace_file",
        "promptfit.answer.cached_answerer.AnswerCache",
        "hydra.utils.instantiate",
        ["os.system"],
        None,
        7,
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_nothing_else_is_called(home: Path, target: Any, deep: bool) -> None:
    canary = home / "canary"
    node: dict[str, Any] = {"_target_": target, "_args_": [["touch", str(canary)]]}
    if deep:
        node = {"_target_": "promptfit.evaluate.no_race.NoRace", "alpha": [{"a": node}]}
    with pytest.raises(PromptfitError, match="is not a part of promptfit"):
        instantiate(node)
    assert not canary.exists()


def test_a_class_of_one_s_own_is_named_in_a_list(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["try", "Напиши СНИЛС. Только значение", "model=reader", "field=СНИЛС"]
    (project / "conf/local/targets.yaml").unlink()
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "reading.Reader is not a part" in said and "targets.yaml" in said and not asked(project)
    (project / "conf/local/targets.yaml").write_text("- reading.Reader\n", "utf-8")
    assert main(words) == 0 and asked(project)


@pytest.mark.parametrize("text", ["targets: [a.B]", "- 1", "a: [", "\x00"])
def test_a_list_that_is_none_is_named(home: Path, text: str) -> None:
    (home / "conf/local/targets.yaml").write_text(text, "utf-8")
    with pytest.raises(PromptfitError, match=r"targets\.yaml.*one `- module\.Class` a line"):
        instantiate({"_target_": "os.system"})


def test_a_command_line_names_no_function(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canary = project / "canary"
    for key in ("model.answerer", "generator", "strategy", "dataset", "racing", "metaprompt"):
        words = [f"{key}._target_=os.system", f"+{key}.command='touch {canary}'", "model=reader"]
        assert main(["search", *words, "dry_run=false"]) == 1, key
        assert "os.system is not a part of promptfit" in capsys.readouterr().err, key
    assert not canary.exists() and not asked(project)
