"""Objects with the figures that conf/ states, for whom Hydra composes nothing: benchmarks and tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml
from hydra.utils import get_object
from omegaconf import OmegaConf

from promptfit.evaluate.no_race import NoRace
from promptfit.search.search_rules import SearchRacing, SearchRules

CONF = Path(__file__).resolve().parents[1] / "conf"


def stated(name: str, kind: Callable[..., Any] | None = None, /, **changes: Any) -> Any:
    """Builds what one file describes.

    Args:
        name: The file in conf/, such as ``racing/select``.
        kind: Another class than it names, that takes the same.
        changes: Arguments that are other than it says, or that it leaves out.
    """
    node = read(name)
    target = get_object(node.pop("_target_"))
    return (kind or target)(**node | changes)


def search_rules(racing: SearchRacing | NoRace | None = None, **changes: Any) -> SearchRules:
    """A search's rules with conf/racing/search.yaml.

    Args:
        racing: Another racing.
        changes: Figures of either that are other than conf/ says.
    """
    own = {one.name for one in fields(SearchRacing)}
    raced = racing or stated("racing/search", **{key: value for key, value in changes.items() if key in own})
    node = read("config")
    figures = {"indifference": node["indifference"], "margin": node["margin"], **node["sample"]}
    return SearchRules(raced, **figures | {key: value for key, value in changes.items() if key not in own})


def read(name: str) -> dict[str, Any]:
    """What stands in one file, over what it shares with others of its group."""
    node: dict[str, Any] = yaml.safe_load((CONF / f"{name}.yaml").read_text("utf-8"))
    node.pop("_convert_", None)
    group = name.rpartition("/")[0]
    shared = [one for one in node.get("defaults", []) if str(one).startswith("_") and one != "_self_"]
    if shared:
        del node["defaults"]
    merged = OmegaConf.merge(*(read(f"{group}/{one}") for one in shared), node)
    whole: dict[str, Any] = OmegaConf.to_container(merged)
    return whole
