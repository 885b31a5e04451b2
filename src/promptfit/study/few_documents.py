"""Which documents a study looks at: the first so many of a seeded order, so that a larger study holds a smaller one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from promptfit.types import Sample


def few(samples: Sequence[Sample], documents: int | None, captures: int | None, seed: int) -> list[Sample]:
    """The samples of so many documents of each type, and of so many captures of each document.

    Args:
        samples: In the data set's order, which the result keeps.
        documents: Of each document type; None is all.
        captures: Images of each document, the first ones; None is all.
        seed: Seed of the documents' order.
    """
    chosen = {doc_type: set(names[:documents]) for doc_type, names in _ordered(samples, seed).items()}
    images: dict[str, dict[Path, None]] = {}
    for sample in samples:
        images.setdefault(sample.document, {})[sample.image] = None
    shown = {name: set(list(own)[:captures]) for name, own in images.items()}
    return [
        sample
        for sample in samples
        if sample.document in chosen[sample.field.doc_type] and sample.image in shown[sample.document]
    ]


def _ordered(samples: Sequence[Sample], seed: int) -> dict[str, list[str]]:
    types: dict[str, set[str]] = {}
    for sample in samples:
        types.setdefault(sample.field.doc_type, set()).add(sample.document)
    return {doc_type: sorted(own, key=lambda name: _draw(seed, name)) for doc_type, own in types.items()}


def _draw(seed: int, document: str) -> str:
    return hashlib.sha256(f"study {seed}\0{document}".encode("utf-8", "surrogatepass")).hexdigest()
