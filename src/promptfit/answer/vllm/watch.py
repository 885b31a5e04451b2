"""A plugin of vLLM's: the engine's process ends with ours, even if ours is killed; else it would keep its memory."""

from __future__ import annotations

import os
import signal
from threading import Thread
from time import sleep

VARIABLE = "PROMPTFIT_STARTS_VLLM"
"""Environment variable that holds the process whose engine is meant; all others are left alone."""


def end_with_parent() -> None:
    """Called by vLLM in each of its processes (entry point ``vllm.general_plugins``)."""
    parent = os.getppid()
    if os.environ.get(VARIABLE) == str(parent):
        Thread(target=_watch, args=[parent], daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)  # its workers watch it, and end by themselves
