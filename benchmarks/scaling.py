"""What more search documents do to a search of the same budget: they must never make it worse.

A data set of 1,000 documents a type is drawn; each seed searches six fields on a seeded choice of 10 to 1,000 of them,
with 400 requests a field, and what it found is measured on `large`. PROMPTFIT_SEEDS=1 makes a small one.
"""

from __future__ import annotations

import random
from statistics import median

from benchmarks.arms import Samples
from benchmarks.jobs import Job
from benchmarks.row import Row
from benchmarks.scripted import dataset
from benchmarks.searches import answerer, measure, search
from benchmarks.seeds import seeds
from benchmarks.strategies import BUDGET, DOCUMENTS, FIELDS, documents
from benchmarks.workspace import PROJECT
from promptfit.data.reader import Dataset, load
from promptfit.data.synth.write import DrawnSet, write

COUNTS = (10, 20, 50, 140, 1000)
SEEDS = 5
FOLDER = PROJECT / ".promptfit" / "scaling"
DRAWN = DrawnSet("scaling", max(COUNTS), ("search",))
SLACK = 0.002
"""Macro CER by which a median may be above the one of fewer documents: five seeds differ by more."""


def main() -> list[Row]:
    """Searches with every count of documents, and compares."""
    asked, large, drawn = answerer(), dataset("large"), _drawn()
    jobs = [
        Job("edits", seed, BUDGET, FIELDS, asked.identity, f"scaling {count}")
        for count in COUNTS
        for seed in seeds(SEEDS)
    ]
    search(jobs, lambda job: _some(drawn, job), asked)
    found = {(job.data, job.seed): {name: way[-1][1] for name, way in job.read().items()} for job in jobs}
    held = {name: documents(large, name, DOCUMENTS) for name in FIELDS}
    cers = measure(sorted({pair for own in found.values() for pair in own.items()}), held, asked)
    rows, before = [], float("inf")
    for count in COUNTS:
        macros = [
            sum(cers[pair] for pair in own.items()) / len(own)
            for (data, _), own in found.items()
            if _count(data) == count
        ]
        worst = max(cers[pair] for (data, _), own in found.items() if _count(data) == count for pair in own.items())
        measured = f"{median(macros):.4f} ({min(macros):.4f}-{max(macros):.4f}), worst field {worst:.4f}"
        what = f"{count} search documents, {BUDGET} requests a field: macro CER on large, median of {len(macros)} seeds"
        rows.append(Row(what, measured, "no worse than with fewer", median(macros) <= before + SLACK))
        before = min(before, median(macros))
    return rows


def _drawn() -> Dataset:
    """The data set, drawn once."""
    if not (FOLDER / DRAWN.name / "annotation.csv").is_file():
        write(FOLDER, DRAWN, seed=1)
    return load(FOLDER / DRAWN.name)


def _some(drawn: Dataset, job: Job) -> Samples:
    """The job's fields on a seeded choice of documents of each type."""
    fields = [drawn.resolve(name) for name in job.fields]
    chosen: set[str] = set()
    for doc_type in sorted({field.doc_type for field in fields}):
        there = sorted({sample.document for sample in drawn.samples if sample.field.doc_type == doc_type})
        chosen |= set(random.Random(f"{job.seed} {doc_type}").sample(there, _count(job.data)))
    return {field: [sample for sample in drawn.of(field) if sample.document in chosen] for field in fields}


def _count(data: str) -> int:
    return int(data.split()[1])
