"""The jobs of a sweep: none may undo another's work, each runs to its end, and the faults of all are told last."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from promptfit.paths import home
from promptfit.support.files.writing import replace_file
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from promptfit.commands.shared.written import Written

SHOWN = 10
"""Faults that are told in full."""


@dataclass(frozen=True)
class Sweep:
    """What its jobs share, those in other processes, too.

    Args:
        keys: Keys whose values differ from job to job.
        folder: Where jobs leave their faults: Hydra would end the sweep with the first one.
    """

    keys: frozenset[str]
    folder: Path

    def told(self, number: int, overrides: Sequence[str]) -> str:
        """Which job it is: its number, and what was chosen for it."""
        chosen = " ".join(word for word in overrides if word.partition("=")[0].lstrip("+~") in self.keys)
        return f"job {number}" + (f" ({chosen})" if chosen else "")

    def note(self, number: int, job: str, fault: str) -> None:
        """Keeps why a job failed."""
        replace_file(self.folder / f"{number:06d}.json", json.dumps([job, fault]).encode())

    def faults(self) -> str:
        """Which jobs failed and why, jobs of the same fault in one line; empty if none did."""
        jobs: dict[str, list[str]] = {}
        for path in sorted(self.folder.glob("*.json")):
            job, fault = json.loads(path.read_bytes())
            jobs.setdefault(fault, []).append(job)
        lines = [f"  {', '.join(own)}: {fault}" for fault, own in jobs.items()]
        more = [f"  … and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        count = sum(map(len, jobs.values()))
        return "\n".join([f"{count} of the sweep's jobs failed:", *lines[:SHOWN], *more]) if count else ""


@contextmanager
def sweeping(overrides: Sequence[str]) -> Iterator[Sweep]:
    """What the jobs of these overrides share, as long as they run."""
    from hydra.core.override_parser.overrides_parser import OverridesParser

    parsed = OverridesParser.create().parse_overrides(list(overrides))
    keys = frozenset(one.get_key_element().lstrip("+~") for one in parsed if one.is_sweep_override())
    root = home() / ".promptfit"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="sweep-", dir=root))
    try:
        yield Sweep(keys, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check(
    sweep: Sweep, conf: Path, config: str, overrides: Sequence[str], writes: Callable[[Any], Sequence[Written]]
) -> None:
    """Looks at what every job would write, before any of them runs.

    Args:
        sweep: Its jobs' names.
        conf: The folder of the configurations.
        config: The one that is composed.
        overrides: As Hydra takes them.
        writes: What a job of a configuration writes.

    Raises:
        PromptfitError: Two jobs write the same.
    """
    before: list[tuple[str, Written]] = []
    for number, (chosen, cfg) in enumerate(_composed(conf, config, overrides)):
        job = sweep.told(number, chosen)
        for own in writes(cfg):
            for earlier, other in before:
                if own.clashes(other):
                    raise PromptfitError(_told(earlier, job, own, sweep.keys, conf))
            before.append((job, own))


def _composed(conf: Path, config: str, overrides: Sequence[str]) -> Iterator[tuple[list[str], Any]]:
    """Every job's overrides and configuration, in the order of Hydra's own sweeper."""
    from hydra import compose, initialize_config_dir
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from omegaconf import open_dict

    GlobalHydra.instance().clear()
    kept = HydraConfig.instance().cfg
    try:
        with initialize_config_dir(str(conf), version_base="1.3"):
            parser = OverridesParser.create(config_loader=GlobalHydra.instance().config_loader())
            (batch,) = BasicSweeper.split_arguments(parser.parse_overrides(list(overrides)), None)
            for chosen in batch:
                cfg = compose(config, chosen, return_hydra_config=True)
                HydraConfig.instance().set_config(cfg)  # names of collections hold the choices of groups
                with open_dict(cfg):
                    del cfg["hydra"]
                yield chosen, cfg
    finally:
        HydraConfig.instance().cfg = kept


def _told(earlier: str, later: str, own: Written, keys: frozenset[str], conf: Path) -> str:
    path = own.path.relative_to(home()) if own.path.is_relative_to(home()) else own.path
    values = "-".join(_interpolated(key, conf) for key in sorted(keys - {own.key}))
    remedy = f"tell them apart: {own.key}='…-{values}'" if own.key and values else "run them one at a time"
    return f"{earlier} and {later} would both write {path}, and only the later one's would be left; {remedy}"


def _interpolated(key: str, conf: Path) -> str:
    """What stands for a swept value in a text of the configuration."""
    if key in ("model", "generator", "dataset"):
        return f"${{{key}.name}}"
    return f"${{hydra:runtime.choices.{key}}}" if (conf / key).is_dir() else f"${{{key}}}"
