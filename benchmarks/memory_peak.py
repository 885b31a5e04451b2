"""The most memory that a process takes while it works, watched from outside: its libraries count differently."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from threading import Event, Thread

import psutil

EVERY = 0.5
"""Seconds between two looks."""


class Peak:
    """Watches a process with its children, until it is told to stop; on a GPU, what all of it holds.

    Args:
        process: Its id.
        gpu: Whether to look at the GPUs (`nvidia-smi`); what others hold there counts, so they should hold nothing.
    """

    def __init__(self, process: int, gpu: bool) -> None:
        self._process, self._gpu, self._done = process, gpu, Event()
        self.bytes = 0
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Looks no more."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            with suppress(psutil.Error, OSError, subprocess.SubprocessError, ValueError):
                self.bytes = max(self.bytes, _on_gpus() if self._gpu else _resident(self._process))
            if self._done.wait(EVERY):
                return


def _resident(process: int) -> int:
    parent = psutil.Process(process)
    total = 0
    for one in (parent, *parent.children(recursive=True)):
        with suppress(psutil.Error):
            total += one.memory_info().rss
    return total


def _on_gpus() -> int:
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    return sum(int(line) for line in said.split()) << 20
