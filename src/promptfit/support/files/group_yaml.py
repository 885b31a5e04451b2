"""A YAML of a group of configurations, as Hydra puts it together of several files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from promptfit.types import PromptfitError


def chain(file: Path) -> Iterator[dict[str, Any]]:
    """What stands in the file, after what stands in those of its group that its ``defaults`` name.

    Raises:
        PromptfitError: One can't be read, or holds no settings.
    """
    node = contents(file)
    for before in node.pop("defaults", None) or ():
        if isinstance(before, str) and before != "_self_":
            yield from chain(file.with_name(f"{before}.yaml"))
    yield node


def contents(file: Path) -> dict[str, Any]:
    """What stands in one file alone.

    Raises:
        PromptfitError: It can't be read, or holds no settings.
    """
    import yaml

    try:
        node = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)  # the safe one, in C
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PromptfitError(f"{file}: cannot be read ({type(error).__name__}); mend it, or move it away") from error
    if not isinstance(node, dict):
        raise PromptfitError(f"{file}: no settings stand in it; mend it, or move it away")
    return node
