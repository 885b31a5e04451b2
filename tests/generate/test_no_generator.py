"""The generator that stands for nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra.utils import instantiate
from omegaconf import OmegaConf

from promptfit.types import PromptfitError


def test_it_labels_a_search_and_refuses_to_be_asked() -> None:
    nobody = instantiate(OmegaConf.load(Path(__file__).parents[2] / "conf/generator/edits.yaml").generator)
    assert (nobody.name, nobody.strategy) == ("edits", "edits")
    with pytest.raises(PromptfitError, match="strategy=edits"):
        nobody.complete([])
