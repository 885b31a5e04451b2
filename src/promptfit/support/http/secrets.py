"""Addresses with their secrets struck out, wherever they are shown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

STRUCK = "***"

# a password may hold @ (the last one ends it) and, in a database's address, even / as it is
# and what could run over other addresses is bounded: the time is linear in the text
_PASSWORD = re.compile(r"(://[^\s/?#:@]*):(?:[^\s/?#]*|(?!\d+/)[^\s@]{0,200})@")
_TOKEN = re.compile(r"(://)[^\s/?#:@]+@")
_PARAMETER = re.compile(
    r"(?i)([?&;](?:\w*(?:password|passwd|pwd|token|secret|signature)|api_?key|key|sig)=)[^\s&;#'\"]+"
)
_VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
_SHORT = 4
"""Characters under which a password by itself is not looked for: it would be found in innocent words."""


def struck(text: object) -> str:
    """The text without the secrets of the addresses in it, and without those of MLflow's or a proxy's address."""
    said = _PASSWORD.sub(rf"\1:{STRUCK}@", str(text))
    said = _PARAMETER.sub(rf"\1{STRUCK}", _TOKEN.sub(rf"\1{STRUCK}@", said))
    for secret in _known():
        said = said.replace(secret, STRUCK)
    return said


def _known() -> Iterator[str]:
    for name in _VARIABLES:
        try:
            password = urlsplit(os.environ.get(name, "")).password or ""
        except ValueError:  # no address at all
            continue
        yield from (one for one in {password, unquote(password)} if len(one) >= _SHORT)
