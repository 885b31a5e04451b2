"""`promptfit schema` prints what a person corrects; a schema of others is taken where it is typed, and only there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from promptfit.cli import main

MODEL = """
from pathlib import Path
from pydantic import BaseModel, Field

(Path(__file__).parent / "was_run").touch()

class Passport(BaseModel):
    name: str = Field(alias="Имя", description="как зовут")
    surname: bool = Field(alias="Фамилия")
    other: str = Field(alias="Отчество")
"""


def printed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = yaml.load(capsys.readouterr().out, yaml.BaseLoader)
    return found


def test_the_inferred_one_is_printed_and_can_be_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    out = capsys.readouterr().out
    types = {f"{doc} {name}".strip(): own["type"] for doc, f in yaml.safe_load(out).items() for name, own in f.items()}
    assert types == {"passport Фамилия": "name", "passport Имя": "name", "СНИЛС": "code"}
    assert "# By their truths" in out
    (project / "data/mini/schema.yaml").write_text(out, "utf-8")
    assert main(["schema", "data/mini"]) == 0
    again = capsys.readouterr().out
    assert yaml.safe_load(again) == yaml.safe_load(out) and "# By their truths" not in again


def test_a_json_schema_is_taken(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "one.json").write_text(json.dumps({"properties": {"Имя": {"type": "boolean"}}}), "utf-8")
    assert main(["schema", "data/mini", "like=one.json", "doc_type=passport"]) == 0
    found = printed(capsys)
    assert found["passport"]["Имя"]["type"] == "boolean" and found["passport"]["Фамилия"]["type"] == "name"
    assert main(["schema", "data/mini", "like=one.json"]) == 1
    assert "like=one.json: which document type" in capsys.readouterr().err


def test_a_model_s_module_is_run_where_it_is_typed_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = project / "own"
    folder.mkdir()
    (folder / "their_models.py").write_text(MODEL, "utf-8")
    monkeypatch.syspath_prepend(str(folder))
    (project / "conf/local").mkdir(exist_ok=True)
    (project / "conf/local/local.yaml").write_text("# @package _global_\nlike: their_models.Passport\n", "utf-8")
    main(["schema", "data/mini"])
    assert "only where it is typed" in capsys.readouterr().err or not (folder / "was_run").exists()
    assert not (folder / "was_run").exists()
    (project / "conf/local/local.yaml").unlink()
    assert main(["schema", "data/mini", "like=their_models.Passport", "doc_type=passport"]) == 0
    out, err = capsys.readouterr()
    found = yaml.load(out, yaml.BaseLoader)["passport"]
    assert found["Фамилия"]["type"] == "boolean" and found["Имя"]["description"] == "как зовут"
    assert (folder / "was_run").exists() and "passport Отчество" in err


def test_a_data_set_that_is_not_there_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "datasets/none"]) == 1
    assert "no such file" in capsys.readouterr().err
