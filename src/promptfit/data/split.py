"""Splits by document, so that no document is both searched on and measured on, and no two stages share one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from promptfit.data.annotation import PARTS
from promptfit.data.grouping import document_digests
from promptfit.data.reader import Dataset
from promptfit.types import PromptfitError, Sample

Parts = dict[str, list[Sample]]


def split(
    dataset: Dataset, names: Sequence[str] = ("search", "holdout"), seed: int = 0, overlap: bool = False
) -> Parts:
    """Divides a data set's documents, stratified by document type; each part keeps the annotation's order.

    The data set's own split is used where it has a part of ours. The documents that it leaves are dealt out to all the
    other parts at once, in the order of sha256(seed, what their images are), so that stages never share a document.

    Args:
        dataset: The data set.
        names: The parts that are wanted, of ``PARTS``.
        seed: Seed of the order.
        overlap: Where the data set's own split leaves no documents for these parts, deal them out of all documents:
            they are then the same documents as other parts'.

    Raises:
        PromptfitError: A document stands in two parts, or a document type is not in every part.
    """
    parts = _parts(dataset, seed)
    if overlap and _lacking(dataset, parts, names):
        parts = _dealt(dataset.samples, names, seed)
    if lacking := _lacking(dataset, parts, names):
        raise _lack(dataset, *lacking)
    return {name: [sample for sample in dataset.samples if parts.get(sample.document) == name] for name in names}


def _parts(dataset: Dataset, seed: int) -> dict[str, str]:
    """The part of every document."""
    home: dict[str, str] = {}
    for sample in dataset.samples:
        if sample.split in PARTS and home.setdefault(sample.document, sample.split) != sample.split:
            raise PromptfitError(
                f'data set {dataset.name}: the document with data_index "{sample.document}" is both in '
                f'"{home[sample.document]}" and in "{sample.split}"; keep all its rows in one split'
            )
    left = [sample for sample in dataset.samples if sample.document not in home]
    missing = [name for name in PARTS if name not in home.values()]
    return home | _dealt(left, missing, seed)


def _dealt(samples: Sequence[Sample], names: Sequence[str], seed: int) -> dict[str, str]:
    fields: dict[str, set[tuple[str, str]]] = {}
    for sample in samples:
        fields.setdefault(sample.document, set()).add((sample.field.doc_type, sample.field.question_type))
    strata: dict[tuple[str, ...], list[str]] = {}
    for document, asked in fields.items():
        strata.setdefault(tuple(sorted({doc_type for doc_type, _ in asked})), []).append(document)
    digests = document_digests(samples)
    dealt: dict[str, str] = {}
    for documents in strata.values():
        # documents that are asked the same fields are neighbours, so that rare fields spread evenly, too
        documents.sort(key=lambda name: (sorted(fields[name]), _draw(seed, digests[name]), name))
        dealt |= {document: names[place % len(names)] for place, document in enumerate(documents) if names}
    return dealt


def _lacking(dataset: Dataset, parts: dict[str, str], names: Sequence[str]) -> tuple[str, str, dict[str, str]] | None:
    """A document type that has no document in one of the parts, that part, and where its documents are."""
    homes: dict[str, dict[str, str]] = {}
    for sample in dataset.samples:
        homes.setdefault(sample.field.doc_type, {})[sample.document] = parts.get(sample.document, "")
    for doc_type, home in homes.items():
        for name in names:
            if name not in home.values():
                return doc_type, name, home
    return None


def _lack(dataset: Dataset, doc_type: str, name: str, home: dict[str, str]) -> PromptfitError:
    begins = (
        f'data set {dataset.name}: the document type "{doc_type}" ({len(home)} document(s) in all) has none in the '
    )
    used = [part for part in PARTS if part in home.values()]
    own = {sample.split for sample in dataset.samples if sample.field.doc_type == doc_type}
    if own & set(PARTS):
        return PromptfitError(
            f'{begins}part "{name}": its own split gives them to {", ".join(used)}. Take another data set, or add '
            "documents with another split; or say overlap=true: then these documents are dealt anew, and what is "
            "measured on them is not independent of what was done with them before"
        )
    return PromptfitError(
        f'{begins}part "{name}"; add documents of this type (each part needs one, and search, holdout, select and test '
        "are dealt together), or leave the type out"
    )


def _draw(seed: int, digest: str) -> str:
    return hashlib.sha256(f"{seed}\0{digest}".encode()).hexdigest()
