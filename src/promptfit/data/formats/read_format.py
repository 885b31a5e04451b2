"""What all formats are to `promptfit import`, and how those that are read value by value do it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from promptfit.data.data_card import DataCard
from promptfit.data.formats.import_plan import ImportPlan, Order
from promptfit.data.formats.native_writer import write_native
from promptfit.support.files.names import file_name
from promptfit.types import PromptfitError


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import made: a data set with its card, or a collection of prompts, which has none."""

    path: Path
    card: DataCard | None = None


Go = Callable[[ImportPlan, Path], bool]
"""Is told the plan and the place, and says whether to carry it out."""


class DataFormat(Protocol):
    """What stands in ``conf/format/``."""

    def bring(self, order: Order, go: Go) -> Brought | None:
        """Imports; None where it was not to go on.

        Raises:
            PromptfitError: The source is faulty, or the target exists.
        """


class ReadFormat(ABC):
    """A format whose data sets are read value by value."""

    @abstractmethod
    def plan(self, order: Order) -> ImportPlan:
        """Opens the source.

        Raises:
            PromptfitError: It is not there, or nothing in it is of this format.
        """

    def bring(self, order: Order, go: Go) -> Brought | None:
        """See ``DataFormat``."""
        plan = self.plan(order)
        target = free_place(order.into, order.name or file_name("name", plan.name))
        return Brought(target, write_native(plan, order, target)) if go(plan, target) else None


def free_place(into: str | Path, name: str, ending: str = "") -> Path:
    """Where something new may be written.

    Raises:
        PromptfitError: Something is there.
    """
    target = Path(into).absolute() / (name.removesuffix(ending) + ending)
    if target.exists():
        raise PromptfitError(f"{target}: exists already; remove it or give another name (name=…)")
    return target
