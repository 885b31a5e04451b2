"""Importers and exporters of VLMHyperBench's data sets and prompts, of both its layouts.

Its first data sets are our native layout, and its first collections a CSV of other columns. Since version 0.2 a data
set has a file a record beside its image (``record_files.py``), and a prompt for whole records is a ``prompt_config`` in
JSON (``prompt_config.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from promptfit.data import collection, data_card, dataset_copy, prompt_config, record_files
from promptfit.data.annotation import FILE_NAME
from promptfit.data.data_card import DataCard
from promptfit.data.formats.import_plan import ImportPlan, Order, Origin
from promptfit.data.formats.read_format import Brought, Go, free_place
from promptfit.data.reader import load
from promptfit.paths import resolve
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)


class VlmhyperbenchFormat:
    """Takes over data sets of both layouts, and prompt collections; copies them, since the first layout is ours.

    Args:
        doc_type: Of a data set or a prompt since 0.2 that does not say it; a data set's is its folder's name, if left
            out.
    """

    def __init__(self, doc_type: str | None) -> None:
        self._doc_type = "" if doc_type is None else str(doc_type)

    def bring(self, order: Order, go: Go) -> Brought | None:
        """See ``DataFormat``."""
        source = _source(resolve(order.source))
        into, ending = (order.into, "") if is_dataset(source) else (order.prompts, ".csv")
        target = free_place(into, order.name or (source.name if is_dataset(source) else source.stem), ending)
        if not go(ImportPlan(target.stem, source, lambda: iter(()), lambda: Origin(source.name)), target):
            return None
        made = import_vlmhyperbench(source, into, order.name, self._doc_type)
        if not is_dataset(source):
            return Brought(made)
        data = load(made)
        card = DataCard(
            name=made.name,
            source=source.name,
            revision=f"data set {data.digest}",
            licence=order.licence,
            rows=len(data.samples),
            images=len({one.image for one in data.samples}),
            fields=tuple(field.name for field in data.fields),
        )
        data_card.write(made, card)
        return Brought(made, card)


def import_vlmhyperbench(path: str | Path, into: str | Path, name: str | None = None, doc_type: str = "") -> Path:
    """Takes over a data set or a prompt collection of VLMHyperBench.

    Args:
        path: A data set's folder (or its ``annotation.csv``), a collection's CSV file, or a ``prompt_config`` in JSON.
        into: The folder that gets it: ``into/<name>``.
        name: Its new name; the old one if left out. A collection for selection is called
            ``<answerer>_sep_<label>.csv``.
        doc_type: Of a data set or a prompt since 0.2 that does not say it; a data set's is its folder's name, if left
            out.

    Returns:
        The data set's folder, or the collection's file.

    Raises:
        PromptfitError: The source is faulty (it is checked whole), or the target exists.
    """
    source = _source(path)
    if not is_dataset(source):
        target = free_place(into, name or source.stem, ".csv")
        is_config = source.suffix.lower() == ".json"
        rows = prompt_config.read(source, doc_type or None) if is_config else collection.read(source)
        collection.write(target, rows)
        return target
    target = free_place(into, name or source.name)
    if (source / FILE_NAME).is_file():
        dataset_copy.copy(source, target)
    elif (source / record_files.FOLDER).is_dir():
        dataset_copy.from_records(record_files.RecordFolder(source, doc_type or source.name), target)
    else:
        raise PromptfitError(
            f"{source}: no data set of VLMHyperBench: looked for {FILE_NAME} beside images/ (its first layout), and "
            f"for {record_files.FOLDER}/N.json beside images/**/N.* (since 0.2)"
        )
    return target


def export_vlmhyperbench(path: str | Path, into: str | Path, name: str | None = None) -> Path:
    """Hands a data set or a prompt collection over to VLMHyperBench; arguments as in `import_vlmhyperbench`.

    A data set gets both layouts in one folder. Of a collection, prompts of single fields go into a CSV, those of whole
    records into a ``prompt_config`` beside it; what is returned is the CSV, if there is one.
    """
    source = _source(path)
    if is_dataset(source):
        target = free_place(into, name or source.name)
        dataset_copy.copy(source, target, records=True)
        return target
    rows = collection.read(source)
    parts: list[tuple[str, list[collection.Row], Callable[[Path, list[collection.Row]], None]]] = [
        (".json", [row for row in rows if row.is_record], prompt_config.write),
        (".csv", [row for row in rows if not row.is_record], collection.write_vlmhyperbench),
    ]
    wanted = [(free_place(into, name or source.stem, ending), own, write) for ending, own, write in parts if own]
    if not wanted:
        raise PromptfitError(f"{source}: no rows under the header; there is nothing to hand over")
    for target, own, write in wanted:
        write(target, own)
        if len(wanted) > 1:
            log.info("%s: %d of %d prompts", target, len(own), len(rows))
    return wanted[-1][0]


def is_dataset(path: str | Path) -> bool:
    """Whether a path means a data set (a folder, or its annotation) and not a prompt collection."""
    return Path(path).is_dir() or Path(path).name == FILE_NAME


def _source(path: str | Path) -> Path:
    source = Path(path).absolute()
    if not source.exists():
        raise PromptfitError(
            f"{source}: no such file or folder; give a data set's folder, a collection's CSV file or a prompt_config"
        )
    return source.parent if source.name == FILE_NAME else source
