"""Several true answers in one cell of an annotation: a JSON list of texts, each as good as the others.

All else is one true answer as it stands, also what merely begins with a bracket. A true answer that is itself a JSON
list of texts is written as a list of one: ``["[\\"a\\", \\"b\\"]"]``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from promptfit.support.texts import nfc


def truths_of(cell: str) -> tuple[str, ...]:
    """The true answers of a cell in NFC, each once, in order; at least one."""
    listed = _listed(cell)
    return (nfc(cell),) if listed is None else tuple(dict.fromkeys(map(nfc, listed)))


def cell_of(truths: Sequence[str]) -> str:
    """The cell that is read as these."""
    plain = len(truths) == 1 and _listed(truths[0]) is None
    return truths[0] if plain else json.dumps(list(truths), ensure_ascii=False)


def _listed(cell: str) -> list[str] | None:
    """The texts of a JSON list that has some; None for anything else."""
    if not cell.strip().startswith("["):
        return None
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    return found if found and all(isinstance(one, str) for one in found) else None
