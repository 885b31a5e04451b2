"""Read documents as a file, row by row: CSV, JSON lines or Excel. It takes its name when it is whole."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from promptfit.commands.read.read import ReadDocument
from promptfit.support.files.formulas import guard
from promptfit.support.files.writing import table_text
from promptfit.types import PromptfitError

HEAD, MARKS = ("file", "document type"), "marks"


class ResultFile(AbstractContextManager["ResultFile"], Protocol):
    """Takes documents one after the other."""

    def add(self, documents: Sequence[ReadDocument]) -> None:
        """Writes some."""


class TextFile(ResultFile):
    """CSV or JSON lines, in ``<name>.partial`` until it is whole.

    Args:
        path: The file.
        keys: Its columns.
    """

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        self._path, self._keys = path, keys
        self._partial = path.with_name(f"{path.name}.partial")
        self._lines = path.suffix.lower() == ".jsonl"

    def __enter__(self) -> TextFile:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._partial.open("w", encoding="utf-8", newline="\n")
        except OSError as error:
            raise PromptfitError(f"{self._partial}: cannot be written ({error.strerror})") from error
        if not self._lines:
            self._file.write("\ufeff" + table_text((*HEAD, *self._keys, MARKS), ()))
        return self

    def add(self, documents: Sequence[ReadDocument]) -> None:
        """See ``ResultFile``; what is written is on the disk."""
        if self._lines:
            self._file.writelines(json.dumps(_object(one), ensure_ascii=False) + "\n" for one in documents)
        else:
            first, *rest = (_row(one, self._keys) for one in documents)
            self._file.write(table_text(first, rest))
        self._file.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None:
            os.replace(self._partial, self._path)


class ExcelFile(ResultFile):
    """A workbook, whose rows are streamed into a temporary file of the library's.

    Args:
        path: The file.
        keys: Its columns.
    """

    def __init__(self, path: Path, keys: Sequence[str]) -> None:
        self._path, self._keys = path, keys

    def __enter__(self) -> ExcelFile:
        from openpyxl import Workbook

        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("read")
        self._sheet.append([*HEAD, *self._keys, MARKS])
        return self

    def add(self, documents: Sequence[ReadDocument]) -> None:
        """See ``ResultFile``."""
        for one in documents:
            self._sheet.append([guard(cell) for cell in _row(one, self._keys)])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            partial = self._path.with_name(f"{self._path.name}.partial")
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._book.save(partial)
            os.replace(partial, self._path)


FORMATS: dict[str, type[TextFile] | type[ExcelFile]] = {".csv": TextFile, ".jsonl": TextFile, ".xlsx": ExcelFile}


def result_file(path: Path, keys: Sequence[str]) -> TextFile | ExcelFile:
    """The file that the name's ending says.

    Raises:
        PromptfitError: It ends otherwise.
    """
    made = FORMATS.get(path.suffix.lower())
    if made is None:
        raise PromptfitError(f"{path}: which format? It ends in {', '.join(FORMATS)}")
    return made(path, keys)


def _row(one: ReadDocument, keys: Sequence[str]) -> list[str]:
    marks = "; ".join(f"{key}: {mark}" for key, mark in one.marks.items())
    return [one.page.name, one.page.doc_type, *(one.values.get(key, "") for key in keys), marks]


def _object(one: ReadDocument) -> dict[str, object]:
    said = {HEAD[0]: one.page.name, HEAD[1]: one.page.doc_type, "fields": one.values, "typed": one.typed}
    return {**said, MARKS: one.marks}
