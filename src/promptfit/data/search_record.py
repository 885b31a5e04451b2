"""What a search found and spent: the JSON file beside its prompt collection, for comparing searches."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from promptfit.support.files.writing import replace_file
from promptfit.types import PromptfitError


@dataclass(frozen=True, slots=True)
class FieldRecord:
    """One field of a search: its winner, and what it took to find it."""

    prompt: str
    cer_holdout: float | None
    """The winner's CER on the holdout; None where the field has no holdout sample."""
    cer_search: float
    requests: int
    """Logical requests on the search split."""
    calls: int
    """Logical calls of the generator."""
    tokens_in: int
    tokens_out: int
    cost: float
    """Money for the generator, in the currency of its price."""
    seconds: float
    """The generator's seconds, call after call."""
    prompts: int
    """Distinct prompts that were asked."""
    objective_holdout: float | None = None
    """The same two of the objective, where that is not the CER."""
    objective_search: float | None = None


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """A whole search. Where some fields were searched anew, ``replies`` and ``leaked`` are those of the last search."""

    answerer: str
    label: str
    generator: str
    strategy: str
    dataset: str
    data_digest: str
    seed: int
    chain: tuple[str, ...]
    """The normalisation under which the CERs were counted."""
    fields: Mapping[str, FieldRecord]
    """By the field's name, in the data set's order."""
    replies: Mapping[str, int]
    """The generator's replies by what was wrong with them."""
    leaked: int
    """Prompts that were dropped because they held a true answer."""
    documents: Mapping[str, Sequence[str]]
    """The documents that it saw, by part (``search``, ``holdout``); see ``data.grouping.document_digests``."""
    objective: str = "cer"
    """The metric that the search was for; the file says it where it is not the CER."""

    def setting(self) -> tuple[str, int, tuple[str, ...], str]:
        """Data, seed, normalisation and objective: searches compare where these are equal."""
        return self.data_digest, self.seed, self.chain, self.objective

    def over(self, older: SearchRecord) -> SearchRecord:
        """Adds an older record's fields that were not searched anew, in the older order.

        Those of another setting are left out: one file speaks of one setting.
        """
        if older.setting() != self.setting():
            return self
        parts = [*dict.fromkeys((*older.documents, *self.documents))]
        seen = {part: sorted({*older.documents.get(part, ()), *self.documents.get(part, ())}) for part in parts}
        return replace(self, fields={**older.fields, **self.fields}, documents=seen)


def beside(collection: Path) -> Path:
    """The file that belongs to a prompt collection."""
    return collection.with_name(collection.name.removesuffix(".csv") + ".json")


def write(path: Path, record: SearchRecord) -> None:
    """Writes the file whole.

    Raises:
        PromptfitError: It can't be written.
    """
    told = {**_told(record), "fields": {name: _told(one) for name, one in record.fields.items()}}
    text = json.dumps(told, ensure_ascii=False, indent=2)
    replace_file(path, text.encode("utf-8", "backslashreplace") + b"\n")


def read(path: Path) -> SearchRecord:
    """Reads what ``write`` wrote.

    Raises:
        PromptfitError: The file can't be read, or is no such record; the message names the key.
    """
    try:
        raw = json.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    except (ValueError, RecursionError) as error:
        raise _foreign(path, f"it is no JSON ({error})") from error
    try:
        whole = _checked(SearchRecord, raw, "")
        own = {
            name: FieldRecord(**_checked(FieldRecord, one, f"fields.{name}.")) for name, one in raw["fields"].items()
        }
        _counts(raw["replies"])
        _lists(raw["documents"])
    except _BadRecord as fault:
        raise _foreign(path, str(fault)) from fault
    return SearchRecord(**{**whole, "chain": tuple(whole["chain"]), "fields": own})


def _told(one: FieldRecord | SearchRecord) -> dict[str, Any]:
    """The values, those left out that are as nobody said otherwise."""
    usual = {field.name: field.default for field in fields(one)}
    return {name: value for name, value in asdict(one).items() if value != usual[name]}


class _BadRecord(Exception):
    """What is wrong with a value; ``read`` adds the file and the remedy."""


_KINDS = {"str": "a text", "int": "a whole number", "float": "a number", "Mapping": "an object", "tuple": "a list"}


def _checked(kind: type, raw: Any, place: str) -> dict[str, Any]:
    """The values of a dataclass, if all are there and of their kind; keys that it does not know are passed over."""
    if not isinstance(raw, dict):
        raise _BadRecord(f"{place.rstrip('.') or 'the whole'} is not an object")
    needed = [field for field in fields(kind) if field.name in raw or field.default is MISSING]
    for field in needed:
        if field.name not in raw:
            raise _BadRecord(f"{place}{field.name} is missing")
        wanted = str(field.type)
        if not _fits(wanted, raw[field.name]):
            raise _BadRecord(f"{place}{field.name} is not {_KINDS[wanted.split('[')[0].split(' ')[0]]}")
    return {field.name: raw[field.name] for field in needed}


def _fits(wanted: str, value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
    match wanted.split("[")[0]:
        case "str":
            return isinstance(value, str)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float | None":
            return value is None or number
        case "float":
            return number
        case "tuple":
            return isinstance(value, list) and all(isinstance(one, str) for one in value)
        case _:
            return isinstance(value, dict)


def _counts(replies: Mapping[str, Any]) -> None:
    if wrong := [name for name, count in replies.items() if not _fits("int", count)]:
        raise _BadRecord(f"replies.{wrong[0]} is not {_KINDS['int']}")


def _lists(documents: Mapping[str, Any]) -> None:
    if wrong := [part for part, own in documents.items() if not _fits("tuple", own)]:
        raise _BadRecord(f"documents.{wrong[0]} is not {_KINDS['tuple']} of texts")


def _foreign(path: Path, why: str) -> PromptfitError:
    return PromptfitError(
        f"{path}: no record of a search: {why}; run that search again (it asks only what is not kept), or remove the "
        "file: its label is then compared by CER alone"
    )
