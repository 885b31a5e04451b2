"""Which documents a field is searched on: a seeded sample that its budget can use, grown as the race needs.

A prompt that finishes is asked of every document of the sample. Were that all documents of a large data set, a few
prompts would spend the whole budget; were it always a few, the best one of many would win by luck. So the sample starts
with as many documents as let the budget pay for ``runs`` full runs, but no fewer than ``least``, and doubles once the
best prompt leaves too little to mend on it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from promptfit.search.search_race import Document, price_of
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Field, PromptfitError, Sample


class SearchSample:
    """One field's documents: those that prompts are asked of, and those that may follow.

    Args:
        field: The field.
        documents: All of the field's documents, in their seeded order.
        share: Requests that the field may spend.
        runs: How many full runs the share shall pay for.
        least: Documents that the sample has at least, where there are so many.

    Raises:
        PromptfitError: The share does not pay for one prompt asked of the least sample.
    """

    def __init__(self, field: Field, documents: Sequence[Document], share: int, runs: int, least: int) -> None:
        self._all = list(documents)
        least = min(least, len(self._all))
        if share < (need := price_of(self._all[:least])):
            raise PromptfitError(
                f"a budget that leaves {share} requests for the field {field.name!r} is too small: not one prompt "
                f"could finish on {least} documents; give every field at least {need} (budget.per_field={need})"
            )
        self._size = max(least, self._paid(share // runs))

    @property
    def documents(self) -> list[Document]:
        """Those that prompts are asked of now."""
        return self._all[: self._size]

    @property
    def of(self) -> int:
        """How many there are in all."""
        return len(self._all)

    def next(self) -> list[Document]:
        """What the sample would grow by: as many documents again, or what is left."""
        return self._all[self._size : 2 * self._size]

    def grow(self) -> None:
        """Takes them."""
        self._size = min(2 * self._size, len(self._all))

    def leave(self, name: str) -> None:
        """Takes a document out, of which no answer can be obtained."""
        self._size -= any(one.name == name for one in self.documents)
        self._all = [one for one in self._all if one.name != name]

    def _paid(self, requests: int) -> int:
        """How many documents one run over so many requests reaches."""
        spent = 0
        for place, document in enumerate(self._all):
            spent += len(document.samples)
            if spent > requests:
                return place
        return len(self._all)


def in_seeded_order(samples: Mapping[Field, Sequence[Sample]], seed: int) -> dict[Field, list[Document]]:
    """One seeded order of documents per type: prompts are paired on it, and the type's fields share the images."""
    order: dict[str, list[str]] = {}
    for doc_type in {field.doc_type for field in samples}:
        names = sorted({s.document for field, own in samples.items() if field.doc_type == doc_type for s in own})
        random.Random(f"{seed} {doc_type}").shuffle(names)
        order[doc_type] = names
    result = {}
    for field, own in samples.items():
        groups = grouped_by(own, lambda one: one.document)
        result[field] = [Document(name, tuple(groups[name])) for name in order[field.doc_type] if name in groups]
    return result
