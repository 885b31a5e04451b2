"""Answerers ranked by what their best prompts reach on `test`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptfit.select import selection_file
from promptfit.select.selection_record import Figures, SelectionRecord
from promptfit.types import PromptfitError

FILE = "selection.json"


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The selections, the lowest macro CER first, then those that can't be ranked: nothing of them was on `test`."""

    records: tuple[SelectionRecord, ...]

    @property
    def types(self) -> tuple[str, ...]:
        """The document types of all of them."""
        return tuple(dict.fromkeys(one.doc_type for record in self.records for one in record.types))

    @property
    def values(self) -> list[Mapping[str, float]]:
        """Every metric of each answerer that was measured."""
        return [one.values for record in self.records for one in record.test]

    def warnings(self) -> list[str]:
        """Why the figures of some can't be compared with those of others."""
        found = []
        if others := self._others(lambda one: one.data_digest):
            found.append(f"{others} selected on other data: the CERs are of other documents")
        if others := self._others(lambda one: tuple(sorted(one.cer_test))):
            found.append(f"{others} has other fields: the macro CER is a mean over the fields that it has")
        if others := self._others(lambda one: tuple(one.chain)):
            found.append(f"{others} with another normalisation of truth and answer")
        if others := self._others(lambda one: one.objective):
            found.append(f"{others} selected by another objective")
        if bare := [one.answerer for one in self.records if not one.test]:
            found.append(f"{', '.join(bare)}: no field has a sample in the split `test`, so there is no rank")
        return found

    def _others(self, trait: Callable[[SelectionRecord], object]) -> str:
        """Who differs from the first of the table."""
        ranked = [one for one in self.records if one.test]
        return ", ".join(one.answerer for one in ranked if trait(one) != trait(ranked[0]))


def rank(folder: Path, models: Sequence[str] | None = None) -> Leaderboard:
    """Reads all selections under a folder and ranks them.

    Args:
        folder: Holds ``<answerer>/selection.json``.
        models: Only these answerers; all if left out.

    Raises:
        PromptfitError: There is no selection, or none of one that is named, or a file is faulty.
    """
    files = {path.parent.name: path for path in sorted(folder.glob(f"*/{FILE}"))}
    if models and (missing := [name for name in models if name not in files]):
        raise PromptfitError(
            f"{folder / missing[0] / FILE}: no such selection; make it: promptfit select model={missing[0]}"
        )
    if not files:
        raise PromptfitError(f"{folder}: no selection of any answerer; make one: promptfit select model=…")
    records = [selection_file.read(path) for name, path in files.items() if not models or name in models]
    return Leaderboard(tuple(sorted(records, key=_rank)))


def of_type(record: SelectionRecord, doc_type: str) -> Figures | None:
    """What the answerer reaches on one document type."""
    return next((one.test for one in record.types if one.doc_type == doc_type), None)


def _rank(record: SelectionRecord) -> tuple[bool, float, str]:
    return not record.test, record.test[0].cer if record.test else 0.0, record.answerer
