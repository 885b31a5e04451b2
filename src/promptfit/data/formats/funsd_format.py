"""The files of FUNSD, a JSON a form, and of XFUND, a JSON of many forms in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from promptfit.data.annotation import COLUMNS
from promptfit.data.formats.found_value import Found, FoundValue, LeftOut
from promptfit.data.formats.image_finder import ImageFinder
from promptfit.data.formats.import_plan import ImportPlan, Order, Origin
from promptfit.data.formats.linked_form import linked_values
from promptfit.data.formats.read_format import ReadFormat
from promptfit.data.plain_json import read_json
from promptfit.data.record_files import BOXES
from promptfit.paths import resolve
from promptfit.support.texts import as_name
from promptfit.types import PromptfitError

_SPLITS = {"training_data": "train", "testing_data": "test", "train": "train", "val": "val"}
"""Words in the names of folders and files that tell the split."""
_LARGEST = 1_000_000_000


class FunsdFormat(ReadFormat):
    """Forms whose questions are linked to their answers: a question's text is the field.

    Args:
        doc_type: The document type of all of them.
        images: The folder of the images; None looks in the source's.
    """

    def __init__(self, doc_type: str, images: str | None) -> None:
        self._doc_type, self._images = doc_type, images

    def plan(self, order: Order) -> ImportPlan:
        """See ``ReadFormat``."""
        root = resolve(order.source)
        forms = sorted(root.rglob("annotations/*.json"))
        many = [] if forms else sorted([*root.glob("*.json"), *root.glob("*/*.json")])
        if not forms and not many:
            raise PromptfitError(
                f"{root}: no files of FUNSD or XFUND: looked for **/annotations/*.json with images/ beside, and for "
                "*.json with `documents`"
            )
        finder = ImageFinder(root / str(self._images) if self._images else root)

        def found() -> Iterator[Found]:
            beside: dict[Path, ImageFinder] = {}
            for file in forms:
                yield from self._form_file(root, file, beside)
            for file in many:
                yield from self._many(root, file, finder)

        licence = "FUNSD, for non-commercial research" if forms else "CC BY-NC-SA 4.0 (XFUND)"
        origin = Origin(root.name, "as the files are", licence)
        return ImportPlan(root.name, root, found, lambda: origin, columns=(*COLUMNS, BOXES))

    def _form_file(self, root: Path, file: Path, beside: dict[Path, ImageFinder]) -> Iterator[Found]:
        place = file.relative_to(root).as_posix()
        folder = file.parent.parent
        try:
            said = _read(root, file)
            if folder not in beside:
                beside[folder] = ImageFinder(folder / "images")
            image = beside[folder].find(file.stem, {})
            if not image.resolve().is_relative_to(root.resolve()):
                raise ValueError("its image leaves the folder")
            entities = said.get("form") if isinstance(said, Mapping) else None
        except (PromptfitError, ValueError) as fault:
            yield LeftOut(place, "a form that can't be read, or has no image", str(fault).replace(f"{root}/", ""))
            return
        name = (folder.relative_to(root) / image.name).as_posix()
        yield from self._form(place, entities, file.stem, image, name, _SPLITS.get(folder.name, ""))

    def _many(self, root: Path, file: Path, finder: ImageFinder) -> Iterator[Found]:
        place = file.relative_to(root).as_posix()
        try:
            said = _read(root, file)
        except PromptfitError as fault:
            yield LeftOut(place, "a file that can't be read", str(fault).replace(f"{root}/", ""))
            return
        documents = said.get("documents") if isinstance(said, Mapping) else None
        split = next((name for word, name in _SPLITS.items() if word in file.stem.split(".")), "")
        for number, one in enumerate(documents if isinstance(documents, list) else [], start=1):
            at = f"{place}, document {number}"
            try:
                name = str(one["img"]["fname"])
                image = finder.find(name, {})
                entities, document = one["document"], str(one.get("id") or name)
            except (KeyError, TypeError, ValueError, AttributeError) as fault:
                yield LeftOut(at, "a form that can't be read, or has no image", str(fault))
                continue
            yield from self._form(at, entities, document, image, image.name, split)

    def _form(self, place: str, entities: Any, document: str, image: Path, name: str, split: str) -> Iterator[Found]:
        if not isinstance(entities, list):
            yield LeftOut(place, "it has no list of entities")
            return
        try:
            values = list(linked_values(entities))
        except ValueError as fault:
            yield LeftOut(place, "its entities are none of FUNSD", str(fault))
            return
        for one in values:
            if one.fault:
                yield LeftOut(place, one.fault, as_name(one.question)[:40], usual=True)
            else:
                yield FoundValue(
                    place, document, image, name, self._doc_type, one.question, one.answer, split=split, boxes=one.boxes
                )


def _read(root: Path, file: Path) -> Any:
    if not file.resolve().is_relative_to(root.resolve()):
        raise PromptfitError(f"{file}: a link that leaves the folder")
    if file.stat().st_size > _LARGEST:
        raise PromptfitError(f"{file}: more than {_LARGEST / 1e6:,.0f} MB of JSON")
    return read_json(file)
