"""JSON of which equal values have equal bytes: what names a model with its settings."""

from __future__ import annotations

import json
from typing import Any


def canonical_json(value: Any) -> str:
    """Keys in order, no spaces, Cyrillic as it is."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
