"""What answers will cost is said before they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import OmegaConf
from PIL import Image

from promptfit.commands.shared import quote
from promptfit.types import Field, PromptfitError, Sample


def model(**more: object) -> object:
    answerer = {
        "_target_": "promptfit.answer.chat.chat_answerer.ChatAnswerer",
        "name": "API",
        "model": "some",
        "max_new_tokens": 10,
        "price": {"input": 2.0, "output": 8.0},
        **more,
    }
    return OmegaConf.create({"model": {"name": "API", "answerer": answerer}})


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    Image.new("RGB", (500, 500)).save(tmp_path / "a.png")
    return Sample("d", tmp_path / "a.png", "0", "?", "x", Field("passport", "Имя"), "search")


def test_tokens_and_money_of_an_api(sample: Sample) -> None:
    # 300 + 250,000 / 500 tokens of the image, 150 of the prompt
    (line,) = quote.answers(model(), 1000, [sample])
    assert "950,000 tokens in, 10,000 out" in line and "money 1.98" in line


def test_images_that_are_shrunk_take_less(sample: Sample) -> None:
    (line,) = quote.answers(model(max_pixels=50_000), 1000, [sample])
    assert "550,000 tokens in" in line


def test_an_unknown_price_is_named_before_anything_is_spent(sample: Sample) -> None:
    with pytest.raises(PromptfitError, match="price"):
        quote.answers(model(price=None), 1, [sample])


def test_an_image_that_is_gone_is_no_fault_here(sample: Sample) -> None:
    sample.image.unlink()
    assert quote.answers(model(), 1, [sample])


def test_a_model_of_ones_own_costs_nothing(sample: Sample) -> None:
    own = {
        "name": "docvlm-tiny",
        "answerer": {"_target_": "promptfit.answer.manual_answerer.ManualAnswerer", "name": "web"},
    }
    assert not quote.answers(OmegaConf.create({"model": own}), 1000, [sample])
