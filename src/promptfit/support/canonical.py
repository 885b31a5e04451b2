"""JSON by which things are told apart: equal values give equal texts."""

from __future__ import annotations

import json
from collections.abc import Mapping


def canonical_json(parts: Mapping[str, object]) -> str:
    """The one text of these parts, as identities hold it: what was answered is kept under its digest.

    Another order of the keys gives the same text; another byte of it would have everything asked again.
    """
    return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
