"""Data sets in the native layout, which is VLMHyperBench's: ``annotation.csv`` beside ``images/``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from promptfit.data.accepted_truths import truths_of
from promptfit.data.annotation import BOX, FILE_NAME, REQUIRED, parse_box
from promptfit.data.box_units import doubtful_unit, outside
from promptfit.data.doubts import doubts
from promptfit.data.grouping import grouped
from promptfit.data.images import ImageFacts, ImageFolder, several_pages
from promptfit.data.marks import is_public
from promptfit.data.prints_file import FINGERPRINTS
from promptfit.data.privacy import why_private
from promptfit.data.schemas import schema_file
from promptfit.data.schemas.dataset_schema import Schema, completed, lacking
from promptfit.data.schemas.unreadable_truths import lists_taken_apart, unreadable
from promptfit.paths import home
from promptfit.support.enumerated import some
from promptfit.support.files.table import CellFault, TableRow, read_table
from promptfit.support.lookalikes import meant
from promptfit.support.texts import as_name, nfc
from promptfit.types import Box, Field, PromptfitError, Sample


@dataclass(frozen=True)
class Dataset:
    """Samples that were checked: every image is there and is one, every box lies inside its image."""

    name: str
    root: Path
    samples: tuple[Sample, ...]
    private: bool
    """A private data set never leaves for an API unless the person says so."""
    digest: str
    """sha256 over the annotation's bytes and the images' digests, and the schema's bytes where there is one; the same
    wherever the folder lies."""
    warnings: tuple[str, ...] = ()
    schema: Schema = field(default_factory=Schema, compare=False)
    notes: tuple[str, ...] = ()
    """What was inferred."""

    @property
    def fields(self) -> list[Field]:
        """The fields, in the order in which the annotation first names them."""
        return list(dict.fromkeys(sample.field for sample in self.samples))

    def of(self, field: Field, split: str | None = None) -> list[Sample]:
        """The samples of one field, of one of the data set's own splits if it is named."""
        return [sample for sample in self.samples if sample.field == field and split in (None, sample.split)]

    def resolve(self, name: str) -> Field:
        """Looks a written field up (it is never split at a space: both its halves may hold some).

        Raises:
            PromptfitError: There is no such field; the message names those that look like it.
        """
        fields = {field.name: field for field in self.fields}
        if as_name(name) in fields:
            return fields[as_name(name)]
        hint = meant(name, fields) or "choose one."
        raise PromptfitError(f'no field "{name}" in the data set {self.name}; {hint} It has: {", ".join(fields)}.')


def load(path: str | Path) -> Dataset:
    """Reads a data set that no configuration names: called like its folder, and private as anybody's images are."""
    return load_as(path, Path(path).absolute().name, private=True)


