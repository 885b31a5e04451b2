"""Our strategies against each other and against the plain packages, with one scripted generator and the same budget.

Every arm and seed searches six fields of docvlm-tiny, each of another kind, on the search split of `mini`. What it
would have ended with after so many requests is then measured on `large`, on the same seeded sixty documents a type;
with no request at all that is the data set's own question, where all but `edits` start. The generator is scripted
(``benchmarks/scripted.py``); seeds are the generator's, too.

Results and the plot go to outputs/bench/, answers to .promptfit/bench.sqlite: what was broken off goes on where it was.
PROMPTFIT_SEEDS=1 and PROMPTFIT_FIELDS=2 make a small one.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from benchmarks import arms, outcome
from benchmarks.curves import Curves
from benchmarks.gathering import Gathering
from benchmarks.jobs import FOLDER, Job, Way
from benchmarks.row import Row
from benchmarks.scripted import ANSWERER, configured, dataset, generators
from benchmarks.workspace import PROJECT
from promptfit.answer.base import Answerer
from promptfit.answer.store import AnswerStore, KeptAnswerer
from promptfit.data.reader import Dataset
from promptfit.data.split import split
from promptfit.generate.base import Generator
from promptfit.generate.openai import OpenAIGenerator
from promptfit.score.normalize import Chain
from promptfit.search.ask import ask
from promptfit.types import Prompt, Sample

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
SIDE_BY_SIDE = 24
"""Searches at once: they wait for the answerer, which answers them together."""
AT_ONCE = 100
"""Prompts that are measured in one call."""

Cers = dict[tuple[str, str], float]
"""By the field's name and the prompt."""


def main() -> list[Row]:
    """Searches what is not yet searched, measures what was found, and writes a table and a plot."""
    seeds = range(int(os.environ.get("PROMPTFIT_SEEDS", SEEDS)))
    names = FIELDS[: int(os.environ.get("PROMPTFIT_FIELDS", len(FIELDS)))]
    mini, large = dataset("mini"), dataset("large")
    search = split(mini)["search"]
    samples = {field: [one for one in search if one.field == field] for field in map(mini.resolve, names)}
    answerer = Gathering(_kept_answerer())
    jobs = [Job(arm, seed, BUDGET, names, answerer.identity) for seed in seeds for arm in arms.ARMS]
    _search([job for job in jobs if not job.done()], samples, answerer)
    starts = {field.name: own[0].question for field, own in samples.items()}
    ways = {(job.arm, job.seed): {n: [(0, starts[n]), *way] for n, way in job.read().items()} for job in jobs}
    curves = Curves(ways, _measure(_prompts(ways.values()), large, answerer), BUDGET)
    outcome.write(curves, FOLDER.parent)
    return outcome.rows(curves)


def _search(jobs: Sequence[Job], samples: arms.Samples, answerer: Gathering) -> None:
    """Runs the jobs side by side; if one fails, the others go on and are kept, and then its fault is raised."""
    began, faults = time.monotonic(), []  # type: float, list[BaseException]
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, "search")
    with generators(sorted({job.seed for job in jobs}), OpenAIGenerator) as asked:
        try:
            left = {pool.submit(_run, job, samples, answerer, asked[job.seed]) for job in jobs}
            while left:
                over, left = wait(left, timeout=30, return_when=FIRST_COMPLETED)
                faults += [fault for job in over if (fault := job.exception())]
                _say(f"{len(jobs) - len(left)}/{len(jobs)} searches, {answerer.answered} requests", began)
        except BaseException:
            answerer.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    if faults:
        raise faults[0]


def _run(job: Job, samples: arms.Samples, answerer: Answerer, asked: Generator) -> None:
    job.write(arms.run(job.arm, answerer, samples, asked, job.budget, job.seed))


def _prompts(each: Iterable[Mapping[str, Way]]) -> list[tuple[str, str]]:
    """Field and text of all prompts, in an order of their own."""
    return sorted({(name, text) for ways in each for name, way in ways.items() for _, text in way})


def _measure(prompts: Sequence[tuple[str, str]], large: Dataset, answerer: Answerer) -> Cers:
    """The CERs on the seeded documents; many prompts a call, so that they share the images."""
    began, cers = time.monotonic(), {}  # type: float, Cers
    samples = {name: _documents(large, name) for name, _ in prompts}
    for start in range(0, len(prompts), AT_ONCE):
        part = prompts[start : start + AT_ONCE]
        pairs = [(Prompt(text), sample) for name, text in part for sample in samples[name]]
        scored = iter(ask(answerer, pairs, Chain()))
        for name, text in part:
            counts = [next(scored).counts for _ in samples[name]]
            cers[name, text] = sum(one.edits for one in counts) / sum(one.chars for one in counts)
        _say(f"{len(cers)}/{len(prompts)} prompts measured on large", began)
    return cers


def _documents(large: Dataset, name: str) -> list[Sample]:
    """The same documents for every field of a type."""
    samples = large.of(large.resolve(name))
    documents = sorted({sample.document for sample in samples})
    chosen = set(random.Random(0).sample(documents, min(DOCUMENTS, len(documents))))
    return [sample for sample in samples if sample.document in chosen]


def _kept_answerer() -> KeptAnswerer:
    store = AnswerStore(PROJECT / ".promptfit" / "bench.sqlite")
    return KeptAnswerer(configured(f"model/{ANSWERER}", "answerer"), store)


def _say(line: str, began: float) -> None:
    print(f"strategies: {line}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
