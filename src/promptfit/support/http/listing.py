"""What servers list as their models (``/v1/models``)."""

from __future__ import annotations

import asyncio
from typing import Any

from promptfit.support.http.access import Access
from promptfit.support.http.client import Client
from promptfit.support.http.faults import Permanent, Temporary
from promptfit.support.http.workers import Loop

_PATIENCE = 5.0
"""Seconds: a server that is away keeps nobody waiting for long."""


def listings(access: Access) -> dict[str, list[dict[str, Any]] | Temporary | Permanent]:
    """Asks every address what it serves.

    Args:
        access: How to get in.

    Returns:
        By address, its models, or why it does not say.

    Raises:
        PromptfitError: The key is missing.
    """
    key, loop, clients = access.key(), Loop(), list[Client]()

    async def everybody() -> list[list[dict[str, Any]] | Temporary | Permanent]:
        clients.append(Client(key, _PATIENCE, access.elsewhere))
        return await asyncio.gather(*(_listed(clients[0], address) for address in access.addresses))

    async def close() -> None:
        for client in clients:
            await client.close()

    try:
        said = loop.run(everybody())
    finally:
        loop.stop(close())
    return dict(zip(access.addresses, said, strict=True))


async def _listed(client: Client, address: str) -> list[dict[str, Any]] | Temporary | Permanent:
    try:
        return await client.models(address)
    except (Temporary, Permanent) as fault:
        return fault.with_traceback(None)
