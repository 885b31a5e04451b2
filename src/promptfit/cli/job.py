"""One job: a configuration that Hydra composed, handed to its stage, alone or as one of a sweep."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from functools import partial, wraps
from importlib import import_module
from typing import Any

from promptfit.cli import reported
from promptfit.cli.commands import Command
from promptfit.cli.kinds import check_kinds
from promptfit.cli.sweep import Sweep
from promptfit.paths import home
from promptfit.support.console.door import open_logs_and_tracebacks, say
from promptfit.support.files.names import file_name
from promptfit.types import PromptfitError

NAMES = ("model.name", "generator.name", "dataset.name", "label", "save", "name")
"""Keys whose values become names of files."""


class Fault(SystemExit):
    """A PromptfitError on its way through Hydra, which would print a heading over an Exception."""


def job(command: Command, sweep: Sweep | None = None) -> Callable[[Any], Any]:
    """The stage as Hydra calls it, in this process or in a launcher's."""
    return wraps(_run)(partial(_run, command, sweep))


def writes(command: Command, cfg: Any) -> Sequence[Any]:
    """What a job of this configuration would write."""
    _check_names(cfg)
    if cfg.get("dry_run") or (cfg.get("show") and not command.shows):
        return []
    own = getattr(import_module(command.stage), "writes", None)
    return own(cfg) if own else []


def _run(command: Command, sweep: Sweep | None, cfg: Any) -> Any:
    from hydra.core.hydra_config import HydraConfig

    open_logs_and_tracebacks()  # again, where a launcher runs the job in a process of its own
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    log = logging.getLogger("promptfit")
    log.setLevel(logging.INFO)
    if sweep is None:
        try:
            return _stage(command, cfg)
        except PromptfitError as fault:
            raise Fault(str(fault)) from None
    hydra = HydraConfig.get()
    job = sweep.told(hydra.job.num, hydra.overrides.task)
    log.info(job)
    try:
        return _stage(command, cfg)
    except PromptfitError as fault:
        sweep.note(hydra.job.num, job, str(fault))
    except Exception as fault:
        said = reported.explained(fault, home() / "conf", command, hydra.overrides.task)
        if said is None:
            log.exception("%s failed:", job)
            said = f"{type(fault).__name__}: {fault}; its traceback stands above"
        sweep.note(hydra.job.num, job, said)


def _stage(command: Command, cfg: Any) -> Any:
    from hydra.core.hydra_config import HydraConfig

    hydra = HydraConfig.get()
    check_kinds(home() / "conf", command.config, cfg, hydra.overrides.task, hydra.runtime.choices)
    _check_names(cfg)
    if cfg.get("show") and not command.shows:
        return _show(cfg)
    return import_module(command.stage).main(cfg)


def _check_names(cfg: Any) -> None:
    """Refuses names that can't be a file's; one that can is taken in its composed form (NFC)."""
    from omegaconf import OmegaConf

    for key in NAMES:
        if (name := OmegaConf.select(cfg, key)) is not None:
            OmegaConf.update(cfg, key, file_name(key, str(name)))


def _show(cfg: Any) -> None:
    from omegaconf import OmegaConf

    say(*OmegaConf.to_yaml(cfg, resolve=True).rstrip("\n").split("\n"))
