"""Who may win: every distinct prompt of every field, out of all prompt collections of one answerer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptfit.data import collection
from promptfit.support.lookalikes import meant
from promptfit.support.texts import nfc
from promptfit.types import Field, PromptfitError


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prompt of one field, and who found it."""

    text: str
    labels: tuple[str, ...]
    """The collections that hold it, at least one, in their order."""
    cers: Mapping[str, float]
    """The CER that a collection gives for it, by label; labels that give none are left out."""

    @property
    def cer(self) -> float | None:
        """Stage 1's CER, measured on its holdout: the mean where several collections give one, None where none does."""
        return sum(self.cers.values()) / len(self.cers) if self.cers else None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The candidates of all fields, and what had to be left out."""

    fields: Mapping[Field, tuple[Candidate, ...]]
    """In the data set's order; only fields with a candidate."""
    labels: tuple[str, ...]
    files: tuple[Path, ...]
    """``len(labels) == len(files)``."""
    warnings: tuple[str, ...]
    """What to tell the person: rows of unknown fields, fields without a candidate."""

    def of(self, label: str) -> dict[Field, Candidate]:
        """The label's own collection."""
        return {field: one for field, several in self.fields.items() for one in several if label in one.labels}


def gather(
    folder: Path,
    answerer: str,
    fields: Sequence[Field],
    extra: Sequence[Path] = (),
    labels: Sequence[str] | None = None,
    records: bool = False,
) -> Gathered:
    """Reads all collections of an answerer: ours, VLMHyperBench's and those written by hand.

    A prompt that several collections hold is one candidate. Prompts are compared as they are, to the last space:
    another text is another request.

    Args:
        folder: Where ``<answerer>_sep_<label>.csv`` lie.
        answerer: The answerer's name.
        fields: The data set's fields. Rows of any other are left out with a warning.
        extra: More collections, wherever they lie; the file's name, without ``<answerer>_sep_``, is the label.
        labels: Only these of the folder, and the extra ones; all if left out.
        records: Whether the fields are records; rows of the other kind are passed over.

    Raises:
        PromptfitError: There is no collection, or none of a label, two have one label, none of their rows is of these
            fields, or a file is faulty.
    """
    files = _files(folder, answerer, extra, labels)
    known = {field.name: field for field in fields}
    found: dict[Field, dict[str, dict[str, float | None]]] = {field: {} for field in fields}
    warnings = []
    for label, path in files.items():
        unknown = []
        for row in collection.read(path):
            field = known.get(row.name)
            if row.is_record != records:
                continue
            if field is None:
                unknown.append(row.name)
            else:
                found[field].setdefault(row.prompt, {})[label] = row.cer
        if unknown:
            warnings.append(_unknown(path, unknown, list(known)))
    if not any(found.values()):
        what, ask = ("a record", "; search them: promptfit search ask=record") if records else ("a field", "")
        raise PromptfitError(
            f"none of the collections of {answerer} has {what} of the data set{ask}: "
            + " ".join(warnings or [f"{', '.join(map(str, files.values()))}: no such rows"])
        )
    if bare := [field.name for field, prompts in found.items() if not prompts]:
        warnings.append(f"no collection has a prompt for {', '.join(bare)}: the best collection has no row of them")
    result = {field: tuple(_candidate(*one) for one in prompts.items()) for field, prompts in found.items() if prompts}
    return Gathered(result, tuple(files), tuple(files.values()), tuple(warnings))


def _candidate(text: str, by_label: Mapping[str, float | None]) -> Candidate:
    return Candidate(text, tuple(by_label), {label: cer for label, cer in by_label.items() if cer is not None})


def _files(folder: Path, answerer: str, extra: Sequence[Path], labels: Sequence[str] | None) -> dict[str, Path]:
    """The collections by label, those of the folder in the order of their labels, then the extra ones."""
    start = nfc(f"{answerer}_sep_")
    own = [path for path in folder.glob("*.csv") if nfc(path.name).startswith(start) and path.is_file()]
    own.sort(key=lambda path: (path.name.casefold(), path.name))
    if labels is not None:
        own = _of_labels(own, start, labels)
    files: dict[str, Path] = {}
    for path in dict.fromkeys([*own, *extra]):
        label = _label(path, start)
        other = files.setdefault(label, path)
        if other.resolve() != path.resolve():
            raise PromptfitError(f'{path}: the label "{label}" is that of {other}, too; give one of them another name')
    if not files:
        raise PromptfitError(
            f"{folder}: no prompt collection of {answerer} ({start}<label>.csv) to select from; "
            f"make one: promptfit search model={answerer}, or name a file of your own"
        )
    return files


def _label(path: Path, start: str) -> str:
    return nfc(path.name).removeprefix(start).removesuffix(".csv")


def _of_labels(files: Sequence[Path], start: str, labels: Sequence[str]) -> list[Path]:
    known = {_label(path, start): path for path in files}
    labels = [nfc(label) for label in labels]
    if missing := [label for label in labels if label not in known]:
        there = ", ".join(known) or "none yet; promptfit search makes one"
        raise PromptfitError(f"no collection with the label {missing[0]!r}; there are: {there}")
    return [known[label] for label in dict.fromkeys(labels)]


def _unknown(path: Path, unknown: Sequence[str], known: Sequence[str]) -> str:
    hints = [f'"{name}"' + (f" ({hint})" if (hint := meant(name, known)) else "") for name in unknown[:3]]
    more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
    return f"{path}: the data set has no field {', '.join(hints)}{more}; these rows are left out."
