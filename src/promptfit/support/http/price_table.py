"""litellm's table of models: what they cost, and when they are announced to end."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from promptfit.support.http.model_names import is_snapshot


@cache
def table() -> dict[str, Any]:
    """litellm's table, read from the package's file: importing litellm takes seconds."""
    found = find_spec("litellm")
    for folder in (found.submodule_search_locations or ()) if found else ():
        file = Path(folder) / "model_prices_and_context_window_backup.json"
        if file.is_file():
            read: dict[str, Any] = json.loads(file.read_text("utf-8"))
            return read
    return {}


def announced_end(model: str) -> str:
    """The day after which nobody serves a model any more, as YYYY-MM-DD; empty where the table knows of none.

    Args:
        model: Its name in the table. An alias ends with the last of its dated snapshots.
    """
    said = (table().get(model) or {}).get("deprecation_date")
    if isinstance(said, str) and said:
        return said
    maker = model.rpartition("/")[0]
    snapshots = [own for name, own in table().items() if name.rpartition("/")[0] == maker and is_snapshot(model, name)]
    ends = [str(own.get("deprecation_date") or "") for own in snapshots]
    return max(ends, default="") if all(ends) else ""
