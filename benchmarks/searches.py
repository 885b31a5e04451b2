"""Many searches side by side with one answerer, and what their prompts are worth on other documents.

Answers go to .promptfit/bench.sqlite and finished searches to outputs/bench/: what was broken off goes on where it was.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from benchmarks import arms
from benchmarks.gathering import Gathering
from benchmarks.jobs import Job
from benchmarks.scripted import ANSWERER, configured, generators
from benchmarks.workspace import PROJECT
from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.evaluate.ask import ask
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Generator
from promptfit.types import Prompt, Sample

SIDE_BY_SIDE = 24
"""Searches at once: they wait for the answerer, which answers them together."""
AT_ONCE = 100
"""Prompts that are measured in one call."""

Cers = dict[tuple[str, str], float]
"""By the field's name and the prompt."""


def answerer() -> Gathering:
    """docvlm-tiny with kept answers, for threads."""
    store = AnswerCache(PROJECT / ".promptfit" / "bench.sqlite")
    return Gathering(CachedAnswerer(configured(f"model/{ANSWERER}", "answerer"), store))


def search(jobs: Sequence[Job], samples: Callable[[Job], arms.Samples], asked: Gathering) -> None:
    """Runs the jobs that are not finished yet; if one fails, the others go on, and then its fault is raised.

    Args:
        jobs: The searches.
        samples: Each job's search samples.
        asked: The answerer.
    """
    began, faults = time.monotonic(), []  # type: float, list[BaseException]
    todo = [job for job in jobs if not job.done()]
    pool = ThreadPoolExecutor(SIDE_BY_SIDE, "search")
    with generators(sorted({job.seed for job in todo}), ChatGenerator) as generator:
        try:
            left = {pool.submit(_run, job, samples(job), asked, generator[job.seed]) for job in todo}
            while left:
                over, left = wait(left, timeout=30, return_when=FIRST_COMPLETED)
                faults += [fault for job in over if (fault := job.exception())]
                say(f"{len(todo) - len(left)}/{len(todo)} searches, {asked.answered} requests", began)
        except BaseException:
            asked.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)
    if faults:
        raise faults[0]


def measure(prompts: Sequence[tuple[str, str]], samples: Mapping[str, Sequence[Sample]], asked: Answerer) -> Cers:
    """The CERs of prompts, many a call, so that they share the images.

    Args:
        prompts: Field names and texts.
        samples: What each field's prompts are asked of.
        asked: The answerer.
    """
    began, cers = time.monotonic(), {}  # type: float, Cers
    for start in range(0, len(prompts), AT_ONCE):
        part = prompts[start : start + AT_ONCE]
        pairs = [(Prompt(text), sample) for name, text in part for sample in samples[name]]
        scored = iter(ask(asked, pairs, Scoring()))
        for name, text in part:
            counts = [next(scored).counts for _ in samples[name]]
            cers[name, text] = sum(one.edits for one in counts) / sum(one.chars for one in counts)
        say(f"{len(cers)}/{len(prompts)} prompts measured", began)
    return cers


def say(line: str, began: float) -> None:
    """Tells how far it is, on standard error."""
    print(f"{line}, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _run(job: Job, samples: arms.Samples, asked: Answerer, generator: Generator) -> None:
    job.write(arms.run(job.arm, asked, samples, generator, job.budget, job.seed))
