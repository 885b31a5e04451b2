"""The checkpoint loads like any other, and training computes what answering will compute."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch
from PIL import Image

from promptfit.data.synth.documents import make
from promptfit.data.synth.draw import draw
from promptfit.docvlm import architecture, batches, losses, seeing, tokenizer, training_attention
from training_faces import needs_faces


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
    [
        '{"Имя": "Ян", "Пол": ""}',
        '{"a":"b"}',
        "Напиши Фамилия",
        "Ünïcode 漢字 — Ёж_x\t\n 12 😀",
        "Пример: ООО «Заря».",
        "<b>&amp;</b>",
        " два  пробела ",
    ],
)
def test_any_text_is_encoded_without_loss(text: str) -> None:
    words = tokenizer.build()
    assert words.decode(words.encode(text)) == text


def test_values_are_spelled_and_instructions_are_words() -> None:
    words = tokenizer.build()
    assert len(words.encode("КАРБАИНОВ")) == 9
    assert len(words.encode("Ответь только значением")) == 3
    assert len(words.encode('{"Фамилия": "КАРБАИНОВ", "Имя": "ЯН"}')) == 1 + 1 + 1 + 9 + 1 + 1 + 1 + 2 + 1


@pytest.mark.parametrize("size", [(240, 144), (204, 122), (276, 166), (312, 187), (480, 288), (120, 72)])
def test_an_image_of_any_size_fills_the_usual_tokens(folder: Path, size: tuple[int, int]) -> None:
    from transformers import AutoProcessor

    processor = AutoProcessor.from_pretrained(folder).image_processor
    seen = processor(images=[Image.new("RGB", size)], return_tensors="pt")["image_grid_thw"][0].tolist()
    assert seen == [1, 2 * seeing.ROWS, 2 * seeing.COLUMNS]


def test_another_checkpoint_is_taken_over_by_the_names_of_its_tokens(folder: Path, tmp_path: Path) -> None:
    kept = architecture.untrained_model(seed=1)
    architecture.save(kept, tmp_path)
    spelled = (tmp_path / "tokenizer.json").read_text(encoding="utf-8")
    ids = tokenizer.build().get_vocab()
    # as if an earlier vocabulary had had these two the other way round
    swapped = spelled.replace(f'"7": {ids["7"]},', f'"7": {ids["8"]},').replace(
        f'"8": {ids["8"]},', f'"8": {ids["7"]},'
    )
    (tmp_path / "tokenizer.json").write_text(swapped, encoding="utf-8")
    model = architecture.untrained_model(seed=0)
    architecture.take_over(model, tmp_path)
    rows, before = model.get_input_embeddings().weight, kept.get_input_embeddings().weight
    assert torch.equal(rows[ids["7"]], before[ids["8"]]) and torch.equal(rows[ids["Ж"]], before[ids["Ж"]])
    assert torch.equal(model.model.visual.blocks[0].attn.qkv.weight, kept.model.visual.blocks[0].attn.qkv.weight)


@needs_faces
def test_training_computes_attention_as_the_library_does(batch: batches.Batch) -> None:
    taught = losses.Taught(architecture.untrained_model(seed=0))
    theirs, gradients = {}, {}
    for name in ("eager", "ours"):
        if name == "ours":
            training_attention.use(taught.model)
        else:
            taught.model.set_attn_implementation("eager")
        taught.zero_grad()
        out = taught(batch)
        (out["loss_read"] + out["loss_see_token"]).backward()
        theirs[name] = {k: out[k].detach() for k in ("loss_read", "loss_see_patch", "loss_see_token")}
        gradients[name] = taught.model.model.visual.blocks[0].attn.qkv.weight.grad.clone()
    for key, value in theirs["eager"].items():
        assert torch.allclose(value, theirs["ours"][key], atol=1e-4), key
    assert torch.allclose(gradients["eager"], gradients["ours"], atol=1e-4)


def test_it_is_small_and_loads_like_any_other(folder: Path) -> None:
    from transformers import AutoModelForImageTextToText, AutoProcessor, Qwen2VLForConditionalGeneration

    model = AutoModelForImageTextToText.from_pretrained(folder)
    assert type(model) is Qwen2VLForConditionalGeneration
    assert sum(p.numel() for p in model.parameters()) <= 6_000_000
    assert (folder / "model.safetensors").stat().st_size <= 24_000_000
    assert AutoProcessor.from_pretrained(folder).tokenizer.eos_token == "<|im_end|>"


def test_patches_are_those_of_the_processor(folder: Path) -> None:
    from transformers import AutoProcessor

    drawing = draw(make("invoice", random.Random(0)), random.Random(0))
    theirs = AutoProcessor.from_pretrained(folder).image_processor(images=[drawing.image], return_tensors="pt")
    assert torch.allclose(theirs["pixel_values"], torch.from_numpy(seeing.patchify(drawing)), atol=1e-6)


@needs_faces
def test_a_branch_computes_what_the_question_alone_would(folder: Path, batch: batches.Batch) -> None:
    """Positions, mask and shared prefix of training give the logits of an ordinary single question."""
    from transformers import AutoModelForImageTextToText

    model = AutoModelForImageTextToText.from_pretrained(folder, attn_implementation="eager").eval()
    language, count = model.model.language_model, len(batch.ids)
    grid = torch.tensor([[1, 2 * seeing.ROWS, 2 * seeing.COLUMNS]])
    with torch.no_grad():
        tokens = model.model.visual(batch.patches, grid_thw=grid.repeat(count, 1)).pooler_output
        image = tokens.reshape(count, seeing.IMAGE_TOKENS, -1)
        embeds = language.embed_tokens(batch.ids)
        embeds[:, batch.first : batch.first + seeing.IMAGE_TOKENS] = image
        packed = language(
            inputs_embeds=embeds, attention_mask=losses.mask(batch.segments), position_ids=batch.positions
        ).last_hidden_state
        where = (batch.segments[1] == 2).nonzero()[:, 0]
        prefix = int((batch.segments[1] == 0).sum())
        ids = torch.cat([batch.ids[1, :prefix], batch.ids[1, where]])[None]
        alone = model.model(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            pixel_values=batch.patches.reshape(count, -1, batch.patches.shape[1])[1],
            image_grid_thw=grid,
            mm_token_type_ids=(ids == model.config.image_token_id).int(),
        ).last_hidden_state
    assert torch.allclose(packed[1, where], alone[0, prefix:], atol=1e-4)


@needs_faces
def test_a_character_is_looked_for_where_it_is_printed(batch: batches.Batch) -> None:
    assert batch.targets.shape == (len(batch.looks), seeing.IMAGE_TOKENS)
    assert (batch.targets.sum(1) >= 1).all() and (batch.targets.sum(1) <= 6).all()
    row, position = batch.looks.T
    assert (batch.labels[row, position] != seeing.IGNORE).all()
