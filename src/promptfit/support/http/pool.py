"""One server, or several of the same: who gets the next call, and who is left out for a while."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress

from promptfit.support.http.faults import Temporary
from promptfit.support.http.limiter import Limiter

log = logging.getLogger(__name__)

_BENCH = 30.0
"""Seconds until a server that was left out is tried again."""
_STRIKES = 8
"""A server is left out after so many odd faults in a row; nobody there counts as four of them."""


class Server:
    """One address, with its limiter."""

    def __init__(self, address: str, most: int, wait: float) -> None:
        self.address, self.limiter = address, Limiter(most, wait)
        self.image = ""
        """What it was shown last: it may still hold the image's beginning in its prefix cache."""
        self.strikes, self.out_until = 0, float("-inf")


class Servers:
    """Hands out places at servers, in the order in which they are asked for. For one event loop.

    Args:
        config: The configuration's path, for warnings.
        addresses: Where the servers are.
        most: Calls at once to each of them at most.
        wait: See ``Limiter``.

    Attributes:
        replied: Whether any server ever replied anything.
    """

    def __init__(self, config: str, addresses: Sequence[str], most: int, wait: float) -> None:
        self._config, self._all = config, [Server(address, most, wait) for address in addresses]
        self._turn, self._changed = asyncio.Lock(), asyncio.Event()
        self.replied = False

    @property
    def limit(self) -> int:
        """Calls that may be under way now."""
        return sum(server.limiter.limit for server in self._all)

    async def enter(self, image: str) -> Server:
        """Waits for a place, and takes it: where the image was shown last, or else where there is most room."""
        async with self._turn:
            while (server := self._choice(image)) is None:
                self._changed.clear()
                pauses = [pause for one in self._all if (pause := max(one.limiter.opens_in(), _out(one)))]
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(pauses, default=None)):
                        await self._changed.wait()
            server.limiter.busy += 1
            server.image = image
        return server

    def learn(self, server: Server, began: float, fault: Temporary | None) -> None:
        """Takes note of how a call went; before its place is given back.

        Args:
            server: Who was called.
            began: When, by ``time.monotonic``.
            fault: Why it failed; ``None`` where the server replied as it should, if only to refuse.
        """
        if fault is None:
            server.limiter.quiet()
        elif fault.cause in ("busy", "slow"):
            server.limiter.loud(fault, began)
        self.replied |= fault is None or fault.cause != "away"
        self._strike(server, fault)

    def leave(self, server: Server) -> None:
        """Gives a place back."""
        server.limiter.busy -= 1
        self._changed.set()

    def _choice(self, image: str) -> Server | None:
        free = [server for server in self._all if server.limiter.room and not _out(server)]
        return max(free, key=lambda server: (server.image == image, server.limiter.room), default=None)

    def _strike(self, server: Server, fault: Temporary | None) -> None:
        if fault is None or fault.cause == "busy":  # it lives
            server.strikes = 0
            return
        server.strikes += _STRIKES // 2 if fault.cause == "away" else 1
        if server.strikes >= _STRIKES and any(other is not server and not _out(other) for other in self._all):
            if not _out(server):
                text = "%s: %s is left out for %.0f s: %s"
                log.warning(text, self._config, server.address, _BENCH, fault)
            server.out_until = time.monotonic() + _BENCH


def _out(server: Server) -> float:
    """Seconds for which the server is still left out; 0 if it is not."""
    return max(0.0, server.out_until - time.monotonic())
