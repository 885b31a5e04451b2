"""Answers from what is kept: how many a second, and what asking and keeping takes as a call grows to 100,000.

The engine is a scripted one that answers at once, so that all time and memory is promptfit's own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from benchmarks.row import Row
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.types import Answer, NoAnswer, Request

SIZES = (1_000, 10_000, 100_000)
IMAGES = 100
TIMES = 7


class Parrot:
    """A scripted engine: says the same to everybody."""

    remote = False

    identity = '{"checkpoint":"scripted","settings":{"max_new_tokens":64}}'

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index in range(len(requests)):
            yield index, Answer("Карбаинов Иван", tokens_in=60, tokens_out=9, seconds=0.01)


class Requests(Sequence[Request]):
    """So many prompts of some images, made as they are asked for: the caller's memory is not what is measured."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._images = [(Path(f"images/{n}.png"), sha256(b"%d" % n).hexdigest()) for n in range(IMAGES)]

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, index: int) -> Request:  # type: ignore[override]  # nobody slices
        prompt = f"Прочитай поле «Фамилия» и напиши только значение, вариант {index // IMAGES}"
        return Request(*self._images[index % IMAGES], prompt)


def main() -> list[Row]:
    """Each size in a process of its own, in a store of its own."""
    found = {size: _apart(size) for size in SIZES}
    least, most = SIZES[0], SIZES[-1]
    rate = found[most][1]
    new = {size: figures[0] for size, figures in found.items()}
    each = {size: 1e6 * seconds / size for size, seconds in new.items()}
    peaks = {size: figures[2] for size, figures in found.items()}
    growth, slower = peaks[most] / peaks[least], each[most] / each[SIZES[1]]
    shown = ", ".join(f"{size:,}: {each[size]:.0f} us" for size in SIZES)
    return [
        Row(f"answers from what is kept, of {most:,}", f"{rate:,.0f} a second", ">= 20,000 a second", rate >= 20_000),
        Row(
            f"peak memory at {most:,} new answers against {least:,}",
            f"{growth:.2f}x ({peaks[least]:.0f} and {peaks[most]:.0f} MB, Python's own too)",
            "<= 1.15x",
            growth <= 1.15,
        ),
        Row(
            f"time of one new answer at {most:,} against {SIZES[1]:,}",
            f"{slower:.2f}x ({shown})",
            "<= 1.5x",
            slower <= 1.5,
        ),
    ]


def measure(number: int) -> tuple[float, float, float]:
    """Asks all, then again from what is kept.

    Returns:
        Seconds of the first time; answers a second of the later ones, the median; the process's peak memory in MB.
    """
    requests = Requests(number)
    with tempfile.TemporaryDirectory(prefix="promptfit-bench-") as folder:
        path = Path(folder) / "answers.sqlite"
        seconds = _timed(path, requests, asked=number)
        rate = number / statistics.median(_timed(path, requests, asked=0) for _ in range(TIMES))
    return seconds, rate, _peak()


def _timed(path: Path, requests: Requests, asked: int) -> float:
    store = AnswerCache(path)
    answerer = CachedAnswerer(Parrot(), store)
    started = time.perf_counter()
    answered = sum(1 for _ in answerer.answer(requests))
    seconds = time.perf_counter() - started
    assert (answered, answerer.asked) == (len(requests), asked)
    store.close()
    return seconds


def _peak() -> float:
    """The most memory that this process alone has held, in MB; getrusage would tell the parent's, too."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1e3


def _apart(number: int) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "benchmarks.kept", str(number)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True)
    seconds, rate, peak = map(float, done.stdout.split())
    return seconds, rate, peak


if __name__ == "__main__":
    print(*measure(int(sys.argv[1])))
