"""Addresses with their secrets struck out, wherever they are shown."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

STRUCK = "***"

# a password may hold @ (the last one ends it) and, in a database's address, even / as it is
_PASSWORD = re.compile(r"(://[^\s/?#:@]*):(?:[^\s/?#]*|(?!\d+/)[^\s@]*)@")
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


def strike_logs_and_tracebacks() -> None:
    """From now on no log record of this process, and no traceback that ends it, shows a secret."""
    logging.setLogRecordFactory(_record)
    sys.excepthook = _print_struck


def _known() -> Iterator[str]:
    for name in _VARIABLES:
        try:
            password = urlsplit(os.environ.get(name, "")).password or ""
        except ValueError:  # no address at all
            continue
        yield from (one for one in {password, unquote(password)} if len(one) >= _SHORT)


def _record(*args: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*args, **more)
    record.msg, record.args = struck(record.getMessage()), ()
    if record.exc_info and record.exc_info[0]:
        record.exc_text = struck("".join(traceback.format_exception(*record.exc_info)).rstrip())
    return record


def _print_struck(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    print(struck("".join(traceback.format_exception(kind, fault, trace))), end="", file=sys.stderr)
