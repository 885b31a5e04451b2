"""A process of its own with limits on memory and time, for what could take all of either."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

MEMORY, SECONDS = 1 << 30, 34
"""Bytes of address space, and seconds of the processor: the clock of a busy machine says little. What takes longest
takes 20 on a usual host, and hosts differ by 1.7 times."""


def limited(script: str, *words: str) -> str:
    """Runs a Python script under the limits, and returns what it printed; whatever goes wrong fails the test."""
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        text=True,
        timeout=20 * SECONDS,
        preexec_fn=_limit,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:] or f"ended by signal {-done.returncode}"
    return done.stdout


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
