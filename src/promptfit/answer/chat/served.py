"""What a server says of the model that it serves under a name: two models may have the same name on two servers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from promptfit.support.canonical import canonical_json
from promptfit.support.http.access import Access
from promptfit.support.http.client import Client
from promptfit.support.http.faults import Permanent, Temporary
from promptfit.support.http.workers import Loop
from promptfit.types import PromptfitError

_PATIENCE = 5.0
"""Seconds: a server that is away does not keep a run over kept answers waiting."""
_META = ("n_params", "n_embd", "n_vocab", "size")
"""What llama.cpp says of a file of weights."""


def ask_who_serves(access: Access) -> dict[str, str]:
    """Asks every address what it serves (``/v1/models``).

    Args:
        access: How to get in.

    Returns:
        By address, what it says of the model, as canonical JSON; empty where it says no more than the name. An address
        that does not answer is left out.
    """
    try:
        key = access.key()
    except PromptfitError:  # without it nobody answers; what is kept may suffice
        return {}
    loop, clients = Loop(), list[Client]()

    async def everybody() -> list[str | None]:
        clients.append(Client(key, _PATIENCE, access.elsewhere))
        return await asyncio.gather(*(_asked(clients[0], address, access.model) for address in access.addresses))

    async def close() -> None:
        for client in clients:
            await client.close()

    try:
        said = loop.run(everybody())
    finally:
        loop.stop(close())
    return {address: one for address, one in zip(access.addresses, said, strict=True) if one is not None}


async def _asked(client: Client, address: str, model: str) -> str | None:
    try:
        return described(await client.models(address), model)
    except (Temporary, Permanent) as fault:
        return "" if isinstance(fault, Permanent) else None


def described(listed: Sequence[Mapping[str, Any]], model: str) -> str:
    """What tells a model from another of its name: vLLM's and SGLang's root and parent, llama.cpp's sizes.

    What may change without the model does not count, like the length of the context, or when the server was started.
    """
    own = next((one for one in listed if one.get("id") == model), {})
    meta = own.get("meta")
    told = {name: own[name] for name in ("root", "parent") if own.get(name)}
    told |= {name: meta[name] for name in _META if name in meta} if isinstance(meta, Mapping) else {}
    return canonical_json(told) if told else ""
