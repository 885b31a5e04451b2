"""VLMHyperBench's ``prompt_config``, in and out: prompts for whole records, with a system prompt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2
import pytest

from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.formats.vlmhyperbench_format import export_vlmhyperbench, import_vlmhyperbench
from promptfit.support.system_text import joined
from promptfit.types import PromptfitError

USER = 'Верни JSON:\n{\n  "fields": {"Имя": "…"}}'
DEFAULT = {"prompt_config": {"system_prompt": "Ты — эксперт.", "user_prompt": USER, "type_mapping": {}}}


def written(tmp_path: Path, said: Any) -> Path:
    path = tmp_path / "default.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False), encoding="utf-8")
    return path


def taken(tmp_path: Path, said: Any, doc_type: str = "") -> list[Row]:
    path = import_vlmhyperbench(written(tmp_path, said), tmp_path / "prompts", doc_type=doc_type)
    assert path == tmp_path / "prompts/default.csv"
    return collection.read(path)


def test_a_prompt_above_all_types_is_taken_for_the_type_that_is_said(tmp_path: Path) -> None:
    assert taken(tmp_path, DEFAULT, "СНИЛС") == [Row("СНИЛС *", joined("Ты — эксперт.", USER))]
    with pytest.raises(PromptfitError, match=r"default\.json: whose prompt is it\? .* say doc_type="):
        import_vlmhyperbench(tmp_path / "default.json", tmp_path / "more")


def test_what_a_type_leaves_out_is_taken_from_above(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    types = {"passport": {"system_prompt": "Ты — паспортист."}, "invoice": {"user_prompt": "Счёт"}}
    assert taken(tmp_path, {"system_prompt": "Ты", "user_prompt": "Прочти", "type_mapping": types}) == [
        Row("passport *", joined("Ты — паспортист.", "Прочти")),
        Row("invoice *", joined("Ты", "Счёт")),
    ]
    assert "the prompt for all other document types is left out" in caplog.text


def test_in_and_out_without_loss(tmp_path: Path) -> None:
    rows = taken(tmp_path, DEFAULT, "СНИЛС")
    given = export_vlmhyperbench(tmp_path / "prompts/default.csv", tmp_path / "out")
    said = json.loads(given.read_text("utf-8"))["prompt_config"]
    own = {"system_prompt": "Ты — эксперт.", "user_prompt": USER}
    assert given == tmp_path / "out/default.json" and said == {**own, "type_mapping": {"СНИЛС": own}}
    assert collection.read(import_vlmhyperbench(given, tmp_path / "again")) == rows


def test_braces_come_back_and_are_what_their_templates_render(tmp_path: Path) -> None:
    prompt = 'Ответ: {{"a": 1}} {# ё #} {% if %}'
    collection.write(tmp_path / "c.csv", [Row("passport *", prompt), Row("СНИЛС *", joined("{{x}}", "JSON"))])
    given = export_vlmhyperbench(tmp_path / "c.csv", tmp_path / "out")
    types = json.loads(given.read_text("utf-8"))["prompt_config"]["type_mapping"]
    assert jinja2.Template(types["passport"]["user_prompt"]).render() == prompt
    assert collection.read(import_vlmhyperbench(given, tmp_path / "in")) == collection.read(tmp_path / "c.csv")
    collection.write(tmp_path / "c.csv", [Row("passport *", "{% endraw %}")])
    with pytest.raises(PromptfitError, match="can't be told from a template"):
        export_vlmhyperbench(tmp_path / "c.csv", tmp_path / "more")


def test_a_collection_of_both_is_handed_over_as_two_files(tmp_path: Path) -> None:
    collection.write(tmp_path / "c.csv", [Row("passport Имя", "Напиши имя", 0.5), Row("passport *", "JSON")])
    given = export_vlmhyperbench(tmp_path / "c.csv", tmp_path / "out")
    assert given.name == "c.csv" and collection.read(given) == [Row("passport Имя", "Напиши имя", 0.5)]
    assert json.loads((tmp_path / "out/c.json").read_text("utf-8"))["prompt_config"]["user_prompt"] == "JSON"
    with pytest.raises(PromptfitError, match="exists already"):
        export_vlmhyperbench(tmp_path / "c.csv", tmp_path / "out")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("{", "no JSON"),
        ([], "the whole is no JSON object"),
        ({"a": 1}, 'no "user_prompt", "system_prompt" or "type_mapping" in it'),
        ({"prompt_config": "x"}, "prompt_config is no JSON object"),
        ({"type_mapping": {"passport": "x"}}, "passport is no JSON object"),
        ({"type_mapping": {"passport": {}}}, '"passport" has no name or no "user_prompt"'),
        ({"type_mapping": {"passport": {"user_prompt": ["x"]}}}, '"user_prompt" of "passport" is no text'),
        ({"type_mapping": {"passport": {"user_prompt": "Прочти {{ doc_type }}"}}}, r"has a placeholder \('{{ doc_type"),
        ({"user_prompt": "x", "type_mapping": [1]}, "type_mapping is no JSON object"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, said: Any, fault: str) -> None:
    with pytest.raises(PromptfitError, match=rf"default\.json: .*{fault}"):
        import_vlmhyperbench(written(tmp_path, said), tmp_path / "prompts")
    assert not (tmp_path / "prompts").exists()
