"""Splits by document, so that no document is both searched on and measured on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from promptfit.data.reader import Dataset
from promptfit.types import PromptfitError, Sample

Parts = dict[str, list[Sample]]


def split(dataset: Dataset, names: Sequence[str] = ("search", "holdout"), seed: int = 0) -> Parts:
    """Divides a data set's documents, stratified by document type; each part keeps the annotation's order.

    The data set's own split is used where it has all the names; otherwise its split column is ignored, and
    the documents of each type are dealt out in the order of sha256(seed, data_index).

    Raises:
        PromptfitError: A document stands in two parts, or a document type is not in every part.
    """
    own = {sample.split for sample in dataset.samples}
    parts = _own_parts(dataset, names) if own.issuperset(names) else _dealt_parts(dataset, names, seed)
    for doc_type in dict.fromkeys(sample.field.doc_type for sample in dataset.samples):
        for name, samples in parts.items():
            if not any(sample.field.doc_type == doc_type for sample in samples):
                count = len({sample.document for sample in dataset.samples if sample.field.doc_type == doc_type})
                raise PromptfitError(
                    f'data set {dataset.name}: the document type "{doc_type}" ({count} document(s) in all) has none '
                    f'in the part "{name}"; add documents of this type (each part needs one), or leave the type out'
                )
    return parts


def _own_parts(dataset: Dataset, names: Sequence[str]) -> Parts:
    parts: Parts = {name: [sample for sample in dataset.samples if sample.split == name] for name in names}
    home: dict[str, str] = {}
    for name, samples in parts.items():
        for sample in samples:
            if home.setdefault(sample.document, name) != name:
                raise PromptfitError(
                    f'data set {dataset.name}: the document with data_index "{sample.document}" is both in '
                    f'"{home[sample.document]}" and in "{name}"; keep all its rows in one split'
                )
    return parts


def _dealt_parts(dataset: Dataset, names: Sequence[str], seed: int) -> Parts:
    fields: dict[str, set[tuple[str, str]]] = {}
    for sample in dataset.samples:
        fields.setdefault(sample.document, set()).add((sample.field.doc_type, sample.field.question_type))
    strata: dict[tuple[str, ...], list[str]] = {}
    for document, asked in fields.items():
        strata.setdefault(tuple(sorted({doc_type for doc_type, _ in asked})), []).append(document)
    home: dict[str, str] = {}
    for documents in strata.values():
        # documents that are asked the same fields are neighbours, so that rare fields spread evenly, too
        documents.sort(key=lambda document: (sorted(fields[document]), _draw(seed, document)))
        home |= {document: names[place % len(names)] for place, document in enumerate(documents)}
    return {name: [sample for sample in dataset.samples if home[sample.document] == name] for name in names}


def _draw(seed: int, document: str) -> str:
    return hashlib.sha256(f"{seed}\0{document}".encode()).hexdigest()
