"""A thread that does jobs in order, so that writing does not hold up the loop that tells what to write."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

Job = Callable[[], object]


class Background:
    """Does jobs one after the other; after one that fails none is done, and the next call raises its exception."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._fault: Exception | None = None
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, job: Job) -> None:
        """Hands a job over, and returns at once."""
        self._check()
        self._jobs.put(job)

    def drain(self) -> None:
        """Waits until every job is done."""
        self._jobs.join()
        self._check()

    def close(self) -> None:
        """Does what is left, and ends the thread."""
        self._jobs.put(None)
        self._thread.join()
        self._check()

    def _check(self) -> None:
        if self._fault:
            raise self._fault

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                if not self._fault:
                    job()
            except Exception as fault:  # whatever it was: the thread that gave the job raises it
                self._fault = fault
            finally:
                self._jobs.task_done()
