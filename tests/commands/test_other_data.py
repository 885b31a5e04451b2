"""A result of other data is written over only when the person says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from promptfit.cli import main
from promptfit.commands.shared import other_data
from promptfit.data import collection
from promptfit.data.reader import Dataset
from promptfit.types import PromptfitError
from reading import FIELDS, asked

DATA = Dataset(name="mine", root=Path("/scans"), samples=(), private=False, digest="new")
CSV = "prompts/reader/reader_sep_edits.csv"


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        ({"source": {"dataset": "diverse", "data_digest": "old"}}, "of the data set diverse, "),
        ({"dataset": "mine", "data_digest": "old"}, "of an earlier state of the data set mine"),
        ({"dataset": "mine", "data_digest": "new"}, None),
        ({"dataset": "other", "data_digest": "new"}, None),
        ({"source": 3}, None),
        ([1], None),
    ],
)
def test_what_an_earlier_result_is_of(earlier: Any, said: str | None, tmp_path: Path) -> None:
    file = tmp_path / "look.json"
    file.write_text(json.dumps(earlier))
    other_data.check(OmegaConf.create({"replace": True}), DATA, file)
    cfg = OmegaConf.create({"replace": False})
    if said is None:
        other_data.check(cfg, DATA, file)
        return
    with pytest.raises(PromptfitError, match=rf"look\.json is {said}.* move its folder away.*replace=true"):
        other_data.check(cfg, DATA, file)


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff"])
def test_what_is_no_result_is_written_anew(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "look.json"
    if content is not None:
        file.write_bytes(content)
    other_data.check(OmegaConf.create({"replace": False}), DATA, file)


def test_a_search_on_other_data_asks_nobody_until_it_is_told_to(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["search", "model=reader", "budget.per_field=24", "field=СНИЛС"]
    assert main(words) == 0
    before = asked(project)
    other = shutil.copytree(project / "data/mini", project / "data/other")
    *rows, _ = (other / "annotation.csv").read_text("utf-8-sig").splitlines()
    (other / "annotation.csv").write_text("\n".join(rows), "utf-8")
    assert main([*words, "dataset.path=data/other", "dataset.name=other"]) == 1
    assert "another label=… keeps both" in capsys.readouterr().err and asked(project) == before
    assert main([*words, "dataset.path=data/other", "dataset.name=other", "replace=true"]) == 0


def test_a_collection_keeps_fields_that_were_not_searched_and_says_what_gave_way(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / CSV
    path.parent.mkdir(parents=True)
    mine = [collection.Row("паспорт РБ Имя", "Моё", 0.1), collection.Row("СНИЛС", "Мой плохой", 0.9)]
    collection.write(path, mine)
    assert main(["search", "model=reader", "budget.per_field=24"]) == 0
    assert "СНИЛС: 'Мой плохой' gave way to" in capsys.readouterr().out.replace("\n", " ")
    rows = {row.field: row for row in collection.read(path)}
    assert set(rows) == {"паспорт РБ Имя", *FIELDS} and rows["паспорт РБ Имя"].prompt == "Моё"
