"""What a search found and spent: the JSON file beside its prompt collection, for comparing searches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from promptfit.support.files.record_file import UNSAID, RecordFile


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
    objective_holdout: float | None = field(default=None, metadata=UNSAID)
    """The same two of the objective, where that is not the CER."""
    objective_search: float | None = field(default=None, metadata=UNSAID)

    def __post_init__(self) -> None:
        """Refuses figures that no search has, as a file may hold them.

        Raises:
            ValueError: A CER, the cost or the seconds are below 0 or not finite.
        """
        figures = {"cer_holdout": self.cer_holdout or 0.0, "cer_search": self.cer_search}
        for name, value in {**figures, "cost": self.cost, "seconds": self.seconds}.items():
            if not 0 <= value < math.inf:
                raise ValueError(f"{name} is {value}")


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
    reader: tuple[str, ...] = field(default=("thoughts",), metadata=UNSAID)
    """What took the values out of the answers; the file says it where it is another one."""
    objective: str = field(default="cer", metadata=UNSAID)
    """The metric that the search was for; the file says it where it is not the CER."""

    def setting(self) -> tuple[object, ...]:
        """Data, seed, reader, normalisation and objective: searches compare where these are equal."""
        return self.data_digest, self.seed, self.reader, self.chain, self.objective

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


FILE = RecordFile(
    SearchRecord,
    "search",
    "run that search again (it asks only what is not kept), or remove the file: its label is then compared by CER "
    "alone",
    indent=2,
)
read, write = FILE.read, FILE.write
