"""Frozen dataclasses as JSON files: what a stage found, written whole, and checked as it is read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from promptfit.support.files.writing import replace_file
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from pydantic import ValidationError

Record = TypeVar("Record")


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
        whole: Any = record
        text = json.dumps(asdict(whole), ensure_ascii=False, indent=self.indent, allow_nan=False)
        # an answer may hold half of a character: JSON could write it, but pydantic would not read it
        return text.encode("utf-8", "replace") + b"\n"

    def decoded(self, content: bytes) -> Record:
        """The record; keys that it does not know are passed over.

        Raises:
            pydantic.ValidationError: The bytes are none.
        """
        from pydantic import TypeAdapter  # costs a tenth of a second, so only where a record is read

        return TypeAdapter(self.kind).validate_json(content, strict=True)


def _first(error: ValidationError) -> str:
    """What is wrong first, and where."""
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(map(str, fault["loc"]))
    return f"{place or 'the whole'}: {fault['msg']}"
