"""Settles what each column is: what was said, then what is guessed, each with a word on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from promptfit.data.formats import column_guess
from promptfit.data.formats.column_guess import Sample
from promptfit.data.formats.column_mapping import ColumnMapping
from promptfit.data.formats.column_options import ColumnOptions, has
from promptfit.data.formats.import_plan import ColumnMeaning
from promptfit.data.formats.source_rows import RowSource
from promptfit.support.enumerated import some
from promptfit.types import PromptfitError

LOOKED_AT = 50
Guess = Callable[[Sequence[str], Sample], str]
_WORDS = {
    "image": "the image",
    "field": "what is asked",
    "answer": "the true value",
    "question": "the question as asked",
    "box": "where the value stands",
    "document": "the document's name",
    "split": "the split",
}


class MappedColumns:
    """The columns of one table.

    Args:
        options: What was said.
        source: The table.
        place: What it is called in messages.
        doc_type: The document type, where no column has it and nobody said it.
        images_by_pattern: Whether a pattern of paths finds the images, and no column is needed.
    """

    def __init__(
        self, options: ColumnOptions, source: RowSource, place: str, doc_type: str, images_by_pattern: bool
    ) -> None:
        self._options, self._columns, self._place = options, source.columns, place
        self._sample: Sample = [row.cells for row in islice(source.rows(), LOOKED_AT) if not row.fault]
        self._pattern = images_by_pattern
        self._meanings: list[ColumnMeaning] = []
        self.mapping = self._settled(doc_type)

    @property
    def meanings(self) -> tuple[ColumnMeaning, ...]:
        """What is taken for what."""
        return tuple(self._meanings)

    @property
    def day_numbers(self) -> list[str]:
        """Columns that seem to hold days as Excel counts them."""
        return column_guess.day_columns(self._columns, self._sample)

    def _settled(self, doc_type: str) -> ColumnMapping:
        said, columns = self._options, self._columns
        image = "" if self._pattern else self._part("image", said.image, column_guess.image_column)
        if not image and not self._pattern:
            raise PromptfitError(
                f"{self._place}: no column holds images or their paths; it has: {', '.join(columns)}. Say which does: "
                "image=…, or where images lie that are called like a column's cells: images='scans/{column}.jpg'"
            )
        shared = {part: self._part(part, getattr(said, part)) for part in ("document", "split")}
        if record := has(columns, "record", said.record):
            self._say("a document's fields", f"{record}{f' ({said.inside})' if said.inside else ''}", False, "record")
            fields, long = None, {}
        elif self._is_long():
            long = {part: self._part(part, getattr(said, part)) for part in ("field", "answer", "question", "box")}
            fields = None
            self._check_long(long)
        else:
            fields, long = self._fields([image, *shared.values(), self._type_column()]), {}
        typed = self._doc_type(doc_type)
        inside, without = said.inside or "", tuple(said.without or ())
        mapping = ColumnMapping(
            image,
            fields,
            doc_type=typed,
            record=record,
            inside=inside,
            without=without,
            **shared,
            **long,
            empty=said.empty == "absent",
        )
        meaning = "the document has no such value" if mapping.empty else "nobody said"
        self._meanings.append(
            ColumnMeaning("an empty cell", meaning, False, f"empty={'skip' if mapping.empty else 'absent'}")
        )
        return mapping

    def _is_long(self) -> bool:
        said = self._options
        if said.fields is not None:
            return False
        names = ("answer", "field", "question")
        found = {part: getattr(said, part) or column_guess.by_name(part, self._columns) for part in names}
        return bool(said.answer or (found["answer"] and (found["field"] or found["question"])))

    def _check_long(self, long: dict[str, str]) -> None:
        if not long["answer"] or not (long["field"] or long["question"]):
            lacking = "answer=… (the column with the true value)" if not long["answer"] else "field=… or question=…"
            raise PromptfitError(f"{self._place}: say {lacking}; it has: {', '.join(self._columns)}")

    def _fields(self, others: Sequence[str]) -> dict[str, str]:
        said = self._options.field_names(self._columns)
        names = [*said] if said else column_guess.field_columns(self._columns, self._sample, others)
        if not names:
            raise PromptfitError(
                f"{self._place}: no column is left for fields; say fields=[…]: {', '.join(self._columns)}"
            )
        left = [name for name in self._columns if name not in names and name not in others]
        taken = ", ".join(names) + (f"; not taken: {some(left)}" if left else "")
        first = f"{names[0]}: {column_guess.example(names[0], self._sample)}"
        self._meanings.append(ColumnMeaning("the fields", taken, said is None, f"fields=[{','.join(names)}]", first))
        return said or {name: name for name in names}

    def _type_column(self) -> str:
        said = self._options.doc_type
        if said is not None:
            return str(said) if str(said) in self._columns else ""
        return "" if self._options.settled else column_guess.by_name("doc_type", self._columns)

    def _doc_type(self, usual: str) -> str:
        column, said = self._type_column(), self._options.doc_type
        guessed = said is None and bool(column)
        taken = column or (str(said) if said else usual)
        what = f"{taken}" if column else f'"{taken}" for all'
        shown = column_guess.example(column, self._sample) if column else ""
        self._meanings.append(ColumnMeaning("the document's type", what, guessed, f"doc_type={taken}", shown))
        return taken

    def _part(self, part: str, said: str | None, guess: Guess | None = None) -> str:
        """The column of a part: said, guessed, or none."""
        if said is not None:
            name = has(self._columns, part, str(said))
        elif self._options.settled:
            name = ""
        elif guess:
            name = guess(self._columns, self._sample)
        else:
            name = column_guess.by_name(part, self._columns)
        if name:
            self._say(_WORDS[part], name, said is None, part)
        return name

    def _say(self, what: str, column: str, guessed: bool, option: str) -> None:
        shown = column_guess.example(column.partition(" (")[0], self._sample)
        self._meanings.append(ColumnMeaning(what, column, guessed, f"{option}={column.partition(' (')[0]}", shown))
