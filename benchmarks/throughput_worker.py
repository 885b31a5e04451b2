"""A process that holds one arm's model, so that loading is not timed, and answers when it is told to.

Run as ``python -m benchmarks.throughput_worker <factory>[:<argument>] <work.json>``, a factory of
benchmarks/throughput_arms.py; the Python may be another environment's. It says ``ready``; then, for each line ``<first>
<last + 1>`` it answers these requests and replies with a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import throughput_arms
from benchmarks.throughput_arms import Said
from benchmarks.throughput_work import PROJECT, Ask, Subject


@dataclass(frozen=True, slots=True)
class Heat:
    """How long an arm took for how many requests, and what it said."""

    seconds: float
    first: int
    said: tuple[Said, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.said) / self.seconds

    @property
    def engine(self) -> float:
        """Seconds that the arm says its engine took."""
        return sum(seconds for _, seconds in self.said)


Worker = Callable[[int, int], Heat]


def write_work(path: Path, subject: Subject, asks: Sequence[Ask]) -> None:
    """Writes what workers read."""
    path.write_text(json.dumps({"subject": asdict(subject), "asks": [asdict(ask) for ask in asks]}), "utf-8")


@contextmanager
def started(
    arm: str, python: Path, work: Path, log: Path, gpu: bool = False, spawned: Callable[[int], None] = lambda _: None
) -> Iterator[Worker]:
    """Yields what asks a new process for a stretch of the requests; the process ends with the context.

    Args:
        arm: ``<factory>[:<argument>]``.
        python: Whose environment it runs in.
        work: The file of ``write_work``.
        log: Where what it says goes.
        gpu: Whether it may use one, and the hub.
        spawned: Told the process before it loads anything.

    Raises:
        RuntimeError: It cannot be started, or died; the log tells why.
    """
    command = [str(python), "-m", "benchmarks.throughput_worker", arm, str(work)]
    # the threads of each are its makers' choice; a GPU is for a measurement of its own (benchmarks/gpu.py)
    environment = {name: value for name, value in os.environ.items() if name not in ("OMP_NUM_THREADS", "PYTHONPATH")}
    environment |= {"TOKENIZERS_PARALLELISM": "false"}
    environment |= {} if gpu else {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
    pipe = subprocess.PIPE
    with (
        log.open("wb") as said,
        subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment,
            stdin=pipe,
            stdout=pipe,
            stderr=said,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        assert process.stdin and process.stdout
        commands, replies = process.stdin, process.stdout

        def told() -> str:
            line = replies.readline()
            if not line:
                raise RuntimeError(f"{arm}: its process has ended; {log} tells why")
            return line

        def run(first: int, end: int) -> Heat:
            print(first, end, file=commands, flush=True)
            seconds, answers = json.loads(told())
            return Heat(seconds, first, tuple((text, engine) for text, engine in answers))

        try:
            spawned(process.pid)
            assert told() == "ready\n"
            yield run
        finally:
            commands.close()
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """Lets it end by itself, and makes sure of its children."""
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def main(arm: str, path: Path) -> None:
    """Loads an arm and serves until standard input ends."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # libraries print
    work = json.loads(path.read_text("utf-8"))
    asks = [Ask(**one) for one in work["asks"]]
    factory, *arguments = arm.split(":")
    loaded = getattr(throughput_arms, factory)(Subject(**work["subject"]), *arguments)
    print("ready", file=replies, flush=True)
    for line in sys.stdin:
        first, end = map(int, line.split())
        loaded.forget()
        began = time.perf_counter()
        said = loaded.answer(asks[first:end])
        print(json.dumps([time.perf_counter() - began, said]), file=replies, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
