"""Records that MLflow did not take: they wait in `.promptfit/mlflow/` until a command comes to the same MLflow."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from promptfit.paths import home
from promptfit.support.files.writing import replace_file
from promptfit.support.http.secrets import struck
from promptfit.tracking.connect import can_wait
from promptfit.tracking.logged import DataUsed
from promptfit.tracking.outbox import Record
from promptfit.tracking.place import Place
from promptfit.tracking.run_writer import Opening, RunWriter
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)


def keep(place: Place, opening: Opening, records: Sequence[Record]) -> Path | None:
    """Keeps a run's records with copies of its files; nothing is raised, since the work itself is done.

    Returns:
        Where they are.
    """
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{opening.stage}-", dir=_folder()))
        own = [_with_copy(record, folder, number) for number, record in enumerate(records)]
        kept = {"place": _mark(place), "opening": asdict(opening), "records": own}
        replace_file(folder / "run.json", json.dumps(kept, default=str).encode())
    except (OSError, PromptfitError) as fault:
        log.warning("MLflow at %s has no record of this run, and none could be kept for it: %s", place, fault)
        return None
    return folder


def overdue(seconds: float) -> int:
    """How many runs have waited for longer."""
    now = time.time()
    return sum(now - path.stat().st_mtime > seconds for path in _waiting())


def hand_over(place: Place, patience: float = 0.0) -> None:
    """Writes what waits for this MLflow. What it still can't take goes on waiting.

    Args:
        place: Where MLflow is.
        patience: Seconds to wait for another process that is at it.

    Raises:
        Exception: MLflow is away again.
    """
    if not _waiting():
        return
    from filelock import FileLock, Timeout

    try:
        with FileLock(_folder() / ".lock", timeout=patience):
            for path in _waiting():
                if path.is_file() and (kept := json.loads(path.read_bytes()))["place"] == _mark(place):
                    try:
                        _write(place, kept)
                    except PromptfitError as fault:  # what must not go there holds up no other run
                        log.warning("%s waits: %s", path.parent, fault)
                    else:
                        shutil.rmtree(path.parent)
    except Timeout:
        return  # another process is at it


def _write(place: Place, kept: dict[str, Any]) -> None:
    said = kept["opening"]
    opening = Opening(**{**said, "data": DataUsed(**said["data"]) if said["data"] else None})
    writer = RunWriter(place, opening)
    try:
        writer.open()
    except Exception as fault:
        if can_wait(fault):
            raise
        writer = RunWriter(place, replace(opening, run_id=""))  # this MLflow knows no such run any more
        writer.open()
    for record in kept["records"]:
        try:
            writer.write(record)
        except Exception as fault:
            if can_wait(fault):
                raise
            log.warning("MLflow at %s does not take a %s: %s", place, record["kind"], struck(fault))
    log.warning("MLflow at %s has now what waited of: %s", place, opening.name or opening.stage)


def _with_copy(record: Record, folder: Path, number: int) -> Record:
    """An artifact is a file that may be another one by then."""
    if record["kind"] != "artifact":
        return record
    source = Path(record["path"])
    copy = folder / str(number) / source.name
    copy.parent.mkdir()
    shutil.copyfile(source, copy)
    return {**record, "path": str(copy.relative_to(home()))}


def _waiting() -> list[Path]:
    return sorted(_folder().glob("*/run.json"))


def _mark(place: Place) -> str:
    """Tells one MLflow from another: its address may hold a password, and is not kept."""
    return sha256(place.said.encode()).hexdigest()


def _folder() -> Path:
    return home() / ".promptfit" / "mlflow"
