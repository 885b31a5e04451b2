"""Data sets in the native layout, which is VLMHyperBench's: ``annotation.csv`` beside ``images/``."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from promptfit.data.annotation import BOX, FILE_NAME, REQUIRED, parse_box
from promptfit.data.grouping import grouped
from promptfit.data.images import ImageFacts, ImageFolder
from promptfit.paths import home
from promptfit.support.files.table import CellFault, TableRow, read_table
from promptfit.types import Box, Field, PromptfitError, Sample

FINGERPRINTS = ".promptfit/fingerprints.sqlite"


@dataclass(frozen=True)
class Dataset:
    """Samples that were checked: every image is there and is one, every box lies inside its image."""

    name: str
    root: Path
    samples: tuple[Sample, ...]
    private: bool
    """A private data set never leaves for an API unless the person says so."""
    digest: str
    """sha256 over the annotation's bytes and the images' digests; the same wherever the folder lies."""
    warnings: tuple[str, ...] = ()

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
        if name.strip() in fields:
            return fields[name.strip()]
        folded = {written.casefold(): written for written in fields}
        close = difflib.get_close_matches(name.strip().casefold(), folded, n=3, cutoff=0.5)
        hint = "did you mean " + " or ".join(f'"{folded[match]}"' for match in close) + "?" if close else "choose one."
        raise PromptfitError(f'no field "{name}" in the data set {self.name}; {hint} It has: {", ".join(fields)}.')


def load(path: str | Path) -> Dataset:
    """Reads a data set that no configuration names: called like its folder, and private as anybody's images are."""
    return load_as(path, Path(path).absolute().name, private=True)


def load_as(path: str | Path, name: str, private: bool) -> Dataset:
    """Reads and checks a data set; what shows the same picture becomes one document.

    Args:
        path: The folder that holds ``annotation.csv``.
        name: What to call it.
        private: Whether its images must stay on this machine.

    Raises:
        PromptfitError: Names file, row, column and remedy of each fault (the first ten).
    """
    root = Path(path).absolute()
    if not (root / FILE_NAME).is_file():
        raise PromptfitError(f"{root / FILE_NAME}: no such file; a data set is a folder with {FILE_NAME} in it")
    table = read_table(root / FILE_NAME, [REQUIRED])
    if not table.rows:
        raise PromptfitError(f"{table.path}: no rows under the header; a data set needs some")
    images = ImageFolder(root)
    samples, said = grouped(table.parse(_sample_parser(images)), home() / FINGERPRINTS)
    return Dataset(
        name=name,
        root=root,
        samples=tuple(samples),
        private=private,
        digest=_digest(table.content, images),
        warnings=(*_warnings(table.path, table.rows), *(f"{table.path}: {line}" for line in said)),
    )


def _sample_parser(images: ImageFolder) -> Callable[[TableRow], Sample]:
    """Makes the parser of rows; it remembers what it saw, to find rows that are there twice."""
    rows: dict[tuple[Path, Field], int] = {}
    fields: dict[str, Field] = {}

    def parse(row: TableRow) -> Sample:
        cells = row.cells
        for column in ("data_index", "doc_class"):
            if not cells[column].strip():
                raise CellFault(column, "is empty; every row needs it")
        field = Field(cells["doc_class"], cells["question_type"])
        if fields.setdefault(field.name, field) != field:
            raise CellFault("question_type", f'another row splits the field "{field.name}" elsewhere; write it one way')
        try:
            facts = images.look(cells["image_path"])
        except ValueError as error:
            raise CellFault("image_path", str(error)) from error
        first = rows.setdefault((facts.path, field), row.number)
        if first != row.number:
            raise CellFault("question_type", f'row {first} has "{field.name}" of the same image; remove one of the two')
        return Sample(
            document=cells["data_index"],
            image=facts.path,
            image_digest=facts.digest,
            question=cells["question"],
            answer=cells["answer"],
            field=field,
            split=cells["split"],
            box=_box(cells.get(BOX, ""), facts),
        )

    return parse


def _box(text: str, image: ImageFacts) -> Box | None:
    try:
        box = parse_box(text)
    except ValueError as error:
        raise CellFault(BOX, str(error)) from error
    if box and not (box[0] >= 0 and box[1] >= 0 and box[2] <= image.width and box[3] <= image.height):
        size = f"{image.width}x{image.height}"
        raise CellFault(BOX, f"{text} reaches outside the image of {size} pixels; correct it or leave it empty")
    return box


def _warnings(path: Path, rows: Sequence[TableRow]) -> tuple[str, ...]:
    empty = [str(row.number) for row in rows if not row.cells["answer"].strip()]
    if not empty:
        return ()
    shown = ", ".join(empty[:10]) + (", …" if len(empty) > 10 else "")
    return (f'{path}: {len(empty)} row(s) have an empty "answer" (row {shown}); they stay: any answer counts as edits',)


def _digest(annotation: bytes, images: ImageFolder) -> str:
    # paths go in with the digests: two images that change places are other data
    listed = "".join(f"{path}\0{digest}\n" for path, digest in sorted(images.digests.items()))
    return hashlib.sha256(hashlib.sha256(annotation).digest() + listed.encode()).hexdigest()
