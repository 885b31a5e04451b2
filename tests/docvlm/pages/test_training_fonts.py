from __future__ import annotations

import pytest

from promptfit.data.synth.fonts import UNSEEN
from promptfit.docvlm.pages.training_fonts import NAMES, PACKAGES, face
from promptfit.paths import home
from promptfit.types import PromptfitError


def test_training_draws_with_no_face_of_diverse() -> None:
    assert not set(NAMES) & set(UNSEEN)
    assert len(set(NAMES)) == len(NAMES) >= 60


def test_a_face_that_is_not_installed_is_named_with_its_packages() -> None:
    with pytest.raises(PromptfitError, match=r"Nowhere-Bold.*apt-get install fonts-cantarell"):
        face("Nowhere-Bold", 12)


def test_ci_installs_every_package() -> None:
    told = (home() / ".ci" / "run").read_text(encoding="utf-8").split()
    assert set(PACKAGES) <= set(told)
