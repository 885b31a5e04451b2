from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.data.synth.fonts import UNSEEN
from promptfit.docvlm.pages import training_fonts
from promptfit.docvlm.pages.training_fonts import NAMES, PACKAGES, face
from promptfit.paths import home
from promptfit.types import PromptfitError


def test_training_draws_with_no_face_of_diverse() -> None:
    assert not set(NAMES) & set(UNSEEN)
    assert len(set(NAMES)) == len(NAMES) >= 60


def test_a_face_that_is_not_installed_is_named_with_its_packages() -> None:
    with pytest.raises(PromptfitError, match=r"Nowhere-Bold.*apt-get install fonts-cantarell"):
        face("Nowhere-Bold", 12)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_files_of_one_name_it_is_always_the_same(order: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """matplotlib hands a set over: whichever came last once won, another one in every process."""
    import matplotlib.font_manager

    known = [f"/fonts/{folder}/Face-Bold.ttf" for folder in ("liberation", "liberation2")]
    monkeypatch.setattr(matplotlib.font_manager, "findSystemFonts", lambda: known[::order])
    assert training_fonts.installed.__wrapped__()["Face-Bold"] == Path(known[0])


def test_ci_installs_every_package() -> None:
    told = (home() / ".ci" / "run").read_text(encoding="utf-8").split()
    assert set(PACKAGES) <= set(told)
