"""What is read: the images, the document type of each, and the prompts that it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.shared.best_prompts import BestPrompts, best_prompts
from promptfit.data.reader import Dataset
from promptfit.paths import resolve
from promptfit.support.enumerated import some
from promptfit.support.lookalikes import meant
from promptfit.support.texts import as_name
from promptfit.types import Field, PromptfitError


@dataclass(frozen=True, slots=True)
class Scan:
    """An image to be read."""

    path: Path
    name: str
    """Its path below what was named."""
    doc_type: str


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """All of them, and what they are asked."""

    pages: Sequence[Scan]
    best: BestPrompts

    @property
    def requests(self) -> int:
        """The requests that this takes: a prompt of an image once, whatever it asks for."""
        prompts = {name: len({self.best.prompts[one] for one in self.fields(name)}) for name in self.doc_types}
        return sum(prompts[page.doc_type] for page in self.pages)

    @property
    def doc_types(self) -> list[str]:
        """Those that are read."""
        return list(dict.fromkeys(page.doc_type for page in self.pages))

    def fields(self, doc_type: str) -> list[Field]:
        """The fields that are read of a document type."""
        return [field for field in self.best.prompts if field.doc_type == doc_type]


def plan_of(cfg: DictConfig, data: Dataset) -> ReadingPlan:
    """Sorts out what was named.

    Raises:
        PromptfitError: There is no image, no prompt, or the document type of an image is not known.
    """
    if cfg.source is None or cfg.out is None:
        raise PromptfitError("read what, and where to? promptfit read FOLDER read.csv")
    source = resolve(str(cfg.source))
    best = best_prompts(cfg, list(data.schema.fields), data.schema)
    known = list(dict.fromkeys(field.doc_type for field in best.prompts))
    if not known:
        asked = "; ask=record takes its rows of records" if best.rows else ""
        raise PromptfitError(f"{best.path}: no prompt for a field of the data set {data.name}{asked}")
    files = _images(source)
    root = source if source.is_dir() else source.parent
    pages = [Scan(path, path.relative_to(root).as_posix(), _type(cfg, path, root, known)) for path in files]
    return ReadingPlan(pages, best)


def _images(source: Path) -> list[Path]:
    """The images of a folder and of the folders in it, in the order of their names."""
    from PIL import Image

    if source.is_file():
        return [source]
    if not source.is_dir():
        raise PromptfitError(f"{source}: no such file or folder; name the scans")
    ends = Image.registered_extensions()
    found = [path for path in sorted(source.rglob("*")) if path.suffix.lower() in ends and path.is_file()]
    if not found:
        raise PromptfitError(f"{source}: no image in it; images end in .jpg, .png, .tif and the like")
    return found


def _type(cfg: DictConfig, path: Path, root: Path, known: Sequence[str]) -> str:
    """The document type of an image: what was said, the nearest folder's name that is one, or the only one there is."""
    if cfg.doc_type is not None:
        said = as_name(str(cfg.doc_type))
        if said not in known:
            hint = meant(said, known) or f"there are: {some(known)}"
            raise PromptfitError(f"doc_type={said}: no prompts for it; {hint}")
        return said
    folders = [as_name(part) for part in path.relative_to(root.parent).parent.parts]
    if named := [part for part in folders if part in known]:
        return named[-1]
    if len(known) == 1:
        return known[0]
    names = ", ".join(known)
    raise PromptfitError(f"{path}: which document is it? Say doc_type=…, or put the images into folders named {names}")