def load_as(path: str | Path, name: str, private: bool | None) -> Dataset:
    """Reads and checks a data set; what shows the same picture becomes one document.

    Args:
        path: The folder that holds ``annotation.csv``.
        name: What to call it.
        private: True where its images must stay on this machine whatever the folder says; None is what that says.

    Raises:
        PromptfitError: ``private`` is false, which a configuration can't know; or the data is at fault, and file, row,
            column and remedy of each fault (the first ten) are named.
    """
    root = Path(path).absolute()
    if private is False:
        raise PromptfitError(
            f"dataset.private=false: only the data says that anybody may see it; put a file PUBLIC beside "
            f"{root / FILE_NAME}, or say allow_private=true for this run"
        )
    if not (root / FILE_NAME).is_file():
        raise PromptfitError(f"{root / FILE_NAME}: no such file; a data set is a folder with {FILE_NAME} in it")
    table = read_table(root / FILE_NAME, [REQUIRED])
    if not table.rows:
        raise PromptfitError(f"{table.path}: no rows under the header; a data set needs some")
    images = ImageFolder(root)
    parsed, rows = table.parse(sample_parser(images)), [row.number for row in table.rows]
    samples, said = grouped(parsed, rows, home() / FINGERPRINTS)
    boxes = [
        (one.box, images.look(row.cells["image_path"]))
        for one, row in zip(parsed, table.rows, strict=True)
        if one.box is not None
    ]
    pages = several_pages(dict.fromkeys(images.seen.values()))
    stated = root / schema_file.FILE_NAME
    told = schema_file.read(stated) if stated.exists() else {}
    schema = completed(told, samples)
    samples = [replace(one, kind=schema.fields[one.field].kind) for one in samples]
    digest = _digest(table.content, images, stated.read_bytes() if stated.exists() else b"")
    why = why_private(root, sorted({one.digest for one in images.seen.values()}), digest)
    copies = why if why and is_public(root) else ""
    doubtful = [*doubts(parsed, rows), *unreadable(samples, rows), lists_taken_apart(samples, rows)]
    warnings = [*doubtful, *pages, *said, doubtful_unit(boxes), copies]
    odd = lacking(told, list(schema.fields))
    return Dataset(
        name=name,
        root=root,
        samples=tuple(samples),
        private=bool(private or why),
        digest=digest,
        warnings=(*(f"{table.path}: {line}" for line in warnings if line), *([f"{stated}: {odd}"] if odd else [])),
        schema=schema,
        notes=tuple(_notes(root, stated, schema)),
    )


def sample_parser(images: ImageFolder) -> Callable[[TableRow], Sample]:
    """Makes the parser of rows; it remembers what it saw, to find rows that are there twice."""
    rows: dict[tuple[Path, Field], int] = {}
    fields: dict[str, Field] = {}

    def parse(row: TableRow) -> Sample:
        cells = row.cells
        names = {name: as_name(cells[name]) for name in ("data_index", "doc_class", "question_type", "split")}
        for column in ("data_index", "doc_class"):
            if not names[column]:
                raise CellFault(column, "is empty; every row needs it")
        field = Field(names["doc_class"], names["question_type"])
        if fields.setdefault(field.name, field) != field:
            raise CellFault("question_type", f'another row splits the field "{field.name}" elsewhere; write it one way')
        try:
            facts = images.look(cells["image_path"])
        except ValueError as error:
            raise CellFault("image_path", str(error)) from error
        first = rows.setdefault((facts.path, field), row.number)
        if first != row.number:
            raise CellFault("question_type", f'row {first} has "{field.name}" of the same image; remove one of the two')
        answer, *accepted = truths_of(cells["answer"])
        return Sample(
            document=names["data_index"],
            image=facts.path,
            image_digest=facts.digest,
            question=nfc(cells["question"]),
            answer=answer,
            field=field,
            split=names["split"],
            box=_box(cells.get(BOX, ""), facts),
            treatment=facts.treatment,
            accepted=tuple(accepted),
        )

    return parse


def _box(text: str, image: ImageFacts) -> Box | None:
    try:
        box = parse_box(text)
    except ValueError as error:
        raise CellFault(BOX, str(error)) from error
    if box and not (box[0] >= 0 and box[1] >= 0 and box[2] <= image.width and box[3] <= image.height):
        raise CellFault(BOX, outside(text, image))
    return box


def _notes(root: Path, stated: Path, schema: Schema) -> Iterator[str]:
    if not stated.exists():
        yield f"{root}: value types are taken from the truths; `promptfit schema {root}` shows them, to be corrected"
    elif schema.inferred:
        names = [f'"{one.name}" ({schema.fields[one].kind.type})' for one in schema.inferred]
        yield f"{stated}: what it leaves out is taken from the truths: {some(names)}"


def _digest(annotation: bytes, images: ImageFolder, schema: bytes) -> str:
    # paths go in with the digests: two images that change places are other data, and so are other pixels
    listed = "".join(f"{path}\0{facts.shown_digest}\n" for path, facts in sorted(images.seen.items()))
    return hashlib.sha256(hashlib.sha256(annotation).digest() + listed.encode() + schema).hexdigest()
