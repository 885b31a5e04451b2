"""Data sets that appear in a new folder whole, or not at all."""

from __future__ import annotations

import codecs
import contextlib
import logging
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from promptfit.data.annotation import COLUMNS, FILE_NAME, REQUIRED
from promptfit.data.marks import is_public, mark_private
from promptfit.data.reader import load
from promptfit.data.record_files import BOXES, RecordFolder, write_records
from promptfit.data.schemas import schema_file
from promptfit.support.enumerated import some
from promptfit.support.files.table import read_table
from promptfit.support.files.writing import USUAL, say_raw, write_raw_table
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)


def copy(source: Path, target: Path, records: bool = False) -> None:
    """Copies the annotation and the images that it names, byte for byte.

    An annotation with other delimiters is written anew, as VLMHyperBench reads it. The copy of what nobody calls public
    is marked private.

    Args:
        source: A data set's folder.
        target: The new one.
        records: Whether a file a record is written, too (see ``record_files``).

    Raises:
        PromptfitError: The source is faulty, or the target can't be written.
    """
    dataset, table = load(source), read_table(source / FILE_NAME, [REQUIRED])
    rows = [tuple(row.cells.values()) for row in table.rows]
    for warning in dataset.warnings:
        log.warning("%s", warning)
    images = (sample.image.relative_to(dataset.root) for sample in dataset.samples)
    with appearing(target, source) as folder:
        _copy_images(source, folder, images)
        if table.delimiter == USUAL:
            (folder / FILE_NAME).write_bytes(codecs.BOM_UTF8 + table.content)
        else:
            write_raw_table(folder / FILE_NAME, table.columns, rows)
        if (source / schema_file.FILE_NAME).exists():
            shutil.copyfile(source / schema_file.FILE_NAME, folder / schema_file.FILE_NAME)
        if records and (why := write_records(folder, list(table.rows))):
            log.warning("%s: its records are not written as files of their own: %s", target, why)
    say_raw(target / FILE_NAME, [table.columns, *rows])


def from_records(source: RecordFolder, target: Path) -> None:
    """Makes our annotation of a file a record; arguments and errors as of ``copy``."""
    rows = source.rows()
    if unread := source.unread():
        log.warning("%s: %d image(s) have no record and are left out: %s", source.root, len(unread), some(unread))
    columns = (*COLUMNS, BOXES) if any(row[BOXES] for row in rows) else COLUMNS
    cells: Sequence[tuple[str, ...]] = [tuple(row[column] for column in columns) for row in rows]
    with appearing(target, source.root) as folder:
        _copy_images(source.root, folder, (Path(row["image_path"]) for row in rows))
        try:
            write_raw_table(folder / FILE_NAME, columns, cells)
            warnings = load(folder).warnings
        except PromptfitError as fault:
            raise PromptfitError(f"{source.root}: {str(fault).replace(str(folder), 'as ours')}") from fault
    for warning in warnings:
        log.warning("%s", warning.replace(str(folder), str(target)))


def _copy_images(source: Path, folder: Path, images: Iterable[Path]) -> None:
    for image in dict.fromkeys(images):
        place = folder / image
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / image, place)


@contextlib.contextmanager
def appearing(target: Path, source: Path | None) -> Iterator[Path]:
    """A folder in which a data set is written; then it is moved to its place, marked as its source is.

    Args:
        target: Its place.
        source: The folder that it is from; what is of no folder of this machine is private until somebody says else.

    Raises:
        PromptfitError: It can't be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
            folder = Path(scratch) / target.name  # inside: the scratch folder itself is closed to other users
            folder.mkdir()
            yield folder
            if source is None or not is_public(source):
                mark_private(folder)
            folder.rename(target)
    except OSError as error:
        raise PromptfitError(f"{target}: cannot be written ({error}); make room or check the rights") from error
