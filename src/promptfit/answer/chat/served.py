"""What a server says of the model that it serves under a name: two models may have the same name on two servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from promptfit.support.canonical import canonical_json
from promptfit.support.http.access import Access
from promptfit.support.http.faults import Permanent, Temporary
from promptfit.support.http.listing import listings
from promptfit.types import PromptfitError

_META = ("n_params", "n_embd", "n_vocab", "size")
"""What llama.cpp says of a file of weights."""


def ask_who_serves(access: Access) -> dict[str, str]:
    """Asks every address what it serves.

    Args:
        access: How to get in.

    Returns:
        By address, what it says of the model, as canonical JSON; empty where it says no more than the name. An address
        that does not answer is left out.
    """
    try:
        said = listings(access)
    except PromptfitError:  # without the key nobody answers; what is kept may suffice
        return {}
    return {
        address: "" if isinstance(one, Permanent) else described(one, access.model)
        for address, one in said.items()
        if not isinstance(one, Temporary)
    }


def described(listed: Sequence[Mapping[str, Any]], model: str) -> str:
    """What tells a model from another of its name: vLLM's and SGLang's root and parent, llama.cpp's sizes.

    What may change without the model does not count, like the length of the context, or when the server was started.
    """
    own = next((one for one in listed if one.get("id") == model), {})
    meta = own.get("meta")
    told = {name: own[name] for name in ("root", "parent") if own.get(name)}
    told |= {name: meta[name] for name in _META if name in meta} if isinstance(meta, Mapping) else {}
    return canonical_json(told) if told else ""
