"""A connection with the servers of one configuration: opened at the first call, shared by all threads of a process."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from promptfit.support.http.access import Access
from promptfit.support.http.client import Client
from promptfit.support.http.pool import Servers
from promptfit.support.http.retry import Calls
from promptfit.support.http.workers import Loop

_OPENING, _OPENED = Lock(), "_opened"


class Connection:
    """A thread with an event loop, and in it the client, the servers with their limits, and the calls.

    Args:
        access: Where the servers are, and how to get in.
        concurrency: Calls at once to each server at most.
        timeout: Seconds after which a call has failed.
        attempts: How often a call is made at most.
        wait: Seconds before the second attempt; doubled before each further one.

    Raises:
        PromptfitError: The key is missing.
    """

    def __init__(self, access: Access, concurrency: int, timeout: float, attempts: int, wait: float) -> None:
        key = access.key()
        self.loop = Loop()

        async def opened() -> tuple[Client, Servers]:
            return Client(key, timeout, access.elsewhere), Servers(access.config, access.addresses, concurrency, wait)

        self._client, self.servers = self.loop.run(opened())
        self.calls = Calls(access.config, self._client, self.servers, attempts, wait)

    def close(self) -> None:
        """Gives up on what is under way."""
        self.loop.stop(self._client.close())


C = TypeVar("C", bound=Connection)


def opened(owner: object, make: Callable[[], C]) -> C:
    """Returns the owner's connection; made by the first thread that asks, closed when nobody holds the owner any more.

    Args:
        owner: Who asks; the connection must not hold it.
        make: Makes the connection.
    """
    with _OPENING:
        process, connection = vars(owner).get(_OPENED, (0, None))
        if connection is None or process != os.getpid():  # threads do not survive a fork
            connection = make()
            vars(owner)[_OPENED] = os.getpid(), connection
            weakref.finalize(owner, connection.close)
        return connection  # type: ignore[no-any-return]


def unopened(owner: object) -> dict[str, Any]:
    """Returns the owner's attributes without its connection: what is pickled opens its own in another process."""
    return {name: value for name, value in vars(owner).items() if name != _OPENED}
