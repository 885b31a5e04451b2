"""`promptfit augment`: the image operations, as a list or on a contact sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.augment.sheet import sheet
from promptfit.augment.text_height import text_height
from promptfit.build import instantiate
from promptfit.commands.shared import configured, tables
from promptfit.commands.shared.written import Written
from promptfit.data.reader import Dataset
from promptfit.paths import home, resolve
from promptfit.support.files import pixels
from promptfit.support.files.writing import replace_file
from promptfit.types import PromptfitError, Sample


def main(cfg: DictConfig) -> Path | None:
    """Lists the operations; with `show=true` draws what each makes of an image.

    Returns:
        The sheet's file; None where there is only a list.
    """
    if not cfg.augmentation:
        raise PromptfitError("augmentation=none: there is nothing to show; name some, or leave it out for all")
    if not cfg.show:
        for name in cfg.augmentation:
            tables.say(f"{name:16} {described(str(name))}")
        tables.say("", "`promptfit augment show=true` draws them all on one sheet")
        return None
    operations = [instantiate(node) for node in cfg.augmentation.values()]
    path, samples = chosen(cfg)
    image = pixels.read(path)
    boxes = [sample.box for sample in samples if sample.box]
    document = samples[0].document if samples else path.name
    drawn = sheet(operations, image, boxes, document, text_height(samples, image), int(cfg.seed))
    content, into = io.BytesIO(), resolve(str(cfg.into))
    drawn.save(content, "png")
    replace_file(into, content.getvalue())
    tables.say(f"{len(operations)} operations at five severities: {tables.shown(into)}")
    return into


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The sheet."""
    return [Written(resolve(str(cfg.into)), "into")] if cfg.show else []


def chosen(cfg: DictConfig) -> tuple[Path, list[Sample]]:
    """The image that `image=` names, or the first of the data set; and the samples of it that are known."""
    if cfg.image is not None:
        return resolve(str(cfg.image)), []
    data: Dataset = configured.load_data(cfg)
    first = data.samples[0].image
    return first, [sample for sample in data.samples if sample.image == first]


def described(name: str) -> str:
    """What the operation's YAML says of it."""
    file = home() / "conf" / "augmentation" / f"{name}.yaml"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return next((line[2:] for line in lines if line.startswith("# ") and not line.startswith("# @")), "")
