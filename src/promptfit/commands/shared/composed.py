"""What Hydra composed: as plain values, as the choices that were made, as the command that makes it again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf


def resolved(cfg: DictConfig) -> dict[str, Any]:
    """The configuration as plain values."""
    values: dict[str, Any] = OmegaConf.to_container(cfg, resolve=True)
    return values


def command(name: str) -> str:
    """What makes a result again: the command with all that it was given and decides, as a shell takes it."""
    decides = [one for one in given() if one.split("=")[0] not in ("show", "dry_run", "store")]
    return shlex.join(["promptfit", name, *decides])


def choice(group: str, default: str) -> str:
    """Which config of a group was chosen; the default where nothing was composed by Hydra's own main."""
    return str(HydraConfig.get().runtime.choices[group]) if HydraConfig.initialized() else default


def typed(key: str) -> bool:
    """Whether a key was given on the command line, whatever its value."""
    return any(one.split("=")[0].lstrip("+") == key for one in given())


def given() -> Sequence[str]:
    """What was given on the command line, as Hydra takes it; the defaults of a command's own keys have a plus."""
    return HydraConfig.get().overrides.task if HydraConfig.initialized() else ()
