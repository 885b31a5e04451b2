"""Frozen dataclasses as JSON files: what a stage found, written whole, and checked as it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from promptfit.support.files.writing import replace_file
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from pydantic import ValidationError

Record = TypeVar("Record")
UNSAID = {"unsaid": True}
"""Metadata of a field that a file leaves out where it has its default."""


@dataclass(frozen=True, slots=True)
class RecordFile(Generic[Record]):
    """The JSON files of one kind of record."""

    kind: type[Record]
    name: str
    """What it is a record of, in messages."""
    remedy: str
    """What a person can do where the file is none."""
    indent: int = 1

    def write(self, path: Path, record: Record) -> None:
        """Writes the file whole; the same record gives the same bytes.

        Raises:
            PromptfitError: It can't be written.
        """
        replace_file(path, self.encoded(record))

    def read(self, path: Path) -> Record:
        """Reads what ``write`` wrote.

        Raises:
            PromptfitError: The file is missing, can't be read, or is no such record; the message names what is wrong
                with which key, and the remedy.
        """
        from pydantic import ValidationError

        try:
            return self.decoded(path.read_bytes())
        except FileNotFoundError as error:
            raise PromptfitError(f"{path}: not there yet; {self.remedy}") from error
        except OSError as error:
            raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
        except ValidationError as error:
            raise PromptfitError(f"{path}: no record of a {self.name} ({_first(error)}); {self.remedy}") from error

    def encoded(self, record: Record) -> bytes:
        """The file's bytes."""
        text = json.dumps(_plain(record), ensure_ascii=False, indent=self.indent, allow_nan=False)
        # an answer may hold half of a character: JSON could write it, but pydantic would not read it
        return text.encode("utf-8", "replace") + b"\n"

    def decoded(self, content: bytes) -> Record:
        """The record; keys that it does not know are passed over.

        Raises:
            pydantic.ValidationError: The bytes are none.
        """
        from pydantic import TypeAdapter  # costs a tenth of a second, so only where a record is read

        return TypeAdapter(self.kind).validate_json(content, strict=True)


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if hasattr(value, "for_file"):  # a record that is laid out in its own way
        return value.for_file()
    if is_dataclass(value):
        told = [one for one in fields(value) if "unsaid" not in one.metadata or getattr(value, one.name) != one.default]
        return {one.name: _plain(getattr(value, one.name)) for one in told}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _first(error: ValidationError) -> str:
    """What is wrong first, and where."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, fault["loc"]))
    return f"{place or 'the whole'}: {fault['msg']}"
