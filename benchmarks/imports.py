"""Tables on their way into data sets: rows a second, and whether the memory that an import takes grows with them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from PIL import Image

from benchmarks.row import Row
from benchmarks.stated import read
from promptfit.build import instantiate
from promptfit.data.formats.import_plan import Order

SIZES = (10_000, 100_000)
FIELDS = 5
"""Rows of one image."""
PAGE = (620, 877)
COLUMNS = ("Файл", "Поле", "Ответ", "часть")
GROWTH = 60.0
"""MB that ten times the rows may take more: what is known of 20,000 images and 100,000 pairs of image and field."""

CODE = "import sys, pathlib, benchmarks.imports as b; b.imported(*map(pathlib.Path, sys.argv[1:]))"
"""In a process of its own, whose memory is that of one import."""


def main() -> list[Row]:
    """A row a kind of table."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        _draw(root / "images", max(SIZES) // FIELDS)
        return [_measured(root, kind, write) for kind, write in WRITERS.items()]


def imported(source: Path, into: Path) -> None:
    """Imports one table in this process, and prints the rows, the seconds and the most memory."""
    keys = {"image": "Файл", "field": "Поле", "answer": "Ответ", "split": "часть", "images": "images"}
    node = {**read("format/table"), **keys}
    began = time.perf_counter()
    brought = instantiate(node).bring(Order(str(source), into, into), lambda plan, target: True)
    seconds = time.perf_counter() - began
    status = Path("/proc/self/status").read_text("utf-8").splitlines()
    peak = int(next(line.split()[1] for line in status if line.startswith("VmHWM"))) / 1024
    print(json.dumps([brought.card.rows, brought.card.images, seconds, peak]))


def _measured(root: Path, kind: str, write: Callable[[Path, Iterable[tuple[str, ...]]], None]) -> Row:
    made = []
    for size in SIZES:
        source = root / f"t{size}.{kind}"
        write(source, _rows(size))
        command = [sys.executable, "-c", CODE, str(source), str(root / f"{kind}{size}")]
        made.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        source.unlink()
    (_, _, _, few), (rows, images, seconds, many) = made
    told = (
        f"{seconds:.0f} s, {rows / seconds:,.0f} rows a second; {few:.0f} MB for a tenth of it, {many:.0f} MB for all"
    )
    return Row(
        f"import of {rows:,} rows with {images:,} images: .{kind}", told, f"+{GROWTH:.0f} MB", many - few < GROWTH
    )


def _draw(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        page = Image.new("L", PAGE, 255)
        page.paste(0, (10 + number % 500, 10 + number % 800, 60 + number % 500, 30 + number % 800))
        page.putpixel((number % 600, number // 600), 0)
        page.save(folder / f"{number}.jpg", quality=60)


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for number in range(count):
        answer = f"значение {number} ул. Мира, д. {number % 97}"
        yield f"{number // FIELDS}.jpg", f"Поле {number % FIELDS}", answer, "train"


def _csv(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=";").writerows(rows)


def _xlsx(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Данные")
    for row in rows:
        sheet.append(row)
    book.save(path)


def _jsonl(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        columns, *body = rows
        for row in body:
            file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")


def _parquet(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    columns, *body = rows
    parquet.write_table(
        pa.table(dict(zip(columns, map(list, zip(*body, strict=True)), strict=True))), path, row_group_size=10_000
    )


WRITERS = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "parquet": _parquet}
