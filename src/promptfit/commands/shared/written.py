"""What a command's result goes to: two jobs of a sweep that write the same would leave the last one's alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.shared.listed import named


@dataclass(frozen=True, slots=True)
class Written:
    """A file, or a folder that is written as one."""

    path: Path
    key: str = ""
    """The command's key that gives it another name, if it has one."""
    fields: frozenset[str] | None = None
    """Those that are written, beside the others that are there; None is all of it."""

    def clashes(self, other: Written) -> bool:
        """Whether the later one of both would undo what the earlier one wrote."""
        apart = self.fields is not None and other.fields is not None and not self.fields & other.fields
        return self.path == other.path and not apart


def rows(cfg: DictConfig, path: Path, key: str) -> Sequence[Written]:
    """A collection, of which `field=` writes some rows and leaves the others."""
    fields = named(cfg.field)
    return [Written(path, key, None if fields is None else frozenset(fields))]
