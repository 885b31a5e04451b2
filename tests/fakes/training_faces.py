"""Whether the faces that training draws with are on this machine."""

from __future__ import annotations

import pytest

from promptfit.docvlm.pages.training_fonts import NAMES, face
from promptfit.types import PromptfitError


def _missing() -> str:
    try:
        for name in NAMES:
            face(name, 12)
    except PromptfitError as error:
        return str(error)
    return ""


_reason = _missing()
needs_faces = pytest.mark.skipif(bool(_reason), reason=_reason or "all here")
