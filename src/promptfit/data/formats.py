"""Importers and exporters: VLMHyperBench's data sets are our native layout, its collections have other columns."""

from __future__ import annotations

import codecs
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from promptfit.data import collection
from promptfit.data.annotation import FILE_NAME, REQUIRED
from promptfit.data.marks import is_public, mark_private
from promptfit.data.reader import load
from promptfit.support.files.table import USUAL, read_table
from promptfit.support.files.writing import say_raw, write_raw_table
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)
Writer = Callable[[str | Path, Iterable[collection.Row]], None]


def import_vlmhyperbench(path: str | Path, into: str | Path, name: str | None = None) -> Path:
    """Takes over a data set or a prompt collection of VLMHyperBench.

    Args:
        path: A data set's folder (or its ``annotation.csv``), or a collection's CSV file.
        into: The folder that gets it: ``into/<name>``.
        name: Its new name; the old one if left out. A collection for selection is called
            ``<answerer>_sep_<label>.csv``.

    Returns:
        The data set's folder, or the collection's file.

    Raises:
        PromptfitError: The source is faulty (it is checked whole), or the target exists.
    """
    return _convert(path, into, name, collection.write)


def export_vlmhyperbench(path: str | Path, into: str | Path, name: str | None = None) -> Path:
    """Hands a data set or a prompt collection over to VLMHyperBench; arguments as in `import_vlmhyperbench`."""
    return _convert(path, into, name, collection.write_vlmhyperbench)


def is_dataset(path: str | Path) -> bool:
    """Whether a path means a data set (a folder, or its annotation) and not a prompt collection."""
    return Path(path).is_dir() or Path(path).name == FILE_NAME


def _convert(path: str | Path, into: str | Path, name: str | None, write: Writer) -> Path:
    source = Path(path).absolute()
    if not source.exists():
        raise PromptfitError(f"{source}: no such file or folder; give a data set's folder or a collection's CSV file")
    if source.name == FILE_NAME:
        source = source.parent
    target = Path(into).absolute() / (name or source.name)
    if not is_dataset(source) and not target.name.endswith(".csv"):
        target = target.with_name(target.name + ".csv")
    if target.exists():
        raise PromptfitError(f"{target}: exists already; remove it or give another name")
    if is_dataset(source):
        _copy_dataset(source, target)
    else:
        write(target, collection.read(source))
    return target


def _copy_dataset(source: Path, target: Path) -> None:
    """Copies the annotation and the images that it names, byte for byte; the folder appears whole or not at all.

    An annotation with other delimiters is written anew, as VLMHyperBench reads it. The copy of what nobody calls public
    is marked private.
    """
    dataset, table = load(source), read_table(source / FILE_NAME, [REQUIRED])
    rows = [tuple(row.cells.values()) for row in table.rows]
    for warning in dataset.warnings:
        log.warning("%s", warning)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as scratch:
            copy = Path(scratch) / target.name  # inside: the scratch folder itself is closed to other users
            copy.mkdir()
            for image in dict.fromkeys(sample.image for sample in dataset.samples):
                place = copy / image.relative_to(dataset.root)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(image, place)
            if table.delimiter == USUAL:
                (copy / FILE_NAME).write_bytes(codecs.BOM_UTF8 + table.content)
            else:
                write_raw_table(copy / FILE_NAME, table.columns, rows)
            if not is_public(source):
                mark_private(copy)
            copy.rename(target)
        say_raw(target / FILE_NAME, [table.columns, *rows])
    except OSError as error:
        raise PromptfitError(f"{target}: cannot be written ({error}); make room or check the rights") from error
