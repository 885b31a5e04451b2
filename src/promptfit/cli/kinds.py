"""Values of another kind than the YAML's own: a word where a number stands is refused before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from promptfit.support.files.group_yaml import chain, contents
from promptfit.types import PromptfitError


def check_kinds(conf: Path, config: str, cfg: Any, overrides: Sequence[str], choices: Mapping[str, Any]) -> None:
    """Holds what was typed against what the key's own YAML says.

    Args:
        conf: The folder of the configurations.
        config: The command's own.
        cfg: As it was composed.
        overrides: As Hydra took them.
        choices: The file of each group.

    Raises:
        PromptfitError: A number, or true or false, is expected, and something else was typed.
    """
    from omegaconf import OmegaConf

    for word in overrides:
        key = word.partition("=")[0]
        if key[:1] in "+~" or key in choices:
            continue
        value, stated = OmegaConf.select(cfg, key), _stated(conf, config, key.split("."), choices)
        if value is not None and (kind := _expected(stated, value)):
            raise PromptfitError(f"{word}: {kind} is expected, like {key}={str(stated).lower()}")


def _expected(stated: Any, value: Any) -> str:
    """What should have been typed; empty where the value can be, or any may be."""
    if isinstance(stated, bool):
        return "" if isinstance(value, bool) else "true or false"
    if isinstance(stated, int | float):
        return "" if isinstance(value, int | float) and not isinstance(value, bool) else "a number"
    return ""


def _stated(conf: Path, config: str, path: Sequence[str], choices: Mapping[str, Any]) -> Any:
    """The value that the YAML gives a key, None where it gives none."""
    nodes: list[Any] = []
    with suppress(PromptfitError):  # Hydra has composed the file, or would have said so
        if path[0] in choices:
            nodes, path = [*chain(conf / path[0] / f"{choices[path[0]]}.yaml")][::-1], path[1:]
        else:
            nodes = [contents(conf / f"{name}.yaml") for name in dict.fromkeys((config, "config"))]
    for node in nodes:
        for name in path:
            node = node.get(name) if isinstance(node, dict) else None
        if node is not None:
            return node
    return None
