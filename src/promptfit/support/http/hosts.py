"""Which addresses are on this machine, or on one of the person's own: whatever is sent elsewhere has left."""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.parse import urlsplit

OWN = "PROMPTFIT_OWN_HOSTS"
"""The environment variable with the names of the person's other machines; no file of a project can say it."""


def is_here(address: str) -> bool:
    """Whether whatever is sent to an address stays on this machine, or on one that ``PROMPTFIT_OWN_HOSTS`` names.

    No name is looked up: what a name means today it need not mean at the next call. So only ``localhost``, literal
    loopback addresses and the names that the variable holds, letter by letter, are here.

    Args:
        address: A URL; one that programs may read in several ways is elsewhere.
    """
    if re.search(r"[\\\s\x00-\x1f]", address):
        return False
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return _is_loopback(host) or host in own_hosts()


def own_hosts() -> frozenset[str]:
    """The hosts that the person says are their own."""
    return frozenset(filter(None, re.split(r"[,\s]+", os.environ.get(OWN, "").casefold())))


def reach_directly(address: str) -> None:
    """Keeps other libraries of this process from going to an address through a proxy, which would be elsewhere."""
    host = urlsplit(address).hostname or ""
    for name in ("no_proxy", "NO_PROXY"):
        listed = os.environ.get(name) or os.environ.get(name.swapcase(), "")
        if host not in listed.split(","):
            os.environ[name] = ",".join(filter(None, [listed, host]))


def _is_loopback(host: str) -> bool:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    inner = getattr(found, "ipv4_mapped", None)
    return "%" not in host and (found.is_loopback or bool(inner and inner.is_loopback))
