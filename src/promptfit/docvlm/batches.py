"""Training batches, drawn on the fly: one image, one prompt for each of its fields, as tensors.

All questions of a document share one image prefix and see nothing of each other: a branch starts where the
prefix ends, exactly as if it had been asked alone.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.utils.data import IterableDataset

from promptfit.data.synth.documents import TRUTH, make
from promptfit.data.synth.draw import Drawing, Glyph, draw
from promptfit.data.synth.layouts import HEIGHT, WIDTH
from promptfit.docvlm import skills
from promptfit.docvlm.architecture import MERGE, PATCH, TOKEN
from promptfit.docvlm.tokenizer import GLYPHS, build

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

ROWS, COLUMNS = HEIGHT // TOKEN, WIDTH // TOKEN
IMAGE_TOKENS = ROWS * COLUMNS
CELL = PATCH // 2
"""Half a patch wide, a patch high: the cells whose glyph the auxiliary loss asks for."""
CELLS = MERGE * MERGE * 2
"""Cells of an image token."""
QUESTIONS = tuple(dict.fromkeys(q for types in TRUTH.values() for q in types))
PLACES = 2 * len(QUESTIONS) + 2
"""Classes of a cell's place: nothing, other text, each question's label, each question's value."""
INDEXES = 24
IGNORE = -100


@dataclass
class Batch:
    """B documents; N = prefix + branches, padded.

    Attributes:
        patches: (B * patches, 3 * 2 * PATCH * PATCH), as Qwen2-VL's image processor orders them.
        ids, positions, segments, labels: (B, N), (3, B, N), (B, N) and (B, N); segment 0 is the prefix, -1 padding.
        looks: (L, 2) the rows (document, position) whose next character stands somewhere in the image.
        targets: (L, IMAGE_TOKENS), 1 where that character is.
        glyphs, places, indexes: (B, IMAGE_TOKENS, CELLS) classes of the cells, IGNORE where nothing is asked.
    """

    patches: torch.Tensor
    ids: torch.Tensor
    positions: torch.Tensor
    segments: torch.Tensor
    labels: torch.Tensor
    looks: torch.Tensor
    targets: torch.Tensor
    glyphs: torch.Tensor
    places: torch.Tensor
    indexes: torch.Tensor

    def to(self, device: str) -> Batch:
        """The same batch on another device."""
        return Batch(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})


def patchify(drawing: Drawing) -> np.ndarray:
    """(patches, 3 * 2 * PATCH * PATCH) float32 in [-1, 1], grouped by image token."""
    pixels = np.asarray(drawing.image, dtype=np.float32) / 127.5 - 1.0
    grid = pixels.reshape(ROWS, MERGE, PATCH, COLUMNS, MERGE, PATCH, 3).transpose(0, 3, 1, 4, 6, 2, 5)
    return np.repeat(grid.reshape(-1, 3, 1, PATCH, PATCH), 2, axis=2).reshape(-1, 3 * 2 * PATCH * PATCH)


