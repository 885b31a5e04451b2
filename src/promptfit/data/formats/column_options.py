"""What a person may say of a table's columns; what is left out (null) is guessed, and an empty text is no column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from promptfit.types import PromptfitError


@dataclass(frozen=True)
class ColumnOptions:
    """Columns by what they are, as they are typed.

    Attributes:
        image: The image: its path, its name with or without an ending, or itself.
        images: The folder of the images, or a pattern of their paths from the table's folder, like
            ``scans/{Номер}_*.jpg``; the table's folder, if left out.
        fields: Wide tables: the columns that are fields, each ``column`` or ``column=name``.
        field: Long tables: the column with the field's name.
        answer: Long tables: the column with the true value, or with a list of them.
        question: The column with the question as it is asked.
        box: The column with ``[x1, y1, x2, y2]`` in pixels.
        document: The column with the document's name.
        doc_type: The column with the document's type, or the type itself; the source's name, if left out.
        split: The column with the split.
        record: The column with JSON of all fields of a document.
        inside: Where in that JSON the fields are, by dotted names.
        without: Fields of it that are not taken.
        only: Texts by columns: rows whose cells hold them are taken, and no others.
        empty: What an empty cell means: ``absent``, the document has no such value, or ``skip``, nobody said.
    """

    image: str | None
    images: str | None
    fields: Sequence[str] | str | None
    field: str | None
    answer: str | None
    question: str | None
    box: str | None
    document: str | None
    doc_type: str | None
    split: str | None
    record: str | None
    inside: str | None
    without: Sequence[str] | None
    only: Mapping[str, str] | None
    empty: str

    def __post_init__(self) -> None:
        if self.empty not in ("absent", "skip"):
            raise PromptfitError(f"empty={self.empty}: an empty cell is absent (no such value) or skip (nobody said)")

    @property
    def settled(self) -> bool:
        """Whether it is said where images and values stand, so that nothing has to be guessed."""
        placed = self.image is not None or "{" in str(self.images or "")
        return placed and any(one is not None for one in (self.fields, self.answer, self.record))

    def field_names(self, columns: Sequence[str]) -> dict[str, str] | None:
        """The fields' names by their columns, as they were said.

        Raises:
            PromptfitError: There is no such column.
        """
        if self.fields is None:
            return None
        listed = [self.fields] if isinstance(self.fields, str | int) else self.fields
        made: dict[str, str] = {}
        for said in map(str, listed):
            column, mark, name = (said, "", "") if said in columns else said.rpartition("=")
            made[has(columns, "fields", column if mark else said)] = name if mark else said
        return made


def has(columns: Sequence[str], option: str, name: str | None) -> str:
    """The column that an option names; empty where it names none.

    Raises:
        PromptfitError: There is no such column.
    """
    from promptfit.support.lookalikes import meant
    from promptfit.support.texts import as_name

    if not name:
        return ""
    found = next((one for one in columns if one == str(name) or as_name(one) == as_name(str(name))), None)
    if found is None:
        hint = meant(str(name), columns)
        raise PromptfitError(f"{option}={name}: there is no such column; {hint or 'it has'}: {', '.join(columns)}")
    return found
