"""Whether MLflow is on this machine: a run holds page images, true answers, predictions and prompts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from promptfit.support.http.hosts import OWN, is_here
from promptfit.support.http.secrets import struck
from promptfit.types import PromptfitError

_SERVERS = ("http", "https", "mlflow-artifacts")
_DATABASES = ("postgresql", "mysql", "mssql")
_REDIRECTING = {"service", "options", "hostaddr", "read_default_file", "read_default_group", "odbc_connect"}
"""What in a database's address, or of libpq's variables below, may name another host than its own."""
_VARIABLES = ("PGHOSTADDR", "PGSERVICE")


def keep_here(uris: Iterable[str]) -> None:
    """Refuses to write what must stay on this machine.

    Args:
        uris: Where MLflow keeps runs, their files and prompts.

    Raises:
        PromptfitError: One of them is elsewhere.
    """
    if elsewhere := [uri for uri in dict.fromkeys(uris) if not keeps_here(uri)]:
        raise PromptfitError(
            f"nothing says that anybody may see this run's data, and MLflow at {struck(', '.join(elsewhere))} is not "
            "on this machine: it would be told of images, true answers and answers. Unset MLFLOW_TRACKING_URI, or say "
            "allow_private=true on the command line; a data set that anybody may see has a file PUBLIC beside its "
            f"annotation.csv, and another machine of yours is named in the environment variable {OWN}"
        )


def keeps_here(uri: str) -> bool:
    """Whether what is kept at one of MLflow's addresses stays on this machine, or one of the person's own.

    An artifact root without a host is the tracking server's (``mlflow-artifacts:/``), whose own address is asked about.
    """
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    kind = parts.scheme.partition("+")[0]
    if kind in ("", "file", "sqlite"):  # a word without a slash, like "databricks", is no path
        return parts.netloc in ("", "localhost") and "/" in uri
    if kind in _SERVERS:
        return is_here(uri) or (kind == "mlflow-artifacts" and not parts.netloc)
    return kind in _DATABASES and _database_is_here(uri, dict(parse_qsl(parts.query)))


def _database_is_here(uri: str, query: dict[str, str]) -> bool:
    """A database behind a socket is here; one whose address may be changed elsewhere is not known to be."""
    if _REDIRECTING & query.keys() or any(os.environ.get(name) for name in _VARIABLES):
        return False
    named = query.get("host") or query.get("unix_socket")
    return named.startswith("/") if named else is_here(uri)
