"""Writes and reads the studies' records as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from promptfit.data.writing import replace_file
from promptfit.study.record import ErrorsRecord, LookRecord, StressRecord
from promptfit.types import PromptfitError

Record = TypeVar("Record", StressRecord, ErrorsRecord, LookRecord)

COMMANDS: dict[type, str] = {StressRecord: "stress", ErrorsRecord: "stress", LookRecord: "look"}
"""The command that makes each record."""


def write(path: Path, record: StressRecord | ErrorsRecord | LookRecord) -> None:
    """Writes the file whole; the same record gives the same bytes.

    Raises:
        PromptfitError: It can't be written.
    """
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1, allow_nan=False)
    replace_file(path, text.encode("utf-8", "backslashreplace") + b"\n")


def read(path: Path, kind: type[Record]) -> Record:
    """Reads what ``write`` wrote.

    Raises:
        PromptfitError: The file is missing, can't be read, or is no such record; the message names the command that
            makes it.
    """
    from pydantic import TypeAdapter, ValidationError

    remedy = f"run promptfit {COMMANDS[kind]} (it asks only what is not kept)"
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise PromptfitError(f"{path}: not there yet; {remedy}") from error
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    except (ValidationError, RecursionError) as error:
        first = str(error).splitlines()[:2]
        raise PromptfitError(f"{path}: no record of a {COMMANDS[kind]} ({' '.join(first)}); {remedy}") from error
