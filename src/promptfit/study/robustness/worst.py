"""The worst answers with their images, as the answerer saw them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from promptfit.augment.condition import Condition
from promptfit.score.normalize import Chain
from promptfit.study.errors.classify import Read, kind_of
from promptfit.study.records.errors_json import WorstAnswer
from promptfit.support.files import pixels
from promptfit.support.files.writing import replace_file
from promptfit.types import Box


def keep_worst(folder: Path, worst: Sequence[Read], conditions: Sequence[Condition], chain: Chain) -> list[WorstAnswer]:
    """Writes the images as `worst/*.png`, in place of older ones.

    Args:
        folder: Where the record goes.
        worst: The answers.
        conditions: Those that the answers were given under.
        chain: The normalisation of truth and answer.

    Raises:
        PromptfitError: A picture can't be written.
    """
    known = {(one.operation.name, one.severity): one for one in conditions}
    into = folder / "worst"
    kept = []
    for place, read in enumerate(worst, 1):
        picture, box = _shown(read, known.get((read.augmentation, read.severity)))
        file = into / f"{place:02}.png"
        replace_file(file, picture)
        kept.append(_worst(read, f"worst/{file.name}", box, kind_of(read, chain)))
    into.mkdir(parents=True, exist_ok=True)
    for path in into.glob("*.png"):
        if not any(one.picture == f"worst/{path.name}" for one in kept):
            path.unlink()
    return kept


def _shown(read: Read, condition: Condition | None) -> tuple[bytes, Box | None]:
    """The image as a PNG, and where the answer's box went; None where it is gone or was never known."""
    from PIL import Image

    image, box = pixels.read(read.sample.image), read.sample.box
    if condition:
        altered = condition.apply(image, read.sample.document, read.text_height)
        image, box = Image.fromarray(altered.pixels), altered.carry(box) if box else None
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue(), box


def _worst(read: Read, picture: str, box: Box | None, kind: str) -> WorstAnswer:
    sample = read.sample
    return WorstAnswer(
        field=sample.field.name,
        document=sample.document,
        image=sample.image.name,
        picture=picture,
        augmentation=read.augmentation,
        severity=read.severity,
        prompt=read.prompt,
        truth=read.expected,
        answer=read.answer,
        edits=read.counts.edits,
        kind=kind,
        box=box,
        raw=read.raw,
    )
