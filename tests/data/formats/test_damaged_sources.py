"""Seeded damage to sources of every kind: imported, left out or refused by name, and never anything else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from importing import format_of, order_of, picture
from promptfit.types import PromptfitError

ROUNDS = 40
TABLE = {"image": "Файл", "fields": ["Имя"]}
REGION = {"x": 1, "y": 2, "width": 30, "height": 20, "rotation": 0}


def xlsx(root: Path) -> Path:
    book = Workbook()
    for row in (["Файл", "Имя"], ["1.png", "Пётр"], ["2.png", "Анна"]):
        book.active.append(row)
    book.active.merge_cells("A5:B6")
    book.save(root / "t.xlsx")
    return root / "t.xlsx"


def parquet(root: Path) -> Path:
    import pyarrow as pa
    from pyarrow.parquet import write_table

    write_table(pa.table({"Файл": ["1.png", "2.png"], "Имя": ["Пётр", "Анна"]}), root / "t.parquet")
    return root / "t.parquet"


def csv(root: Path) -> Path:
    (root / "t.csv").write_text('Файл;Имя\n1.png;"Пётр; второй"\n2.png;Анна\n', "utf-8")
    return root / "t.csv"


def jsonl(root: Path) -> Path:
    (root / "t.jsonl").write_text('{"Файл": "1.png", "Имя": {"a": ["Пётр"]}}\n{"Файл": "2.png", "Имя": "x"}\n', "utf-8")
    return root / "t.jsonl"


def label_studio(root: Path) -> Path:
    results = [
        {"id": "a", "from_name": "label", "value": {**REGION, "rectanglelabels": ["Имя"]}},
        {"id": "a", "from_name": "text", "value": {**REGION, "text": ["Пётр"]}},
        {"from_name": "type", "value": {"choices": ["паспорт"]}},
    ]
    annotation = {"completed_by": {"id": 1}, "result": results, "updated_at": "2026"}
    said = [{"id": 1, "data": {"image": "/data/upload/1/1.png"}, "annotations": [annotation, {**annotation}]}]
    (root / "export.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    return root / "export.json"


def funsd(root: Path) -> Path:
    form = [
        {"id": 0, "text": "Date", "box": [1, 1, 9, 9], "label": "question", "linking": [[0, 1]]},
        {"id": 1, "text": "12", "box": [11, 1, 19, 9], "label": "answer", "linking": [[0, 1]]},
    ]
    (root / "annotations").mkdir()
    (root / "annotations/1.json").write_text(json.dumps({"form": form}), "utf-8")
    return root / "annotations/1.json"


def sroie(root: Path) -> Path:
    picture(root / "img/1.png", 1)
    (root / "key").mkdir()
    (root / "key/1.json").write_text('{"total": "9.00", "date": "1/2/18"}', "utf-8")
    return root / "key/1.json"


KINDS: dict[str, tuple[Callable[[Path], Path], dict[str, Any]]] = {
    **{"xlsx": (xlsx, TABLE), "parquet": (parquet, TABLE), "csv": (csv, TABLE), "jsonl": (jsonl, TABLE)},
    **{"label_studio": (label_studio, {}), "funsd": (funsd, {}), "sroie": (sroie, {})},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_source_is_imported_or_refused_by_name(home: Path, tmp_path: Path, kind: str) -> None:
    make, keys = KINDS[kind]
    root = tmp_path / "source"
    for number in (1, 2):
        picture(root / f"{number}.png", number)
        picture(root / f"images/{number}.png", number)
    file = make(root)
    whole, draw = file.read_bytes(), random.Random(kind)
    form = format_of(kind if kind in ("label_studio", "funsd", "sroie") else "table", **keys)
    source, imports = root if kind in ("funsd", "sroie") else file, 0
    for turn in range(ROUNDS):
        content = bytearray(whole)
        for _ in range(turn % 4 + 1):
            place = draw.randrange(len(content))
            content[place : place + draw.choice([0, 1, 1, 9])] = draw.randbytes(draw.choice([0, 1, 2]))
        file.write_bytes(content if turn else whole)
        try:
            order = order_of(source, home / "datasets", name=str(turn), left_out=1.0)
            imports += form.bring(order, lambda plan, target: True) is not None
        except PromptfitError as fault:
            assert turn, f"the whole one is imported: {fault}"
    assert 0 < imports < ROUNDS
