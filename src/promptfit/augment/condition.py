"""One operation at one severity: what it is called in requests and kept answers, and what it makes of an image."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from promptfit.augment.operation import SEVERITIES, Altered, Operation
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_HEIGHT = 1.0
"""Pixels of a line of text, at least: smaller ones are none."""


@dataclass(frozen=True)
class Condition:
    """An operation at a severity of 1 to 5. Its random choices follow from ``seed`` and the document.

    Raises:
        PromptfitError: There is no such severity.
    """

    operation: Operation
    severity: int
    seed: int = 0

    def __post_init__(self) -> None:
        checked_severity(self.severity)

    def name(self, document: str, text_height: float) -> str:
        """The canonical ``name@version/severity/seed/text height``: the same name, the same bytes of the same image."""
        operation = self.operation
        height = f"{_rounded(text_height):.1f}"
        return f"{operation.name}@{operation.version}/{self.severity}/{self._seed(document)}/{height}"

    def apply(self, image: Image, document: str, text_height: float) -> Altered:
        """Alters an RGB image of a document whose lines of text are ``text_height`` pixels high."""
        pixels = np.asarray(image.convert("RGB"), dtype=np.uint8)
        rng = np.random.default_rng(self._seed(document))
        return self.operation(pixels, self.severity, _rounded(text_height), rng)

    def of(self, document: str, text_height: float) -> DocumentAlteration:
        """The alteration of a document's images."""
        return DocumentAlteration(self, document, text_height)

    def _seed(self, document: str) -> int:
        """The same at every severity, so that damage grows in place."""
        said = f"{self.seed}\0{self.operation.name}\0{document}".encode("utf-8", "backslashreplace")
        return int.from_bytes(hashlib.sha256(said).digest()[:4], "big")


@dataclass(frozen=True, slots=True, eq=False)
class DocumentAlteration:
    """A condition of one document's image: what a request carries. Those of one name are equal."""

    condition: Condition
    document: str
    text_height: float

    @property
    def name(self) -> str:
        """See ``Condition.name``."""
        return self.condition.name(self.document, self.text_height)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DocumentAlteration) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __call__(self, image: Image) -> Image:
        """Returns the altered image."""
        from PIL import Image as images

        return images.fromarray(self.condition.apply(image, self.document, self.text_height).pixels)


def checked_severity(severity: object) -> int:
    """The severity, if it is one.

    Raises:
        PromptfitError: It is none of 1 to 5.
    """
    if isinstance(severity, bool) or severity not in SEVERITIES:
        raise PromptfitError(f"severity {severity!r}: there are five, 1 (hardly visible) to 5 (very hard)")
    return int(str(severity))


def _rounded(text_height: float) -> float:
    """As the name holds it, or the name would not say all."""
    return max(round(float(text_height), 1), LEAST_HEIGHT)
