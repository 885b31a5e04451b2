"""What went wrong with the configuration, in a few lines with the remedy, where Hydra would show a traceback."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from promptfit.cli.help import options


def explained(fault: Exception, conf: Path, config: str) -> str | None:
    """The message for the person, or None if the fault is not the configuration's.

    Args:
        fault: What Hydra or OmegaConf raised.
        conf: The folder of the configurations.
        config: The one that was composed.
    """
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    if isinstance(fault, MissingConfigException):
        return _missing(fault, conf)
    if not isinstance(fault, (HydraException, OmegaConfBaseException)):
        return None
    unknown = re.search(
        r"Could not (?:override|delete from config|append to config)[^']*'([^']+)'|Key '(\w+)'", str(fault)
    )
    if unknown and "not in struct" in f"{fault} {fault.__cause__}":
        return _unknown_key(unknown[1] or unknown[2], conf, config)
    if "Ambiguous value" in str(fault):
        return f"{str(fault).splitlines()[0]}; add -m to run each value, or put the whole value in quotes twice: key=\"'a,b'\""
    return " ".join(str(fault).split("\n\tfull_key")[0].split())


def close(name: str, known: Iterable[str]) -> str:
    """`did you mean …?` or an empty text."""
    found = difflib.get_close_matches(
        name.casefold(), folded := {one.casefold(): one for one in known}, n=3, cutoff=0.5
    )
    return f"; did you mean {' or '.join(folded[one] for one in found)}?" if found else ""


def _missing(fault: Any, conf: Path) -> str:
    group, _, name = (fault.missing_cfg_file or "").rpartition("/")
    if not group:
        return (
            f"{conf / str(fault.missing_cfg_file)}.yaml: no such file; run this in the project, or set PROMPTFIT_HOME"
        )
    known = options(conf, group) or list(fault.options or ())
    return f"{group}={name}: there is no conf/{group}/{name}.yaml{close(name, known)} There are: {', '.join(known)}."


def _unknown_key(key: str, conf: Path, config: str) -> str:
    known = list(_known_keys(conf, config))
    hint = close(key, known) or close(key.rpartition(".")[2], {one.rpartition(".")[2] for one in known})
    return f"{key}: there is no such key{hint} `promptfit search --help` lists the main ones, show=true prints all"


def _known_keys(conf: Path, config: str) -> Iterator[str]:
    """Every key of the configuration as it is without overrides."""
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf), version_base="1.3"):
        yield from _paths(compose(config), "")


def _paths(node: Any, prefix: str) -> Iterator[str]:
    from omegaconf import DictConfig

    for key, value in node.items_ex(resolve=False) if isinstance(node, DictConfig) else ():
        yield f"{prefix}{key}"
        yield from _paths(value, f"{prefix}{key}.")
