"""What went wrong with the configuration, in a few lines with the remedy, where Hydra would show a traceback."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from promptfit.cli.commands import Command
from promptfit.cli.help import options
from promptfit.cli.overrides import is_override


def explained(fault: Exception, conf: Path, command: Command, words: Sequence[str]) -> str | None:
    """The message for the person, or None if the fault is not the configuration's.

    Args:
        fault: What Hydra or OmegaConf raised.
        conf: The folder of the configurations.
        command: What was to run.
        words: What was typed.
    """
    from hydra.errors import HydraException, MissingConfigException
    from omegaconf.errors import OmegaConfBaseException

    if isinstance(fault, MissingConfigException):
        return _missing(fault, conf)
    chosen = {key: value for key, _, value in (word.partition("=") for word in words) if (conf / key).is_dir()}
    if "Config group override must be a string" in str(fault):  # Hydra reads racing=false as no choice, but a truth
        return "; ".join(
            _no_choice(group, name, conf) for group, name in chosen.items() if name not in options(conf, group)
        )
    if "Unknown plugin class" in str(fault):
        return f"{fault}: the launcher's package is not installed; its file in conf/hydra/launcher names it"
    if type(fault).__name__ == "TerminatedWorkerError":  # joblib's
        return (
            "a job's process was killed, mostly for want of memory, and the jobs after it with it; run fewer at once "
            "(hydra.launcher.n_jobs=1): what was answered is kept"
        )
    if not isinstance(fault, (HydraException, OmegaConfBaseException)):
        return None
    whole = f"{fault}\n{fault.__cause__}"
    if "not in struct" in whole and (key := re.search(r"full_key: (\S+)", whole)):
        chosen |= dict(zip(command.words, (word for word in words if not is_override(word)), strict=False))
        chosen = {group: name for group, name in chosen.items() if (conf / group).is_dir()}
        single = [f"{group}={name}" for group, name in chosen.items() if name[:1] == "[" or "," not in name]
        return _unknown_key(key[1], conf, command, single)
    if "Ambiguous value" in str(fault):
        remedy = "add -m to run each value, or quote the whole value twice: key=\"'a,b'\""
        return f"{str(fault).splitlines()[0]}; {remedy}"
    return " ".join(str(fault).split("\n\tfull_key")[0].split())


def close(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, or the full stop that ends the sentence without it."""
    folded = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(folded[one] for one in found)}?" if found else "."


def _missing(fault: Any, conf: Path) -> str:
    group, _, name = (fault.missing_cfg_file or "").rpartition("/")
    if not group:
        return f"{conf / str(fault.missing_cfg_file)}: no such file; run this in the project, or set PROMPTFIT_HOME"
    return _no_choice(group, name, conf, fault.options or ())


def _no_choice(group: str, name: str, conf: Path, others: Iterable[str] = ()) -> str:
    others = [one for one in others if not one.startswith("_")]  # Hydra's own, and its plugins'
    known = sorted({*options(conf, group), *others}, key=str.casefold)
    return f"{group}={name}: there is no conf/{group}/{name}.yaml{close(name, known)} There are: {', '.join(known)}."


def _unknown_key(key: str, conf: Path, command: Command, chosen: Sequence[str]) -> str:
    parent, dot, name = key.rpartition(".")
    known = [*command.keys, *_known_keys(conf, command.config, chosen)]
    said_alone = ("", command.group) if command.group and not parent else (parent,)
    beside = {one.rpartition(".")[2] for one in known if one.rpartition(".")[0] in said_alone} - {"_target_"}
    text = f" If it is a text, it goes after --: promptfit … -- '{key}=…'" if command.words or command.rest else ""
    return (
        f"{key}: there is no such key{close(name, beside)} {f'Under {parent}: ' if dot else 'There are: '}"
        f"{', '.join(sorted(beside))}. An argument that the YAML leaves out is added with a plus: +{key}=….{text}"
    )


def _known_keys(conf: Path, config: str, chosen: Sequence[str]) -> Iterator[str]:
    """Every key of the configuration with these choices of groups, and no other overrides."""
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    with initialize_config_dir(str(conf), version_base="1.3"):
        yield from _paths(compose(config, list(chosen)), "")


def _paths(node: Any, prefix: str) -> Iterator[str]:
    from omegaconf import DictConfig

    for key, value in node.items_ex(resolve=False) if isinstance(node, DictConfig) else ():
        yield f"{prefix}{key}"
        yield from _paths(value, f"{prefix}{key}.")
