"""What the columns of a table are, by their names and what stands in them, where nobody has said it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from promptfit.data.formats.found_value import ImageContent
from promptfit.data.formats.image_finder import ENDINGS
from promptfit.data.formats.source_rows import Cell
from promptfit.support.texts import as_name

Sample = Sequence[Mapping[str, Cell]]
"""The first rows."""
NAMES = {
    "image": "image image_path img file file_name filename path picture photo scan page изображение картинка файл "
    "имя_файла путь скан фото страница",
    "field": "question_type field field_name key name_of_field поле имя_поля реквизит атрибут признак",
    "answer": "answer answers value text truth true_value ground_truth label ответ ответы значение истина текст эталон",
    "question": "question prompt query вопрос",
    "box": "answer_bbox bbox box рамка",
    "document": "data_index document document_id doc_id docid doc id документ id_документа № №_п/п",
    "doc_type": "doc_class doc_type document_type тип_документа вид_документа класс_документа",
    "split": "split subset part выборка часть",
}
"""Usual names of columns, one word each, the likeliest first."""
DAYS = range(20_000, 60_000)
"""1954 to 2064, as Excel counts days."""
_DAY = re.compile(r"дат|date|\bday", re.IGNORECASE)


def by_name(part: str, columns: Sequence[str]) -> str:
    """The column that is usually called so; empty where there is none."""
    known = {re.sub(r"[\s_-]+", "_", as_name(name).casefold()): name for name in reversed(columns)}
    return next((known[name] for name in NAMES[part].split() if name in known), "")


def image_column(columns: Sequence[str], sample: Sample) -> str:
    """The column of images: it holds some, or names of image files, or is called so."""
    shares = {name: _images(name, sample) for name in columns}
    best = max(columns, key=lambda name: shares[name], default="")
    return best if best and shares[best] >= 0.5 else by_name("image", columns)


def field_columns(columns: Sequence[str], sample: Sample, others: Sequence[str]) -> list[str]:
    """The columns with texts that are nothing else."""
    return [name for name in columns if name not in others and any(_has_text(row.get(name)) for row in sample)]


def day_columns(columns: Sequence[str], sample: Sample) -> list[str]:
    """Columns of dates by their names, whose cells are whole numbers as Excel counts days."""
    return [name for name in columns if _DAY.search(name) and _all_days([row.get(name, "") for row in sample])]


def example(name: str, sample: Sample) -> str:
    """The first cell of a column that holds something, as a person sees it."""
    for row in sample:
        cell = row.get(name, "")
        if isinstance(cell, ImageContent):
            return f"an image of {len(cell.content):,} bytes"
        if text := " | ".join(cell) if isinstance(cell, tuple) else cell:
            return text
    return ""


def _images(name: str, sample: Sample) -> float:
    cells = [row.get(name, "") for row in sample]
    named = sum(
        isinstance(cell, ImageContent) or (isinstance(cell, str) and cell.strip().casefold().endswith(ENDINGS))
        for cell in cells
    )
    return named / max(1, len(cells))


def _has_text(cell: Cell | None) -> bool:
    return bool(cell) and not isinstance(cell, ImageContent)


def _all_days(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(
        isinstance(cell, str) and cell.isdecimal() and len(cell) < 6 and int(cell) in DAYS for cell in filled
    )
