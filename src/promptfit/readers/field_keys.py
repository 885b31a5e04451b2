"""Which field a key of an answer means, where that is plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from promptfit.readers.key_forms import LONGEST, cased, sounded, spelled
from promptfit.readers.repairs import Repair

ALIKE = 0.85
"""Of two spellings that are taken for one name: 1 - (insertions + deletions) / (characters of both)."""
SHORTEST = 5
"""Characters of a name that may be misspelled: among shorter ones, other names are as close."""
_KNOWN = 1024
"""Keys that are remembered: a model mostly writes the same ones."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a key was taken for."""

    field: str
    repair: Repair | None
    rank: int
    """0 is the key as it was asked for; a higher one is less plain."""


class FieldKeys:
    """The keys that were asked for, and what else may be written for them.

    Args:
        keys: The fields' names.
        names: Other names of fields, such as those in another language, as the schema has them. No list of such names
            is built in: whose documents it should be of?
    """

    def __init__(self, keys: Sequence[str], names: Mapping[str, Sequence[str]] | None = None) -> None:
        also = names or {}
        own = [(key, key) for key in keys]
        others = [(name, key) for key in keys for name in also.get(key, ())]
        self._exact = {key: Meaning(key, None, 0) for key in keys}
        self._steps = [
            (form, _index(form, pairs), repair)
            for form, pairs, repair in (
                (cased, own, Repair.KEY_CASE),
                (spelled, own, Repair.KEY_SPELLING),
                (spelled, others, Repair.KEY_NAME),
                (sounded, [*own, *others], Repair.KEY_SCRIPT),
            )
        ]
        self._alike = [(form(name), key) for form in (spelled, sounded) for name, key in (*own, *others)]
        self._looked_up = lru_cache(_KNOWN)(self._look_up)

    def meaning(self, key: str) -> Meaning | None:
        """The field that a key means; None where it is none of them, or could be several."""
        return self._exact.get(key) or (self._looked_up(key) if len(key) <= LONGEST else None)

    def _look_up(self, key: str) -> Meaning | None:
        for rank, (form, index, repair) in enumerate(self._steps, 1):
            if field := index.get(form(key)):
                return Meaning(field, repair, rank)
        close = self._close(key)
        return Meaning(close, Repair.KEY_SPELLING, len(self._steps) + 1) if close else None

    def _close(self, key: str) -> str | None:
        """The one field whose name is spelled nearly so."""
        from rapidfuzz.distance import Indel

        forms = {spelled(key), sounded(key)}
        near = {
            field
            for form in forms
            for known, field in self._alike
            if min(len(form), len(known)) >= SHORTEST
            and Indel.normalized_similarity(form, known, score_cutoff=ALIKE) >= ALIKE
            and _numbers(form) == _numbers(known)
        }
        return near.pop() if len(near) == 1 else None


def _index(form: Callable[[str], str], pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Fields by a form of their names, without those that several share."""
    shared = Counter(form for form, _ in {(form(name), key) for name, key in pairs})
    return {one: key for name, key in pairs if (one := form(name)) and shared[one] == 1}


def _numbers(text: str) -> str:
    """Digits tell names apart that are otherwise alike: ``Строка 1``, ``Строка 2``."""
    return "".join(filter(str.isdigit, text))
