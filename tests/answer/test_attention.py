"""Attention of answers over the image, on tiny random checkpoints, against a plain forward pass of the whole text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from benchmarks.stated import read

from parted import answered, parted
from promptfit.answer.attending import Attending, Gaze, NoAttention
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.tesseract.ocr_answerer import OcrAnswerer
from promptfit.support.files import pixels
from promptfit.types import Request

CONF = Path(__file__).parents[2] / "conf" / "model"
GENERIC = "Опиши изображение"
PROMPTS = ("Напиши Фамилия", "Номер", "а" * 30)
GRIDS = {
    "qwen2_vl": "Qwen2-VL-2B",
    "qwen2_5_vl": "Qwen2.5-VL-3B",
    "qwen3_vl": "Qwen3-VL-2B",
    "gemma3": "Gemma3-4B",
    "paligemma": "PaliGemma2-3B",
}
"""Families whose image tokens form one grid, by the YAML of one of them."""
TILES = {
    "idefics3": "Idefics3-8B",
    "llava_onevision": "LLaVA-OneVision-0.5B",
    "llava_next": "Granite-Vision-2B",
    "internvl": "InternVL3-1B",
}


def answerer(yaml: str, checkpoint: Path, **changes: Any) -> LocalAnswerer:
    node = read(f"model/{yaml}")["answerer"]
    named = ("chat_template", "reuse_image", "processor_options", "batch_size")
    own = {name: node[name] for name in named if name in node}
    return LocalAnswerer(str(checkpoint), device="cpu", max_new_tokens=8, **own | changes)


def looked(model: LocalAnswerer, requests: list[Request]) -> dict[int, Gaze]:
    answers = {index: answer.text for index, answer in answered(model.answer(requests)).items()}
    return answered(model.attend(requests, [answers[index] for index in range(len(requests))], GENERIC))


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    drawn = [picture(1), picture(2, (96, 64))]
    asked = [Request(path, digest, prompt) for path, digest in drawn for prompt in PROMPTS]
    return [*asked, Request(*drawn[0], PROMPTS[0], system="Отвечай кратко")]


def plainly(model: LocalAnswerer, request: Request, said: str) -> np.ndarray:
    """Weights over the image while these tokens were said: one pass over everything, each token and head by itself."""
    engine = model._engine.loaded
    features = engine.inputs([request], {(str(request.image), ""): pixels.read(request.image)})
    tokens = engine.processor.tokenizer(said, add_special_tokens=False)["input_ids"]
    prompt = features["input_ids"].shape[1]
    for name in list(features):
        if features[name].shape == (1, prompt) and name != "input_ids":
            more = torch.full((1, len(tokens)), int(name == "attention_mask"))
            features[name] = torch.cat([features[name], more], dim=1)
    features["input_ids"] = torch.cat([features["input_ids"], torch.tensor([tokens], dtype=torch.long)], dim=1)
    with torch.inference_mode():
        layers = engine.model(**features, output_attentions=True).attentions
    image = (features["input_ids"][0] == engine.model.config.image_token_id).nonzero()[:, 0].tolist()
    places = range(prompt - 1, prompt - 1 + max(1, len(tokens)))
    heads = range(layers[0].shape[1])
    return np.array(
        [
            [np.mean([float(weights[0, head, at, column]) for at in places for head in heads]) for column in image]
            for weights in layers
        ]
    )


@pytest.mark.parametrize("said", ["Карбаинов", "ж", ""])
def test_it_is_what_the_model_itself_gives(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]], said: str
) -> None:
    model = answerer("Qwen2-VL-2B", tiny("qwen2_vl"), attn_implementation="eager")
    request = Request(*picture(1, (96, 64)), PROMPTS[0])
    gaze = answered(model.attend([request], [said], GENERIC))[0]
    layers, rows, columns = gaze.question.shape
    assert layers == 2 and rows < columns, "the image lies on its side"
    assert gaze.question.reshape(layers, -1) == pytest.approx(plainly(model, request, said), abs=1e-6)
    generic = Request(request.image, request.image_digest, GENERIC)
    assert gaze.generic.reshape(layers, -1) == pytest.approx(plainly(model, generic, ""), abs=1e-6)


@pytest.mark.parametrize(("family", "yaml"), GRIDS.items(), ids=GRIDS)
def test_it_is_the_same_in_batches_and_leaves_answers_as_they_were(
    family: str, yaml: str, tiny: Callable[[str], Path], requests: list[Request]
) -> None:
    model = answerer(yaml, tiny(family), processor_options={})
    assert isinstance(model, Attending)
    before = answered(model.answer(requests))
    several = looked(model, requests)
    alone = looked(answerer(yaml, tiny(family), processor_options={}, batch_size=1), requests)
    assert sorted(several) == list(range(len(requests)))
    for index in several:
        assert several[index].question == pytest.approx(alone[index].question, abs=1e-5)
        assert several[index].generic == pytest.approx(alone[index].generic, abs=1e-5)
        assert 0 < several[index].question.sum(axis=(1, 2)).max() <= 1
    after = answered(model.answer(requests))
    assert {place: one.text for place, one in after.items()} == {place: one.text for place, one in before.items()}


@pytest.mark.parametrize(("family", "yaml"), TILES.items(), ids=TILES)
def test_tiles_are_no_grid(family: str, yaml: str, tiny: Callable[[str], Path], requests: list[Request]) -> None:
    with pytest.raises(NoAttention, match=r"gives no attention map: it (cuts|keeps)"):
        looked(answerer(yaml, tiny(family)), requests)


def test_an_image_of_one_tile_is_a_grid(tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]]) -> None:
    gazes = looked(answerer("InternVL3-1B", tiny("internvl")), [Request(*picture(1, (32, 32)), "Номер")])
    assert gazes[0].question.shape == (2, 2, 2)


def test_an_image_that_cannot_be_read_fails_alone(
    tiny: Callable[[str], Path], requests: list[Request], tmp_path: Path
) -> None:
    lost = Request(tmp_path / "lost.png", "lost", "Номер")
    said = ["", *["а"] * len(requests)]
    found, reasons = parted(answerer("Qwen2-VL-2B", tiny("qwen2_vl")).attend([lost, *requests], said, "б"))
    assert len(found) == len(requests) and list(reasons) == [0]


def test_others_give_none() -> None:
    assert not isinstance(OcrAnswerer.__new__(OcrAnswerer), Attending)
