"""Our strategies against each other and against the plain packages, with one scripted generator and the same budget.

Every arm and seed searches six fields of docvlm-tiny, each of another kind, on the search split of `mini`. What it
would have ended with after so many requests is then measured on `large`, on the same seeded sixty documents a type;
with no request at all that is the data set's own question, where all but `edits` start. The generator is scripted
(``benchmarks/scripted.py``); seeds are the generator's, too.

Results and the plot go to outputs/bench/, answers to .promptfit/bench.sqlite: what was broken off goes on where it was.
PROMPTFIT_SEEDS=1 and PROMPTFIT_FIELDS=2 make a small one, PROMPTFIT_SEEDS=20-39 takes other seeds, and
PROMPTFIT_ARMS=feedback,edits some arms alone.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping

from benchmarks import arms, outcome
from benchmarks.curves import Curves
from benchmarks.jobs import FOLDER, Job, Way
from benchmarks.row import Row
from benchmarks.scripted import dataset
from benchmarks.searches import answerer, measure, search
from benchmarks.seeds import seeds
from promptfit.data.reader import Dataset
from promptfit.data.split import split
from promptfit.types import Sample

FIELDS = (
    "passport Фамилия",
    "invoice Сумма",
    "СНИЛС",
    "passport Пол",
    "СНИЛС Дата рождения",
    "invoice Продавец",
)
SEEDS = 20
BUDGET = 400
"""Logical requests a field, as `promptfit search` has them."""
DOCUMENTS = 60


def main() -> list[Row]:
    """Searches what is not yet searched, measures what was found, and writes a table and a plot."""
    names = FIELDS[: int(os.environ.get("PROMPTFIT_FIELDS", len(FIELDS)))]
    chosen = os.environ.get("PROMPTFIT_ARMS", ",".join(arms.ARMS)).split(",")
    mini, large = dataset("mini"), dataset("large")
    searched = split(mini)["search"]
    samples = {field: [one for one in searched if one.field == field] for field in map(mini.resolve, names)}
    asked = answerer()
    jobs = [Job(arm, seed, BUDGET, names, asked.identity) for seed in seeds(SEEDS) for arm in chosen]
    search(jobs, lambda job: samples, asked)
    starts = {field.name: own[0].question for field, own in samples.items()}
    ways = {(job.arm, job.seed): {n: [(0, starts[n]), *way] for n, way in job.read().items()} for job in jobs}
    held = {name: documents(large, name, DOCUMENTS) for name in names}
    curves = Curves(ways, measure(_prompts(ways.values()), held, asked), BUDGET)
    outcome.write(curves, FOLDER.parent)
    return outcome.rows(curves)


def documents(large: Dataset, name: str, count: int) -> list[Sample]:
    """A field's samples on a seeded choice of documents, the same for every field of a type."""
    samples = large.of(large.resolve(name))
    there = sorted({sample.document for sample in samples})
    chosen = set(random.Random(0).sample(there, min(count, len(there))))
    return [sample for sample in samples if sample.document in chosen]


def _prompts(each: Iterable[Mapping[str, Way]]) -> list[tuple[str, str]]:
    """Field and text of all prompts, in an order of their own."""
    return sorted({(name, text) for ways in each for name, way in ways.items() for _, text in way})
