"""What docvlm-tiny's eyes are asked on the way: which glyph, of which field, at which index is in a half patch."""

from __future__ import annotations

import numpy as np

from promptfit.data.synth.documents import TRUTH
from promptfit.data.synth.draw import Drawing, Glyph
from promptfit.data.synth.layouts import HEIGHT, WIDTH
from promptfit.docvlm.architecture import MERGE, PATCH, TOKEN
from promptfit.docvlm.tokenizer import GLYPHS

ROWS, COLUMNS = HEIGHT // TOKEN, WIDTH // TOKEN
IMAGE_TOKENS = ROWS * COLUMNS
CELL = PATCH // 2
"""Half a patch wide, a patch high: the cells whose glyph the auxiliary loss asks for."""
CELLS = MERGE * MERGE * 2
"""Cells of an image token."""
QUESTIONS = tuple(dict.fromkeys(q for types in TRUTH.values() for q in types))
PLACES = 2 * len(QUESTIONS) + 4
"""Classes of a cell's place: nothing, other text, each question's label and value, an invented field's."""
INDEXES = 24
IGNORE = -100


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
        place[rows, columns] = _place(g)
        if g.char in GLYPHS:
            glyph[rows, columns] = GLYPHS.index(g.char)
        if g.is_value:
            index[rows, columns] = min(g.index, INDEXES - 1)
    return _by_token(glyph), _by_token(place), _by_token(index)


def _place(glyph: Glyph) -> int:
    if glyph.question is None:
        return 1
    known = QUESTIONS.index(glyph.question) if glyph.question in QUESTIONS else len(QUESTIONS)
    return 2 + 2 * known + glyph.is_value


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
