"""Rows of a data set that the library `datasets` reads, as a stream, with images as the bytes that they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from promptfit.data.formats.hub_images import HubImages
from promptfit.data.formats.hub_source import INSTALL, HubSource, unreachable
from promptfit.data.formats.json_cells import cells_of
from promptfit.data.formats.source_rows import Cell, SourceRow
from promptfit.data.formats.tagged_words import tagged_values
from promptfit.support.enumerated import some
from promptfit.types import PromptfitError

SPLIT = "(split)"
"""The column of what the hub calls a row's split."""
_LOOKED_AT = 20


class HubRows:
    """The splits of one data set, one after the other.

    Args:
        source: Where it is.
        config: Its configuration, where it has several.
        take: The splits; None is all of them.
        words: The column of words with tags, if there is one.
        tags: The column of their tags.
        dates: How days are written, in strftime's letters.

    Raises:
        PromptfitError: It can't be read, or has no such configuration or split.
    """

    def __init__(
        self,
        source: HubSource,
        config: str | None,
        take: Sequence[str] | None,
        words: str | None,
        tags: str | None,
        dates: str,
    ) -> None:
        self._source, self._dates, self._words, self._tags = source, dates, words, tags
        self._parts = _parts(source, config)
        if lacking := [name for name in take or () if name not in self._parts]:
            raise PromptfitError(
                f"{source.name}: take={some(lacking)}: there is no such split; it has: {', '.join(self._parts)}"
            )
        self._take = list(take or self._parts)
        self.notes = [f"splits that were taken: {', '.join(self._take)}"]
        self.columns = tuple(dict.fromkeys(name for row in islice(self.rows(), _LOOKED_AT) for name in row.cells))
        if not self.columns:
            raise PromptfitError(f"{source.name}: no rows in {', '.join(self._take)}; take=… says other splits")

    def rows(self) -> Iterator[SourceRow]:
        """See ``RowSource``."""
        for name in self._take:
            names = _tag_names(self._parts[name], self._tags)
            for number, row in enumerate(self._read(self._parts[name]), start=1):
                cells: dict[str, Cell] = {SPLIT: name, **cells_of(row, self._dates)}
                if self._words and self._tags:
                    cells |= tagged_values(row.get(self._words), row.get(self._tags), names)
                yield SourceRow(f"{name}, row {number}", cells)

    def _read(self, part: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        images = None if self._source.folder else HubImages(self._source.name)
        try:
            for row in part:
                yield images.row(row) if images else row
        except Exception as fault:  # the library raises whatever it stumbles over
            raise _fault(self._source, fault) from fault


def _parts(source: HubSource, config: str | None) -> dict[str, Any]:
    """The splits by name, of which nothing is decoded."""
    try:
        from datasets import Image, load_dataset, load_from_disk
    except ModuleNotFoundError as error:
        raise PromptfitError(f"{source.name}: {INSTALL}") from error
    folder = source.folder
    try:
        if folder and any((folder / name).is_file() for name in ("dataset_dict.json", "state.json")):
            found = load_from_disk(str(folder))
        else:
            revision = None if folder else source.commit
            found = load_dataset(str(folder or source.name), config, revision=revision, streaming=True)
        parts = dict(found) if isinstance(found, dict) else {"data": found}
        for name, part in parts.items():
            for column, feature in (part.features or {}).items():
                if isinstance(feature, Image):
                    parts[name] = parts[name].cast_column(column, Image(decode=False))
    except Exception as fault:  # as above
        raise _fault(source, fault) from fault
    return parts


def _tag_names(part: Any, tags: str | None) -> list[str]:
    """What the numbers of tags mean."""
    feature = (part.features or {}).get(tags) if tags else None
    return list(getattr(getattr(feature, "feature", None), "names", []))


def _fault(source: HubSource, fault: Exception) -> PromptfitError:
    if source.folder is None:
        return unreachable(source.name, fault)
    why = (str(fault) or type(fault).__name__).splitlines()[0][:300]
    return PromptfitError(
        f"{source.folder}: no data set that the library datasets can read ({why}); give the folder with its parquet, "
        "JSON lines or images, and config=… where it has several"
    )
