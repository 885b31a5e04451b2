"""What to do where the hub does not hand a checkpoint over: a licence, a token, a name, a network."""

from __future__ import annotations

import re
from collections.abc import Iterator


def hub_remedy(name: str, error: BaseException) -> str:
    """Says what a person can do; empty where the hub is not what is amiss.

    Args:
        name: The checkpoint's name on the hub.
        error: What the hub's client, or transformers, raised.
    """
    told = " ".join(f"{type(one).__name__}: {one}" for one in _chain(error))
    page, token = f"https://huggingface.co/{name}", "whose token the environment variable HF_TOKEN holds"
    later = "once its files are here, HF_HUB_OFFLINE=1 asks nobody any more"
    if re.search(r"GatedRepo|a gated repo|access gated|awaiting a review|is restricted and", told, re.IGNORECASE):
        return f"its licence has to be accepted at {page} by the account {token} (a read token will do); {later}"
    if re.search(r"OfflineMode|HF_HUB_OFFLINE|offline mode", told):
        return f"HF_HUB_OFFLINE is set, and not all of its files are here: unset it, or copy them from {page}"
    if re.search(r"RepositoryNotFound|\b40[13] Client Error|Invalid credentials|Unauthorized", told):
        return (
            f"there is no such name, or it is private: see {page}, and give the account {token} access to it; {later}"
        )
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
