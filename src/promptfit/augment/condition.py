"""One operation at one severity, seeded by document: what an image goes through, and the name of that."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from promptfit.augment.base import SEVERITIES, Altered, Operation
from promptfit.types import PromptfitError

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Condition:
    """An operation at a severity.

    All captures of a document, and all severities, draw the same chance: only the strength differs.

    Args:
        operation: What is done.
        severity: 1 to 5.
        seed: The study's.

    Raises:
        PromptfitError: There is no such severity.
    """

    operation: Operation
    severity: int
    seed: int = 0

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES or not isinstance(self.severity, int):
            raise PromptfitError(f"severity {self.severity!r}: there are {', '.join(map(str, SEVERITIES))}")

    def name(self, document: str, text_height: float) -> str:
        """Canonical: ``name@version/severity/seed/text height``; the same name does the same to the same image."""
        operation = self.operation
        return (
            f"{operation.name}@{operation.version}/{self.severity}/{self._seed(document)}/{_rounded(text_height):.1f}"
        )

    def apply(self, image: Image, document: str, text_height: float) -> Altered:
        """Alters an RGB image.

        Args:
            image: As the answerer would be shown it.
            document: Seeds the chance.
            text_height: Of its text in pixels, see ``text_height``.
        """
        pixels = np.asarray(image.convert("RGB"))
        return self.operation(
            pixels, self.severity, _rounded(text_height), np.random.default_rng(self._seed(document))
        )

    def _seed(self, document: str) -> int:
        digest = sha256(f"{self.seed}\0{self.operation.name}\0{document}".encode("utf-8", "backslashreplace")).digest()
        return int.from_bytes(digest[:6])


def _rounded(text_height: float) -> float:
    """What the name says is what counts."""
    return max(1.0, round(text_height, 1))
