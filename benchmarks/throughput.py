"""Answers a second: our answerers against what people would use instead, on the workload of a search.

16 prompts of each of 48 images of passports, docvlm-tiny in float32, greedy, at most 64 new tokens. Every arm is a
process of its own with its model loaded; in every round each answers in turn, the order rotated, and a ratio is the
median of the rounds' ratios. Arms that are slow get a third of the images, another third each round: it is rates that
are compared. vLLM forgets all images between rounds. vLLM and lmms-eval have environments of their own in the cache
folder, outside the checkout, which are made once.

Results and the plot go to outputs/bench/. PROMPTFIT_ROUNDS=1 and PROMPTFIT_IMAGES=6 make a small one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import environments, throughput_outcome
from benchmarks.row import Row
from benchmarks.throughput_work import IMAGES, PROJECT, PROMPTS, TINY, workload
from benchmarks.throughput_worker import Heat, Worker, started, write_work

ROUNDS = 9
THIRDS = 3
FOLDER = PROJECT / "outputs" / "bench"


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to answer.

    Args:
        name: What it is called in the table.
        factory: ``<factory>[:<argument>]`` in benchmarks/throughput_arms.py.
        slow: Whether it gets a third of the images a round.
        environment: Where it runs, if not here.
    """

    name: str
    factory: str
    slow: bool = False
    environment: str = ""


ARMS = (
    Arm("generate, one by one", "generate:1", slow=True),
    Arm("generate, batches of 32", "generate:32"),
    Arm("promptfit, transformers", "ours:docvlm-tiny"),
    Arm("promptfit, vLLM", "ours:docvlm-tiny-vllm", environment="vllm"),
    Arm("vLLM by hand, its block", "vllm", environment="vllm"),
    Arm("vLLM by hand, block of 32", "vllm:32", environment="vllm"),
    Arm("lmms-eval, one by one", "lmms_eval:1", slow=True, environment="lmms_eval"),
    Arm("lmms-eval, batches of 32", "lmms_eval:32", environment="lmms_eval"),
)


def main() -> list[Row]:
    """Starts all arms, lets them answer in rounds, and writes a table and a plot."""
    images, rounds = int(os.environ.get("PROMPTFIT_IMAGES", IMAGES)), int(os.environ.get("PROMPTFIT_ROUNDS", ROUNDS))
    with _all_started(images) as workers:
        for arm in ARMS:  # what is done once, at the first request, is not timed
            workers[arm.name](0, 2 * PROMPTS)
        heats = [_round(number, workers, images) for number in range(rounds)]
    outcome = throughput_outcome.Outcome({arm.name: [heat[arm.name] for heat in heats] for arm in ARMS})
    throughput_outcome.write(outcome, FOLDER)
    return throughput_outcome.rows(outcome)


@contextmanager
def _all_started(images: int) -> Iterator[Mapping[str, Worker]]:
    with tempfile.TemporaryDirectory(prefix="promptfit-bench-") as folder, ExitStack() as stack:
        work = Path(folder) / "work.json"
        write_work(work, TINY, workload(images))
        pythons = {"": Path(sys.executable), "vllm": environments.vllm(), "lmms_eval": environments.lmms_eval()}
        logs = FOLDER / "throughput"
        logs.mkdir(parents=True, exist_ok=True)
        workers = {}
        for arm in ARMS:
            _say(f"{arm.name} is started")
            log = logs / f"{arm.factory.replace(':', '-')}.log"
            workers[arm.name] = stack.enter_context(started(arm.factory, pythons[arm.environment], work, log))
        yield workers


def _round(number: int, workers: Mapping[str, Worker], images: int) -> dict[str, Heat]:
    """Each arm answers once, one after the other."""
    turn = number % len(ARMS)
    heats = {}
    for arm in (*ARMS[turn:], *ARMS[:turn]):
        third = images // THIRDS * PROMPTS
        first, end = (number % THIRDS * third, (number % THIRDS + 1) * third) if arm.slow else (0, images * PROMPTS)
        heats[arm.name] = workers[arm.name](first, end)
        _say(f"round {number + 1}, {arm.name}: {heats[arm.name].rate:.1f} answers a second")
    return heats


def _say(line: str) -> None:
    print(f"throughput: {time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)
