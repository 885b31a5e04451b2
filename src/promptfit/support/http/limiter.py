"""How many calls one server has under way: few at first, more while it is quiet, half as many when it is not."""

from __future__ import annotations

import time

from promptfit.support.http.faults import Temporary

_START = 8


class Limiter:
    """Additive increase, multiplicative decrease, with a quick start, as TCP does it (RFC 5681).

    Attributes:
        limit: Calls that may be under way now.
        busy: Calls that are.

    Args:
        most: Calls that may ever be under way.
        wait: Seconds that a server which has too much to do is left alone, unless it says how long.
    """

    def __init__(self, most: int, wait: float) -> None:
        self.limit, self.busy = min(_START, most), 0
        self._most, self._wait = most, wait
        self._exact, self._quick = float(self.limit), True
        self._halved = self._closed_until = float("-inf")

    def opens_in(self) -> float:
        """Returns the seconds until a call may go, if it has room; 0 for now."""
        return max(0.0, self._closed_until - time.monotonic())

    @property
    def room(self) -> int:
        """Calls that may go now beside those under way."""
        return 0 if self.opens_in() else max(0, self.limit - self.busy)

    def quiet(self) -> None:
        """A call, still counted in ``busy``, came back well."""
        if self.busy >= self.limit:  # else the limit is not what holds the calls back, and says nothing
            self._set(self._exact + (1.0 if self._quick else 1.0 / self._exact))

    def loud(self, fault: Temporary, began: float) -> None:
        """The server has too much to do; calls that were under way together count once.

        Args:
            fault: What it said.
            began: When the call began, by ``time.monotonic``.
        """
        self._close(fault.wait if fault.wait and fault.soon() else 0.0)
        if began < self._halved:
            return
        self._halved, self._quick = time.monotonic(), False
        self._set(self._exact / 2)
        if fault.cause == "busy" and fault.wait is None:
            self._close(self._wait)  # each call waits longer from attempt to attempt, besides

    def _close(self, seconds: float) -> None:
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    def _set(self, limit: float) -> None:
        self._exact = min(max(1.0, limit), float(self._most))
        self.limit = int(self._exact)
