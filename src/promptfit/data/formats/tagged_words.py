"""Values that are marked word by word: ``B-DATE`` begins one, ``I-DATE`` goes on with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def tagged_values(words: Any, tags: Any, names: Sequence[str]) -> dict[str, str]:
    """The value of each field, its words with a space between them; a value that stands twice counts once.

    Args:
        words: Of the page, in the order of reading.
        tags: Of each word: a name, or its number.
        names: What numbers mean.
    """
    kinds = {name.partition("-")[2].casefold() for name in names} - {""}
    found: dict[str, list[list[str]]] = {kind: [] for kind in sorted(kinds)}
    before = ""
    for word, tag in zip(words or (), tags or (), strict=False):
        name = names[tag] if isinstance(tag, int) and 0 <= tag < len(names) else str(tag)
        mark, _, kind = name.partition("-")
        kind = kind.casefold()
        if kind:
            runs = found.setdefault(kind, [])
            if kind != before or mark == "B":
                runs.append([])
            runs[-1].append(str(word))
        before = kind
    return {kind: " ".join(dict.fromkeys(" ".join(run) for run in runs)) for kind, runs in found.items()}
