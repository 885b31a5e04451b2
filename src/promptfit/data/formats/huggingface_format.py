"""Data sets of the Hugging Face hub, or copies of them on this machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from promptfit.data.formats.column_mapping import MappedRows
from promptfit.data.formats.column_options import ColumnOptions
from promptfit.data.formats.found_value import Found
from promptfit.data.formats.hub_rows import HubRows
from promptfit.data.formats.hub_source import located
from promptfit.data.formats.image_finder import ImageFinder
from promptfit.data.formats.import_plan import ImportPlan, Order, Origin
from promptfit.data.formats.mapped_columns import MappedColumns
from promptfit.data.formats.read_format import ReadFormat
from promptfit.data.formats.wanted_rows import WantedRows
from promptfit.types import PromptfitError


@dataclass(frozen=True)
class HuggingfaceFormat(ColumnOptions, ReadFormat):
    """A data set that the library `datasets` reads; rows come as a stream, and none of its code runs.

    Attributes:
        hub: Its name on the hub, where no source is given.
        config: Its configuration, where it has several.
        revision: Of the hub; the newest, if left out.
        take: The splits; all, if left out.
        words: The column of words that are marked one by one.
        tags: The column of their marks.
        dates: How days are written, in strftime's letters.
    """

    hub: str | None
    config: str | None
    revision: str | None
    take: Sequence[str] | str | None
    words: str | None
    tags: str | None
    dates: str

    def plan(self, order: Order) -> ImportPlan:
        """See ``ReadFormat``."""
        said = order.source or self.hub
        if not said:
            raise PromptfitError("which data set? Give its name on the hub, or a folder with a copy")
        source = located(said, None if self.revision is None else str(self.revision))
        take = [self.take] if isinstance(self.take, str) else self.take
        rows = HubRows(source, self.config, take, self.words, self.tags, self.dates)
        name = source.name.rpartition("/")[2]
        mapped = MappedColumns(self, rows, source.name, name, images_by_pattern=False)
        finder = ImageFinder(source.folder) if source.folder else None
        values = MappedRows(mapped.mapping, rows.columns, finder)
        wanted = WantedRows(self.only, rows.columns)

        def found() -> Iterator[Found]:
            for row in rows.rows():
                if wanted.has(row):
                    yield from values.values(row)

        def origin() -> Origin:
            return Origin(source.name, source.commit, source.licence, tuple(rows.notes))

        return ImportPlan(name, source.folder, found, origin, mapped.meanings)
