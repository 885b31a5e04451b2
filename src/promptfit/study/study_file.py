"""Writes and reads the studies' records as JSON."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

from promptfit.study.study_record import ErrorsRecord, LookRecord, Source, StressRecord
from promptfit.support.files.writing import replace_file
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
    if path.is_file():
        with suppress(PromptfitError):  # a file that can't be read is written anew
            older = read(path, type(record))
            again = _encoded(replace(record, source=_made_by(older, record)))
            if _decoded(again, type(record)) == older:
                return
    replace_file(path, _encoded(record))


def _made_by(older: Record, record: Record) -> Source:
    """The newer record's source, with the older one's run and commit."""
    return replace(record.source, run_id=older.source.run_id, commit=older.source.commit)


def _encoded(record: StressRecord | ErrorsRecord | LookRecord) -> bytes:
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1, allow_nan=False)
    # an answer may hold half of a character: JSON could write it, but pydantic would not read it
    return text.encode("utf-8", "replace") + b"\n"


def read(path: Path, kind: type[Record]) -> Record:
    """Reads what ``write`` wrote.

    Raises:
        PromptfitError: The file is missing, can't be read, or is no such record; the message names the command that
            makes it.
    """
    from pydantic import ValidationError

    remedy = f"run promptfit {COMMANDS[kind]} (it asks only what is not kept)"
    try:
        return _decoded(path.read_bytes(), kind)
    except FileNotFoundError as error:
        raise PromptfitError(f"{path}: not there yet; {remedy}") from error
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    except (ValidationError, RecursionError) as error:
        first = str(error).splitlines()[:2]
        raise PromptfitError(f"{path}: no record of a {COMMANDS[kind]} ({' '.join(first)}); {remedy}") from error


def _decoded(content: bytes, kind: type[Record]) -> Record:
    from pydantic import TypeAdapter

    return TypeAdapter(kind).validate_json(content)
