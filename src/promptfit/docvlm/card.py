"""The model card of docvlm-tiny, written beside its weights: a recipe that a test can hold it against."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from promptfit.docvlm.pages.training_fonts import NAMES

FILE_NAME = "README.md"
_TEXT = """\
---
library_name: transformers
pipeline_tag: image-text-to-text
language: [ru, en]
license: mit
---

# docvlm-tiny

A Qwen2-VL (`Qwen2VLForConditionalGeneration`) of {parameters:,} parameters that reads drawn Russian documents
(passport, СНИЛС, invoice, and forms of no known type) and obeys short instructions in Russian and in English: for a
field's value, or for all fields as one flat JSON object. It is the built-in answerer of promptfit: small enough to
travel with the repository, real enough to be fitted.

## How it was trained

In float32, with `promptfit train`, on {documents:,} documents drawn on the fly, each seen once, with a random prompt
for each of three of its fields, or (a batch in five) one for the whole document; a batch in four has a system text.
{begun}
A page in five is laid out as the main data sets are. The others are laid out by rule (label left of the value, above
it, left out, in a table, in two columns; order, pitch, sizes, wordings of labels at random), a quarter of all with
made-up fields, in {faces} faces. Six in ten are photographed: slightly turned, resampled, softened, lit from a side,
grainy, through JPEG. Half of the names are random letters, so that reading pays and guessing does not. No name, place
or firm of the data sets is among the words of training, and no layout, face or paper of `diverse`.
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

Asked for JSON it writes one flat object, keys as the question types are written (the document type where that is
empty), in the order of the data set: with talk before it and values as printed, unless the object alone and the forms
are asked for (`promptfit.docvlm.record_skills.py`). The keys of a type that it does not know have to be named.

## What it can't do

- Anything but short printed forms: it has never seen a real photograph, another language, handwriting or a full page.
- Images are brought to 240x144 pixels' worth: letters that are then lower than about nine pixels are not read.
- It answers every question, also about a field that the document does not have.
- Phrases outside its vocabulary are spelled to it by letters, which it ignores or is confused by.
"""
_BEGUN = """\
It began with the weights `{start}` (sha256), an earlier
docvlm-tiny of the same shape; the repository's history has them, with the recipe that made them."""


def digest(recipe: Mapping[str, Any]) -> str:
    """sha256 of the recipe; the card quotes it."""
    return hashlib.sha256(json.dumps(dict(recipe), sort_keys=True).encode()).hexdigest()


def write(folder: Path, recipe: Mapping[str, Any], figures: Mapping[str, float], parameters: int) -> None:
    """Writes the card into the checkpoint's folder."""
    text = _TEXT.format(
        parameters=parameters,
        documents=recipe["documents"],
        eyes=recipe["eyes"],
        begun=_BEGUN.format(start=recipe["start"]) if recipe["start"] else "It began with random weights.",
        faces=len(NAMES),
        recipe="\n".join(f"| {k} | {v} |" for k, v in recipe.items()),
        digest=digest(recipe),
        figures="\n".join(f"| {k} | {v:.4f} |" for k, v in figures.items()),
    )
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
