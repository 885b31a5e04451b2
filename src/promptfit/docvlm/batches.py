"""Training batches, drawn on the fly: one image, prompts for some of its fields or for all at once, as tensors.

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

from promptfit.docvlm.pages.training_page import page
from promptfit.docvlm.seeing import COLUMNS, IGNORE, IMAGE_TOKENS, ROWS, cells, covered, patchify
from promptfit.docvlm.tokenizer import build
from promptfit.docvlm.training_questions import System, TrainingQuestion, about_fields, about_record, system

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from promptfit.docvlm.pages.training_page import Page

RECORDS = 0.2
"""Share of the batches that ask for whole documents."""


@dataclass
class Batch:
    """B documents; N = prefix + branches, padded.

    Attributes:
        first: Position of the first image token; before it stands the system text, one for all documents.
        patches: (B * patches, 3 * 2 * PATCH * PATCH), as Qwen2-VL's image processor orders them.
        ids, positions, segments, labels: (B, N), (3, B, N), (B, N) and (B, N); segment 0 is the prefix, -1 padding.
        looks: (L, 2) the rows (document, position) whose next character stands somewhere in the image.
        targets: (L, IMAGE_TOKENS), 1 where that character is.
        glyphs, places, indexes: (B, IMAGE_TOKENS, CELLS) classes of the cells, IGNORE where nothing is asked.
    """

    first: int
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
        moved = {f.name: getattr(self, f.name).to(device) for f in fields(self) if f.name != "first"}
        return Batch(first=self.first, **moved)


class Sheets(IterableDataset):
    """Endless batches. Batch number ``step`` depends on (seed, step) alone, so that training can resume."""

    def __init__(self, seed: int, first: int, last: int, batch_size: int) -> None:
        self.seed, self.first, self.last, self.batch_size = seed, first, last, batch_size

    def __iter__(self) -> Iterator[Batch]:
        tokenizer = build()
        for step in range(self.first, self.last):
            rng = random.Random(f"docvlm-{self.seed}-{step}")
            record = rng.random() < RECORDS
            said = system(rng, record)
            pages = [page(rng) for _ in range(self.batch_size)]
            asked = [
                about_record(p.document, said, rng) if record else about_fields(p.document, said, rng) for p in pages
            ]
            prefix = _prefix(tokenizer, said)
            documents = [_document(*one, prefix, rng, tokenizer) for one in zip(pages, asked, strict=True)]
            yield collate(
                documents, prefix.index(tokenizer.convert_tokens_to_ids("<|image_pad|>")), tokenizer.pad_token_id
            )


def _prefix(tokenizer: PreTrainedTokenizerFast, said: System) -> list[int]:
    before = f"<|im_start|>system{said.text}<|im_end|>" if said.text else ""
    image = "<|vision_start|>" + "<|image_pad|>" * IMAGE_TOKENS + "<|vision_end|>"
    ids: list[int] = tokenizer.encode(f"{before}<|im_start|>user{image}")
    return ids


def _document(
    page: Page,
    questions: list[TrainingQuestion],
    prefix: list[int],
    rng: random.Random,
    tokenizer: PreTrainedTokenizerFast,
) -> dict[str, np.ndarray]:
    ids, labels, segments = list(prefix), [IGNORE] * len(prefix), [0] * len(prefix)
    looks: list[int] = []
    targets: list[np.ndarray] = []
    for segment, question in enumerate(questions, start=1):
        head = tokenizer.encode(question.prompt) + tokenizer.encode("<|im_end|><|im_start|>assistant")
        answer: list[int] = []
        for piece in question.pieces:
            if piece.form is None:
                answer += tokenizer.encode(piece.text) if piece.text else []
                continue
            start = len(ids) + len(head) + len(answer) - 1
            looks += range(start, start + len(piece.form.text))
            glyphs = [g for g in page.drawing.glyphs if g.is_value and g.question == piece.question]
            targets += [covered(glyphs[i]) for i in piece.form.sources]
            answer += tokenizer.convert_tokens_to_ids(list(piece.form.text))
        answer.append(tokenizer.eos_token_id)
        # The last token is only ever predicted, so that it need not be read.
        labels += [IGNORE] * (len(head) - 1) + answer
        ids += head + answer[:-1]
        segments += [segment] * (len(ids) - len(segments))
    glyph, place, index = cells(page.drawing, np.random.default_rng(rng.getrandbits(32)))
    return {
        "patches": patchify(page.drawing),
        "ids": np.array(ids),
        "labels": np.array(labels),
        "segments": np.array(segments),
        "looks": np.array(looks),
        "targets": np.array(targets),
        "glyphs": glyph,
        "places": place,
        "indexes": index,
    }


def positions(segments: np.ndarray, first: int) -> np.ndarray:
    """(3, N) of M-RoPE: the image's tokens by row and column, every branch from the prefix's end."""
    out = np.zeros((3, len(segments)), dtype=np.int64)
    out[:, :first] = np.arange(first)
    image = slice(first, first + IMAGE_TOKENS)
    out[0, image] = first
    out[1, image] = first + np.repeat(np.arange(ROWS), COLUMNS)
    out[2, image] = first + np.tile(np.arange(COLUMNS), ROWS)
    after = first + max(ROWS, COLUMNS)
    out[:, first + IMAGE_TOKENS] = after
    for segment in range(1, segments.max() + 1):
        where = np.flatnonzero(segments == segment)
        out[:, where] = after + 1 + np.arange(len(where))
    return out


def collate(documents: list[dict[str, np.ndarray]], first: int, pad: int) -> Batch:
    """Pads the sequences to the longest and stacks."""
    length = max(len(d["ids"]) for d in documents)

    def stack(key: str, fill: int) -> torch.Tensor:
        padded = [np.pad(d[key], (0, length - len(d[key])), constant_values=fill) for d in documents]
        return torch.from_numpy(np.stack(padded))

    segments = stack("segments", -1)
    looks = [np.stack([np.full(len(d["looks"]), i), d["looks"]], axis=1) for i, d in enumerate(documents)]
    whole = {k: torch.from_numpy(np.stack([d[k] for d in documents])) for k in ("glyphs", "places", "indexes")}
    return Batch(
        first=first,
        patches=torch.from_numpy(np.concatenate([d["patches"] for d in documents])),
        ids=stack("ids", pad),
        positions=torch.from_numpy(np.stack([positions(s, first) for s in segments.numpy()], axis=1)),
        segments=segments,
        labels=stack("labels", IGNORE),
        looks=torch.from_numpy(np.concatenate(looks)),
        targets=torch.from_numpy(np.concatenate([d["targets"] for d in documents])),
        **whole,
    )
