"""Training resumes to the same weights; the shipped model is the recipe's."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from promptfit.docvlm import card
from promptfit.docvlm.recipe import Recipe
from promptfit.docvlm.training import train
from promptfit.paths import home
from promptfit.types import PromptfitError
from scripted_answerer import ListRecorder
from training_faces import needs_faces


def recipe_of_config() -> dict[str, Any]:
    recipe = OmegaConf.load(home() / "conf" / "train.yaml")
    return {k: v for k, v in OmegaConf.to_container(recipe, resolve=True)["recipe"].items() if k != "_target_"}


TINY = Recipe(**recipe_of_config() | {"start": "", "batch_size": 2, "eyes": 4, "documents": 12, "warmup": 4})


@needs_faces
@pytest.mark.slow
def test_a_training_cut_short_ends_with_the_same_weights(tmp_path: Path) -> None:
    train(TINY, tmp_path / "whole", tmp_path / "whole.pt", ListRecorder())
    train(TINY, tmp_path / "cut", tmp_path / "cut.pt", ListRecorder(), stop_after=4)
    assert not (tmp_path / "cut").exists()
    with pytest.raises(PromptfitError, match="another recipe"):
        train(replace(TINY, seed=1), tmp_path / "cut", tmp_path / "cut.pt", ListRecorder())
    train(TINY, tmp_path / "cut", tmp_path / "cut.pt", ListRecorder())
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "cut")]
    assert weights[0] == weights[1]
    assert card.digest(asdict(TINY)) in (tmp_path / "cut" / card.FILE_NAME).read_text(encoding="utf-8")


def test_a_recipe_begins_with_the_weights_that_it_names(tmp_path: Path) -> None:
    begun = replace(TINY, start="ab" * 32)
    with pytest.raises(PromptfitError, match="begins with the weights abababababab: name their folder"):
        train(begun, tmp_path / "out", tmp_path / "state.pt", ListRecorder())
    (tmp_path / "model.safetensors").write_bytes(b"others")
    with pytest.raises(PromptfitError, match=r"model\.safetensors are the weights .*; the recipe begins with abab"):
        train(begun, tmp_path / "out", tmp_path / "state.pt", ListRecorder(), start=tmp_path)


def test_the_rates_rise_hold_and_fall_to_zero() -> None:
    recipe = replace(TINY, documents=1000, decay=0.5, warmup=100)
    assert [round(recipe.factor(d), 2) for d in (0, 49, 100, 499, 750, 1000)] == [0.01, 0.5, 1.0, 1.0, 0.5, 0.0]


@pytest.mark.slow
def test_the_shipped_model_was_made_by_the_recipe_of_the_config() -> None:
    folder = home() / "models" / "docvlm-tiny"
    if not folder.exists():
        pytest.skip("models/docvlm-tiny is not here: dvc pull train")
    assert card.digest(recipe_of_config()) in (folder / card.FILE_NAME).read_text(encoding="utf-8")
