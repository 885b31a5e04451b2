"""Prompt collections of one answerer side by side: which is best for which field, and what each took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptfit.data import collection, search_record
from promptfit.data.collection import Row
from promptfit.data.search_record import FieldRecord, SearchRecord
from promptfit.support.lookalikes import meant
from promptfit.support.texts import as_name, nfc
from promptfit.types import PromptfitError

SPENT = ("requests", "calls", "tokens_in", "tokens_out", "cost", "seconds")
"""What is summed over a label's fields."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One collection, and the record of the search that made it, if a search did."""

    label: str
    rows: Mapping[str, Row]
    """By the field's name."""
    record: SearchRecord | None

    def cer(self, field: str) -> float | None:
        """The CER that the collection gives, to its four decimals; None where it was not measured."""
        row = self.rows.get(field)
        return None if row is None else row.cer

    def spent(self, fields: Sequence[str]) -> dict[str, float] | None:
        """Sums over those of the fields whose search is on record; None where there are none."""
        known = [found for field in fields if (found := self._recorded(field))]
        return {name: sum(getattr(one, name) for one in known) for name in SPENT} if known else None

    def unrecorded(self, fields: Sequence[str]) -> list[str]:
        """Fields whose prompt is another than that of the search: ``try save=`` or a person put it there."""
        return [field for field in fields if field in self.rows and not self._recorded(field)]

    def _recorded(self, field: str) -> FieldRecord | None:
        found = self.record.fields.get(field) if self.record else None
        return found if found and field in self.rows and found.prompt == self.rows[field].prompt else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Fields x labels."""

    answerer: str
    fields: tuple[str, ...]
    columns: tuple[Labelled, ...]

    def best(self, field: str) -> list[str]:
        """The labels of the lowest CER; none where fewer than two labels measured the field."""
        cers = {column.label: cer for column in self.columns if (cer := column.cer(field)) is not None}
        return [label for label, cer in cers.items() if cer == min(cers.values())] if len(cers) > 1 else []

    def won(self, label: str) -> list[str]:
        """The fields where the label is best, alone or with others."""
        return [field for field in self.fields if label in self.best(field)]

    def mean(self, column: Labelled) -> tuple[float, int] | None:
        """The label's mean CER over the fields that it measured, and how many these are."""
        cers = [cer for field in self.fields if (cer := column.cer(field)) is not None]
        return (sum(cers) / len(cers), len(cers)) if cers else None

    def best_mean(self) -> list[str]:
        """The labels of the lowest mean, of those that measured every field."""
        means = {column.label: mean for column in self.columns if (mean := self.mean(column))}
        whole = {label: round(cer, 4) for label, (cer, fields) in means.items() if fields == len(self.fields)}
        return [label for label, cer in whole.items() if cer == min(whole.values())] if len(whole) > 1 else []

    def warnings(self) -> list[str]:
        """What makes the figures of some labels compare badly with those of others."""
        records = [(column.label, column.record) for column in self.columns if column.record]
        settings = {
            "data": [(label, f"{record.dataset} ({record.data_digest[:8]})") for label, record in records],
            "seeds": [(label, str(record.seed)) for label, record in records],
            "chains": [(label, ",".join(record.chain) or "none") for label, record in records],
            "objectives": [(label, record.objective) for label, record in records],
        }
        said = [_differing(kind, values) for kind, values in settings.items()]
        if bare := [column.label for column in self.columns if not column.record]:
            said.append(f"no record of a search beside {', '.join(bare)}: what was measured, and spent, is not known")
        others = {column.label: column.unrecorded(self.fields) for column in self.columns if column.record}
        said += [
            f"{label}: what was spent leaves out fields with prompts of another origin: {_listed(fields)}"
            for label, fields in others.items()
            if fields
        ]
        return [line for line in said if line]


def compare(folder: Path, answerer: str, labels: Sequence[str] | None, fields: Sequence[str] | None) -> Comparison:
    """Reads an answerer's collections.

    Args:
        folder: Where they lie.
        answerer: Its name, with which the files' names begin.
        labels: Which of them, in this order; None is all of them.
        fields: Which of their fields; None is all that any of them has.

    Raises:
        PromptfitError: There is none, no such label or field, or a file is faulty.
    """
    files = _files(folder, answerer)
    if not files:
        raise PromptfitError(
            f"{folder}: no prompt collection of {answerer} ({answerer}_sep_<label>.csv) to compare; "
            f"make one: promptfit search model={answerer}"
        )
    chosen = [nfc(label) for label in labels or files]
    for label in chosen:
        if label not in files:
            raise PromptfitError(f"no label {label!r} of {answerer} in {folder}; there are: {', '.join(files)}")
    columns = [_labelled(files[label], answerer, label) for label in dict.fromkeys(chosen)]
    known = list(dict.fromkeys(field for column in columns for field in column.rows))
    wanted = [as_name(field) for field in fields or known]
    for field in wanted:
        if field not in known:
            hint = meant(field, known) or "choose one."
            raise PromptfitError(f"no field {field!r} in these collections; {hint} There are: {', '.join(known)}")
    return Comparison(answerer, tuple(dict.fromkeys(wanted)), tuple(columns))


def _files(folder: Path, answerer: str) -> dict[str, Path]:
    start = nfc(f"{answerer}_sep_")
    found = [path for path in folder.glob("*.csv") if nfc(path.name).startswith(start) and path.is_file()]
    files = {nfc(path.name).removeprefix(start).removesuffix(".csv"): path for path in found}
    return {label: files[label] for label in sorted(files, key=lambda label: (label.casefold(), label))}


def _labelled(path: Path, answerer: str, label: str) -> Labelled:
    rows = {row.name: row for row in collection.read(path)}
    file = search_record.beside(path)
    record = search_record.read(file) if file.is_file() else None
    if record and record.answerer != answerer:
        raise PromptfitError(
            f"{file}: the record of a search for {record.answerer}, not {answerer}; move it to that model's folder, "
            "or remove it"
        )
    return Labelled(label, rows, record)


def _differing(kind: str, values: Sequence[tuple[str, str]]) -> str:
    groups: dict[str, list[str]] = {}
    for label, value in values:
        groups.setdefault(value, []).append(label)
    if len(groups) < 2:
        return ""
    said = "; ".join(f"{value}: {', '.join(labels)}" for value, labels in groups.items())
    return f"searched with different {kind}, so that CERs may differ for that alone: {said}"


def _listed(fields: Sequence[str]) -> str:
    return ", ".join(fields[:5]) + (f" and {len(fields) - 5} more" if len(fields) > 5 else "")
