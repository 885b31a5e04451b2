"""A home beside the project's own: the same configurations, data and model, but nothing kept and no runs."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]


@contextmanager
def fresh_home() -> Iterator[Path]:
    """Yields a temporary home that sees the project's conf/, data/ and models/."""
    with tempfile.TemporaryDirectory(prefix="promptfit-bench-") as folder:
        for name in ("conf", "data", "models"):
            (Path(folder) / name).symlink_to(PROJECT / name)
        yield Path(folder)


def timed(*command: str, home: Path | None = None) -> tuple[float, str]:
    """Runs a command; returns its seconds and what it printed on standard output.

    Raises:
        RuntimeError: It failed; the message ends with what it said.
    """
    environment = {**os.environ, "PROMPTFIT_HOME": str(home or PROJECT)}
    started = time.perf_counter()
    done = subprocess.run(command, cwd=home or PROJECT, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr[-2000:]}")
    return seconds, done.stdout
