"""Writes and reads the studies' records as JSON."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from promptfit.study.records.errors_json import ErrorsRecord
from promptfit.study.records.look_json import LookRecord
from promptfit.study.records.stress_json import StressRecord
from promptfit.support.files.record_file import RecordFile
from promptfit.types import PromptfitError

Record = TypeVar("Record", bound=StressRecord | ErrorsRecord | LookRecord)

COMMANDS: dict[type, str] = {StressRecord: "stress", ErrorsRecord: "stress", LookRecord: "look"}
"""The command that makes each record."""


def write(path: Path, record: Record) -> None:
    """Writes the file whole; the same record gives the same bytes.

    A study that was made again finds the same, but has another run, and perhaps another commit: then the file stays as
    it is, and goes on to name the run that found it first.

    Raises:
        PromptfitError: It can't be written.
    """
    file = _file(type(record))
    if path.is_file():
        with suppress(PromptfitError):  # a file that can't be read is written anew
            older = file.read(path)
            source = replace(record.source, run_id=older.source.run_id, commit=older.source.commit)
            if file.decoded(file.encoded(replace(record, source=source))) == older:
                return
    file.write(path, record)


def read(path: Path, kind: type[Record]) -> Record:
    """Reads what ``write`` wrote.

    Raises:
        PromptfitError: The file is missing, can't be read, or is no such record; the message names the command that
            makes it.
    """
    return _file(kind).read(path)


def _file(kind: type[Record]) -> RecordFile[Record]:
    return RecordFile(kind, COMMANDS[kind], f"run promptfit {COMMANDS[kind]} (it asks only what is not kept)")
