"""The model card of docvlm-tiny, written beside its weights: a recipe that a test can hold it against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE_NAME = "README.md"
_TEXT = """\
---
library_name: transformers
pipeline_tag: image-text-to-text
language: [ru, en]
license: mit
---

# docvlm-tiny

A Qwen2-VL (`Qwen2VLForConditionalGeneration`) of {parameters:,} parameters that reads three kinds of drawn Russian
documents (passport, СНИЛС, invoice; 240x144 pixels) and obeys short instructions in Russian and in English. It is
the built-in answerer of promptfit: small enough to travel with the repository, real enough to be fitted.

## How it was trained

From scratch, in float32, with `promptfit train`, on {documents:,} documents drawn on the fly, each seen once, with
one random prompt for each of its fields. Half of the names are random letters, so that reading pays and guessing does
not. No name, place or firm of the data sets is among the words of training, and no layout, font or paper of `diverse`.
The first {eyes:,} documents train the vision tower alone.

Beside the answer, three things are taught on the way, and their heads are dropped from this checkpoint: every half
patch names its glyph, and the field and the index that it belongs to; and one attention head in each of two middle
layers is rewarded for **looking** at the character that is to be said next. A study of where this model looks must
say so.

| recipe | value |
|---|---|
{recipe}

Digest of the recipe: `{digest}`

| at the end of training (running mean) | value |
|---|---|
{figures}

`glyph`, `place`, `index`: shares of half patches named rightly, from the last vision layer (`patch`) and from the
merged tokens (`token`). `mass`: attention of the guided heads on the right image tokens. `read`: next characters right.

## What it obeys

By default it says the field's name and what is printed: `Фамилия: КАРБАИНОВ`. Asked for the value only, or given an
example, it leaves the name out; asked for a form (a capital letter, digits, a date's order, a full word, no quotes, a
decimal point) or shown one, it writes the value so. The phrases are in `promptfit/docvlm/skills.py`; some were kept
out of training.

## What it can't do

- Anything but these documents and fields: it has never seen a photograph, another language or another layout.
- Other sizes than 240x144 pixels are read badly; larger images are shrunk to as many pixels.
- It answers every question, also about a field that the document does not have.
- Phrases outside its vocabulary are spelled to it by letters, which it ignores or is confused by.
"""


def digest(recipe: Mapping[str, Any]) -> str:
    """sha256 of the recipe; the card quotes it."""
    return hashlib.sha256(json.dumps(dict(recipe), sort_keys=True).encode()).hexdigest()


def write(folder: Path, recipe: Mapping[str, Any], figures: Mapping[str, float], parameters: int) -> None:
    """Writes the card into the checkpoint's folder."""
    text = _TEXT.format(
        parameters=parameters,
        documents=recipe["documents"],
        eyes=recipe["eyes"],
        recipe="\n".join(f"| {k} | {v} |" for k, v in recipe.items()),
        digest=digest(recipe),
        figures="\n".join(f"| {k} | {v:.4f} |" for k, v in figures.items()),
    )
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
