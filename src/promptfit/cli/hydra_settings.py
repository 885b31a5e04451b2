"""Which of Hydra's own settings may be changed: its callbacks, logging and search path call whatever they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from promptfit.cli.overrides import is_override
from promptfit.types import PromptfitError

_FREE = ("launcher", "sweeper")
"""Hydra makes these of its own plugins alone."""
_PLUGINS = "hydra_plugins."
_LARGEST = 100_000
_PACKAGE = re.compile(r"^\s*#\s*@package\s+(.*)$", re.MULTILINE)


def check_words(words: Sequence[str]) -> None:
    """Refuses overrides that would change more of Hydra than where and how jobs run.

    Raises:
        PromptfitError: One does.
    """
    for word in (one for one in words if is_override(one)):
        key, _, value = word.lstrip("+~").partition("=")
        group, _, package = key.partition("@")
        if not _may(group) or "hydra" in package or "_global_" in package:
            raise PromptfitError(
                f"{key}: of Hydra's own settings, hydra.launcher and hydra.sweeper alone can be changed"
            )
        if group.startswith("hydra.") and (re.search(r"\._", group) or re.search(r"(?<!\w)_\w+_['\"]?\s*:", value)):
            raise PromptfitError(f"{key}: a launcher's class is chosen by hydra/launcher=, and names no other")


def check_files(conf: Path) -> None:
    """Refuses configurations that would do the same.

    Args:
        conf: The folder of the configurations.

    Raises:
        PromptfitError: One does, or can't be read.
    """
    for path in sorted(conf.rglob("*.yaml")):
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PromptfitError(f"{path}: cannot be read ({type(error).__name__}); mend or remove it") from error
        group = path.relative_to(conf).parts[:-1]
        if group[:1] != ("hydra",) and not any(mark in text for mark in ("hydra", "\\", "*")):
            continue  # an escape could spell the word, and an alias repeats what it stands for
        if fault := next(_faults(path, text, group), ""):
            raise PromptfitError(
                f"{path}: {fault}; of Hydra's own settings, a launcher and a sweeper alone can be changed"
            )


def _faults(path: Path, text: str, group: Sequence[str]) -> Iterator[str]:
    import yaml

    try:
        node = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PromptfitError(f"{path}: no YAML ({str(error).splitlines()[0]}); mend or remove it") from error
    if _size(node, {}) > _LARGEST:
        yield f"its aliases stand for more than {_LARGEST:,} values"
        return
    if any("hydra" in package for package in _PACKAGE.findall(text)):
        yield "it is put into Hydra's settings (@package)"
    if not isinstance(node, dict):
        return
    for entry in node.get("defaults") or []:
        for key in entry if isinstance(entry, dict) else [entry]:
            name, _, package = re.sub(r"^(override |optional |/|\s)+", "", str(key)).partition("@")
            if not _may(name) or "hydra" in package:
                yield f"its defaults have {key}"
    if group[:1] == ("hydra",):
        if len(group) != 2 or group[1] not in _FREE:
            yield f"it lies in conf/{'/'.join(group)}"
        if not str(node.pop("_target_", _PLUGINS)).startswith(_PLUGINS):
            yield "its _target_ is no plugin of Hydra"
        yield from (f"it names {key}" for key in _special(node))
    own = node.get("hydra", {})
    if not isinstance(own, dict) or not own.keys() <= {*_FREE}:
        yield f"it sets {', '.join(f'hydra.{key}' for key in own) if isinstance(own, dict) else 'hydra'}"
    else:
        yield from (f"it names {key} under hydra" for key in _special(own))


def _may(group: str) -> bool:
    """Whether an override's or default's key leaves Hydra alone, or is of what may be changed."""
    parts = re.split(r"[./]", group)
    return parts[0] != "hydra" or (len(parts) > 1 and parts[1] in _FREE)


def _size(node: Any, known: dict[int, int]) -> int:
    """How many values it has once its aliases are written out, as Hydra does."""
    if not isinstance(node, dict | list):
        return 1
    if id(node) not in known:
        known[id(node)] = _LARGEST  # of one that holds itself
        known[id(node)] = 1 + sum(_size(one, known) for one in (node.values() if isinstance(node, dict) else node))
    return known[id(node)]


def _special(node: Any) -> Iterator[str]:
    """Keys that Hydra's instantiate reads as its own, however deep."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if isinstance(key, str) and re.fullmatch(r"_\w+_", key):
            yield key
        yield from _special(value)
