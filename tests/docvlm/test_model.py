"""The checkpoint loads like any other, and training computes what answering will compute."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from promptfit.data.synth.documents import make
from promptfit.data.synth.draw import draw
from promptfit.docvlm import architecture, batches, losses, tokenizer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("docvlm")
    architecture.save(architecture.untrained_model(seed=0), path)
    return path


@pytest.fixture(scope="module")
def batch() -> batches.Batch:
    return next(iter(batches.Sheets(seed=0, first=0, last=1, batch_size=2)))


@pytest.mark.parametrize(
    "text",
    ["Напиши Фамилия", "Ünïcode 漢字 — Ёж_x\t\n 12 😀", "Пример: ООО «Заря».", "<b>&amp;</b>", " два  пробела "],
)
def test_any_text_is_encoded_without_loss(text: str) -> None:
    words = tokenizer.build()
    assert words.decode(words.encode(text)) == text


def test_values_are_spelled_and_instructions_are_words() -> None:
    words = tokenizer.build()
    assert len(words.encode("КАРБАИНОВ")) == 9
    assert len(words.encode("Ответь только значением")) == 3


def test_it_is_small_and_loads_like_any_other(folder: Path) -> None:
    from transformers import AutoModelForImageTextToText, AutoProcessor, Qwen2VLForConditionalGeneration

    model = AutoModelForImageTextToText.from_pretrained(folder)
    assert type(model) is Qwen2VLForConditionalGeneration
    assert sum(p.numel() for p in model.parameters()) <= 4_000_000
    assert (folder / "model.safetensors").stat().st_size <= 16_000_000
    assert AutoProcessor.from_pretrained(folder).tokenizer.eos_token == "<|im_end|>"


def test_patches_are_those_of_the_processor(folder: Path) -> None:
    from transformers import AutoProcessor

    drawing = draw(make("invoice", random.Random(0)), random.Random(0))
    theirs = AutoProcessor.from_pretrained(folder).image_processor(images=[drawing.image], return_tensors="pt")
    assert torch.allclose(theirs["pixel_values"], torch.from_numpy(batches.patchify(drawing)), atol=1e-6)


def test_a_branch_computes_what_the_question_alone_would(folder: Path, batch: batches.Batch) -> None:
    """Positions, mask and shared prefix of training give the logits of an ordinary single question."""
    from transformers import AutoModelForImageTextToText

    model = AutoModelForImageTextToText.from_pretrained(folder, attn_implementation="eager").eval()
    language, count = model.model.language_model, len(batch.ids)
    grid = torch.tensor([[1, 2 * batches.ROWS, 2 * batches.COLUMNS]])
    with torch.no_grad():
        tokens = model.model.visual(batch.patches, grid_thw=grid.repeat(count, 1)).pooler_output
        image = tokens.reshape(count, batches.IMAGE_TOKENS, -1)
        embeds = language.embed_tokens(batch.ids)
        embeds[:, batches.FIRST_IMAGE : batches.FIRST_IMAGE + batches.IMAGE_TOKENS] = image
        packed = language(
            inputs_embeds=embeds, attention_mask=losses.mask(batch.segments), position_ids=batch.positions
        ).last_hidden_state
        where = (batch.segments[1] == 2).nonzero()[:, 0]
        ids = torch.cat([batch.ids[1, : batches.PREFIX], batch.ids[1, where]])[None]
        alone = model.model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            pixel_values=batch.patches.reshape(count, -1, batch.patches.shape[1])[1],
            image_grid_thw=grid,
            mm_token_type_ids=(ids == model.config.image_token_id).int(),
        ).last_hidden_state
    assert torch.allclose(packed[1, where], alone[0, batches.PREFIX :], atol=1e-4)


def test_a_character_is_looked_for_where_it_is_printed(batch: batches.Batch) -> None:
    assert batch.targets.shape == (len(batch.looks), batches.IMAGE_TOKENS)
    assert (batch.targets.sum(1) >= 1).all() and (batch.targets.sum(1) <= 6).all()
    row, position = batch.looks.T
    assert (batch.labels[row, position] != batches.IGNORE).all()
