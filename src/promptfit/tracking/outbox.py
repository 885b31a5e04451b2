"""A thread that hands records to MLflow in order, which holds up no loop, not even while MLflow is away."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

from promptfit.support.http.secrets import struck
from promptfit.tracking.connect import can_wait
from promptfit.tracking.place import Place

Record = Mapping[str, Any]
"""What is to be written, as JSON has it: its ``kind``, and the arguments of that."""
PAUSE = 10.0
"""Seconds after which MLflow is tried again."""
LAST_TRIES = 1
"""How often it is tried again when nothing else is left to do."""

log = logging.getLogger(__name__)


class RecordWriter(Protocol):
    """Who writes records. Writing one again that was written, in part or whole, changes nothing."""

    def open(self) -> None:
        """Finds MLflow and the run, and what is there already."""

    def write(self, record: Record) -> None:
        """Writes one."""


class Outbox:
    """Hands records over. One that can't be taken now is tried again, and holds back those after it.

    Args:
        writer: Takes them.
        place: What to call it.
        gathers: Whether records are only gathered, for somebody else to hand over.
    """

    def __init__(self, writer: RecordWriter, place: Place, gathers: bool = False) -> None:
        self._writer, self._place = writer, place
        self._away, self._anew = gathers, False
        self._waiting: deque[Record] = deque()
        self._closing = False
        self._changed = threading.Condition()
        self._thread = None if gathers else threading.Thread(target=self._work, name="mlflow", daemon=True)
        if self._thread:
            self._thread.start()

    def put(self, record: Record) -> None:
        """Takes a record over, and returns at once."""
        with self._changed:
            self._waiting.append(record)
            self._changed.notify_all()

    def drain(self) -> None:
        """Waits until every record is written, or MLflow is away."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting or self._away)

    def close(self) -> list[Record]:
        """Writes what is left, with a last attempt if MLflow is away, and ends the thread.

        Returns:
            What could not be written.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join()
        return self.left

    @property
    def left(self) -> list[Record]:
        """What is not written yet."""
        with self._changed:
            return list(self._waiting)

    def _work(self) -> None:
        tries = LAST_TRIES
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                record = self._waiting[0]
            try:
                self._write(record)
            except Exception as fault:  # whatever MLflow raises: the work goes on without it
                if can_wait(fault):
                    if not tries:
                        return
                    tries -= self._closing
                    self._put_off(fault)
                    continue
                self._anew = True  # the record may be there in part
                log.warning("MLflow at %s does not take a %s: %s", self._place, record["kind"], struck(fault))
            with self._changed:
                self._waiting.popleft()
                self._changed.notify_all()

    def _write(self, record: Record) -> None:
        if self._anew:
            self._writer.open()
            self._anew = False
        self._writer.write(record)
        if self._away:
            log.warning("MLflow at %s is back", self._place)
            self._away = False

    def _put_off(self, fault: Exception) -> None:
        if not self._away:
            log.warning("%s", away(self._place, fault))
        with self._changed:
            self._away = self._anew = True
            self._changed.notify_all()
            ends = self._closing
            self._changed.wait_for(lambda: self._closing and not ends, min(PAUSE, 1) if ends else PAUSE)


def away(place: Place, fault: Exception) -> str:
    """What the person is told, once."""
    return (
        f"MLflow at {place}: {struck(fault)}; the work goes on, and is recorded when MLflow is back, or by the next "
        "command that comes to it"
    )
