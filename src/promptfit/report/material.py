"""What a report is made of: the files of the stages before it, and which of them are missing."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from promptfit.select import selection_file as selections
from promptfit.select.call_plans.calls_record import FILE as CALLS
from promptfit.select.call_plans.calls_record import CallsRecord
from promptfit.select.leaderboard import Leaderboard, rank
from promptfit.select.selection_record import SelectionRecord
from promptfit.study.records import study_file as studies
from promptfit.study.records.errors_json import ErrorsRecord
from promptfit.study.records.look_json import Influence, LookRecord
from promptfit.study.records.stress_json import StressRecord
from promptfit.types import PromptfitError

Study = TypeVar("Study", StressRecord, ErrorsRecord, LookRecord)


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that is not there, and the command that makes it."""

    file: str
    command: str


@dataclass(frozen=True, slots=True)
class Material:
    """All that the page tells of."""

    selection: SelectionRecord
    collection_digest: str
    """sha256 (hex) of the best collection as it is now: a study of other prompts is told from one of these."""
    leaderboard: Leaderboard
    stress: StressRecord | None
    errors: ErrorsRecord | None
    look: LookRecord | None
    folder: Path
    """Where the studies' pictures lie."""
    missing: Sequence[Missing]
    calls: CallsRecord | None = None
    """One call a document against a call a field, where that was selected for."""
    influence: Sequence[Influence] = ()
    """Which fields of a record mislead which, where that was looked at."""

    @property
    def commands(self) -> list[str]:
        """What makes all of it again, in this order; `stress` makes two of the files."""
        made = [self.selection.command, *(one.source.command for one in self.studies.values())]
        return [*dict.fromkeys(filter(None, made)), f"promptfit report model={shlex.quote(self.selection.answerer)}"]

    @property
    def data_digests(self) -> set[str]:
        """The digests of all data sets whose answers it holds."""
        chosen, calls = [self.selection, *self.leaderboard.records], [self.calls] if self.calls else []
        digests = {*(one.data_digest for one in chosen), *(one.data_digest for one in calls)}
        return {*digests, *(one.source.data_digest for one in self.studies.values())}

    @property
    def studies(self) -> dict[str, StressRecord | ErrorsRecord | LookRecord]:
        """The studies that are there, by the file's name."""
        found = {"stress": self.stress, "errors": self.errors, "look": self.look}
        return {name: record for name, record in found.items() if record}


def gather(root: Path, answerer: str, part: bool = False, partial: bool = False) -> Material:
    """Reads everything.

    Args:
        root: The project's root.
        answerer: Whose files.
        part: Take the studies of some fields alone (``field=``).
        partial: Go on without a study that was not made.

    Raises:
        PromptfitError: Files are missing (all are named, each with its command), or one is faulty.
    """
    chosen, folder = root / "selection" / answerer, root / "study" / answerer / ("part" if part else "")
    studied = "field=… " if part else ""
    needed = {
        chosen / "selection.json": "select ",
        chosen / f"{answerer}_best.csv": "select ",
        folder / "stress.json": f"stress {studied}",
        folder / "errors.json": f"stress {studied}",
        folder / "look.json": f"look {studied}",
    }
    missing = [
        Missing(path.relative_to(root).as_posix(), f"promptfit {stage}model={answerer}")
        for path, stage in needed.items()
        if not path.is_file()
    ]
    if missing and not (partial and all(path.is_file() for path in list(needed)[:2])):
        raise PromptfitError(_told(missing, partial))
    return Material(
        selection=selections.read(chosen / "selection.json"),
        collection_digest=hashlib.sha256((chosen / f"{answerer}_best.csv").read_bytes()).hexdigest(),
        leaderboard=rank(root / "selection"),
        stress=_read(folder / "stress.json", StressRecord),
        errors=_read(folder / "errors.json", ErrorsRecord),
        look=_read(folder / "look.json", LookRecord),
        folder=folder,
        missing=missing,
        calls=CALLS.read(chosen / "calls.json") if (chosen / "calls.json").is_file() else None,
        influence=_influence(root / "study" / answerer / "record" / "look.json"),
    )


def _influence(path: Path) -> Sequence[Influence]:
    return studies.read(path, LookRecord).influence if path.is_file() else ()


def _told(missing: Sequence[Missing], partial: bool) -> str:
    lines = [f"  {one.file}: {one.command}" for one in missing]
    rest = "the selection is needed in any case" if partial else "or make the page without the studies: partial=true"
    return "\n".join(["the report needs files that are not there yet; each comes from a command:", *lines, rest])


def _read(path: Path, kind: type[Study]) -> Study | None:
    """The study, whose pictures lie beside it: a record of somebody else could put any image into the page.

    Raises:
        PromptfitError: It is faulty, or a picture lies elsewhere.
    """
    if not path.is_file():
        return None
    study = studies.read(path, kind)
    for name in filter(None, _pictures(study)):
        place = path.parent / name.replace("\0", "")
        if not place.resolve().is_relative_to(path.parent.resolve()) or place.is_symlink() or "\0" in name:
            raise PromptfitError(f"{path}: its picture {name!r} lies outside of {path.parent}; make the study again")
    return study


def _pictures(study: StressRecord | ErrorsRecord | LookRecord) -> list[str]:
    if isinstance(study, LookRecord):
        return [name for one in study.overlays for name in (one.heat, one.covered, one.elsewhere)]
    return [one.picture for one in study.worst] if isinstance(study, ErrorsRecord) else []
