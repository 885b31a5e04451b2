"""Calls of a model behind an API, each made again where that may help; and when to stop making any."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from promptfit.support.http import faults
from promptfit.support.http.client import Client
from promptfit.support.http.faults import Permanent, Temporary
from promptfit.support.http.pool import Servers

log = logging.getLogger(__name__)

_NOBODY = 3
"""Attempts while nobody was ever there: a wrong address is to be told soon."""
_TOLD = 4
"""Attempts from which on the person is told."""
_FAILED, _REFUSED = 4, 32
"""Images whose requests failed for good with nothing answered in between, after which the rest is not asked."""


class Calls:
    """Makes calls, side by side; for one event loop.

    Args:
        config: The configuration's path, for the log.
        client: Carries them.
        servers: Hands out places.
        attempts: How often a call is made at most.
        wait: Seconds before the second attempt; doubled before each further one.
    """

    def __init__(self, config: str, client: Client, servers: Servers, attempts: int, wait: float) -> None:
        self._config, self._client, self._servers = config, client, servers
        self._attempts, self._wait = attempts, wait

    async def ask(self, body: Callable[[], Awaitable[bytes]], image: str, seed: str) -> tuple[dict[str, Any], float]:
        """Returns the reply, which holds a message, and the seconds that the call took that had it.

        Args:
            body: Makes what is sent, once there is a place for it.
            image: Names the image, so that one server sees it again.
            seed: Of the waits: calls that were turned away together do not come back together, the same in every run.

        Raises:
            Temporary: All attempts failed, or the server wants no further one for long.
            Permanent: The server will not reply to such a call.
        """
        draws, attempt = random.Random(seed), 0
        while True:
            attempt += 1
            try:
                return await self._once(body, image)
            except Temporary as error:
                fault = error
            never = fault.cause == "away" and not self._servers.replied
            most = min(self._attempts, _NOBODY) if never else self._attempts
            if attempt >= most or not fault.soon():
                raise fault
            pause = max(
                min(faults.LONGEST_WAIT, self._wait * 2 ** (attempt - 1)) * draws.uniform(1.0, 1.5), fault.wait or 0.0
            )
            level = logging.INFO if attempt < _TOLD else logging.WARNING
            log.log(level, "%s: attempt %d: %s; next one in %.1f s", self._config, attempt, fault, pause)
            await asyncio.sleep(pause)

    async def _once(self, body: Callable[[], Awaitable[bytes]], image: str) -> tuple[dict[str, Any], float]:
        server = await self._servers.enter(image)
        try:
            data = await body()
            began = time.monotonic()
            try:
                reply = await self._client.ask(server.address, data)
            except (Temporary, Permanent) as fault:
                self._servers.learn(server, began, fault if isinstance(fault, Temporary) else None)
                raise
            self._servers.learn(server, began, None)
            return reply, time.monotonic() - began
        finally:
            self._servers.leave(server)


class Hope:
    """Says when it makes no sense to go on: every further request would fail like those before."""

    def __init__(self) -> None:
        self._failed: dict[type, set[str]] = {Temporary: set(), Permanent: set()}
        self._unheard = 0

    def answered(self) -> None:
        """There is hope again."""
        self._unheard = 0
        for images in self._failed.values():
            images.clear()

    def lost(self, fault: Temporary | Permanent, image: str, replied: bool) -> bool:
        """Tells whether nothing was answered in between, while requests of many images failed.

        An image that a server can't stand fails with every prompt, and says nothing of others.

        Args:
            fault: The newest.
            image: Names its image.
            replied: Whether any server ever replied anything.
        """
        images = self._failed[type(fault)]
        images.add(image)
        if isinstance(fault, Permanent):
            return len(images) >= _REFUSED
        self._unheard += fault.cause in ("busy", "away")
        never = fault.cause == "away" and not replied
        return never or len(images) >= _FAILED or self._unheard >= 2 * _FAILED