def cells(drawing: Drawing, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Classes of glyph, place and index for every cell, each (IMAGE_TOKENS, CELLS)."""
    shape = (HEIGHT // PATCH, WIDTH // CELL)
    glyph, index = np.full(shape, IGNORE), np.full(shape, IGNORE)
    # Paper is most of the cells: a tenth of it is enough to learn.
    place = np.where(rng.random(shape) < 0.1, 0, IGNORE)
    for g in drawing.glyphs:
        x1, y1, x2, y2 = g.box
        rows = slice(max(0, round((y1 + 2) / PATCH - 0.4)), max(0, round((y2 - 2) / PATCH + 0.4)))
        columns = slice(int(np.ceil(x1 / CELL - 0.5)), int(np.ceil(x2 / CELL - 0.5)))
        place[rows, columns] = 1 if g.question is None else 2 + 2 * QUESTIONS.index(g.question) + g.is_value
        if g.is_value:
            glyph[rows, columns] = GLYPHS.index(g.char)
            index[rows, columns] = min(g.index, INDEXES - 1)
    return _by_token(glyph), _by_token(place), _by_token(index)


def _by_token(grid: np.ndarray) -> np.ndarray:
    split = grid.reshape(ROWS, MERGE, COLUMNS, MERGE * 2).transpose(0, 2, 1, 3)
    return split.reshape(IMAGE_TOKENS, CELLS)


def covered(glyph: Glyph) -> np.ndarray:
    """(IMAGE_TOKENS,) 1 for the image tokens that hold a good part of the character."""
    x1, y1, x2, y2 = glyph.box
    tx, ty = np.arange(COLUMNS) * TOKEN, np.arange(ROWS) * TOKEN
    wide = np.clip(np.minimum(tx + TOKEN, x2) - np.maximum(tx, x1), 0, None) / (x2 - x1)
    high = np.clip(np.minimum(ty + TOKEN, y2) - np.maximum(ty, y1), 0, None) / (y2 - y1)
    share = np.outer(high, wide).reshape(-1)
    tokens: np.ndarray = (share >= min(0.3, share.max())).astype(np.float32)
    return tokens


class Sheets(IterableDataset):
    """Endless batches. Batch number ``step`` depends on (seed, step) alone, so that training can resume."""

    def __init__(self, seed: int, first: int, last: int, batch_size: int) -> None:
        self.seed, self.first, self.last, self.batch_size = seed, first, last, batch_size

    def __iter__(self) -> Iterator[Batch]:
        tokenizer = build()
        for step in range(self.first, self.last):
            rng = random.Random(f"docvlm-{self.seed}-{step}")
            yield collate([_document(rng, tokenizer) for _ in range(self.batch_size)], tokenizer.pad_token_id)


def _document(rng: random.Random, tokenizer: PreTrainedTokenizerFast) -> dict[str, np.ndarray]:
    document = make(rng.choice(list(TRUTH)), rng, training=True)
    drawing = draw(document, rng)
    ids, labels, segments, looks = _prefix(tokenizer)
    targets = []
    for segment, question in enumerate(document.values, start=1):
        prompt, phrases = skills.training_prompt(document, question, rng)
        prefix, form = skills.reply(document, question, phrases)
        glyphs = [g for g in drawing.glyphs if g.is_value and g.question == question]
        head = tokenizer.encode(prompt) + tokenizer.encode("<|im_end|><|im_start|>assistant")
        said = tokenizer.encode(prefix) if prefix else []
        spelled = tokenizer.convert_tokens_to_ids(list(form.text))
        start = len(ids) + len(head) + len(said) - 1
        looks += range(start, start + len(spelled))
        targets += [covered(glyphs[i]) for i in form.sources]
        answer = [*said, *spelled, tokenizer.eos_token_id]
        # The last token is only ever predicted, so that it need not be read.
        labels += [IGNORE] * (len(head) - 1) + answer
        ids += head + answer[:-1]
        segments += [segment] * (len(ids) - len(segments))
    numbers = np.random.default_rng(rng.getrandbits(32))
    glyph, place, index = cells(drawing, numbers)
    return {
        "patches": patchify(drawing),
        "ids": np.array(ids),
        "labels": np.array(labels),
        "segments": np.array(segments),
        "looks": np.array(looks),
        "targets": np.array(targets),
        "glyphs": glyph,
        "places": place,
        "indexes": index,
    }


def _prefix(tokenizer: PreTrainedTokenizerFast) -> tuple[list[int], list[int], list[int], list[int]]:
    ids = tokenizer.encode("<|im_start|>user<|vision_start|>" + "<|image_pad|>" * IMAGE_TOKENS + "<|vision_end|>")
    return ids, [IGNORE] * len(ids), [0] * len(ids), []


PREFIX = IMAGE_TOKENS + 4
FIRST_IMAGE = 3


def positions(segments: np.ndarray) -> np.ndarray:
    """(3, N) of M-RoPE: the image's tokens by row and column, every branch from the prefix's end."""
    out = np.zeros((3, len(segments)), dtype=np.int64)
    out[:, :FIRST_IMAGE] = np.arange(FIRST_IMAGE)
    image = slice(FIRST_IMAGE, FIRST_IMAGE + IMAGE_TOKENS)
    out[0, image] = FIRST_IMAGE
    out[1, image] = FIRST_IMAGE + np.repeat(np.arange(ROWS), COLUMNS)
    out[2, image] = FIRST_IMAGE + np.tile(np.arange(COLUMNS), ROWS)
    after = FIRST_IMAGE + max(ROWS, COLUMNS)
    out[:, PREFIX - 1] = after
    for segment in range(1, segments.max() + 1):
        where = np.flatnonzero(segments == segment)
        out[:, where] = after + 1 + np.arange(len(where))
    return out


def collate(documents: list[dict[str, np.ndarray]], pad: int) -> Batch:
    """Pads the sequences to the longest and stacks."""
    length = max(len(d["ids"]) for d in documents)

    def stack(key: str, fill: int) -> torch.Tensor:
        padded = [np.pad(d[key], (0, length - len(d[key])), constant_values=fill) for d in documents]
        return torch.from_numpy(np.stack(padded))

    segments = stack("segments", -1)
    looks = [np.stack([np.full(len(d["looks"]), i), d["looks"]], axis=1) for i, d in enumerate(documents)]
    whole = {k: torch.from_numpy(np.stack([d[k] for d in documents])) for k in ("glyphs", "places", "indexes")}
    return Batch(
        patches=torch.from_numpy(np.concatenate([d["patches"] for d in documents])),
        ids=stack("ids", pad),
        positions=torch.from_numpy(np.stack([positions(s) for s in segments.numpy()], axis=1)),
        segments=segments,
        labels=stack("labels", IGNORE),
        looks=torch.from_numpy(np.concatenate(looks)),
        targets=torch.from_numpy(np.concatenate([d["targets"] for d in documents])),
        **whole,
    )
