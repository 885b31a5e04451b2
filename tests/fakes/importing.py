"""Imports as a test asks for them: a format of conf/format/ with some of its keys changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

from promptfit.build import instantiate
from promptfit.data.annotation import FILE_NAME
from promptfit.data.data_card import FILE_NAME as CARD
from promptfit.data.formats.import_plan import ImportPlan, Order
from promptfit.data.formats.read_format import ReadFormat
from promptfit.data.reader import Dataset, load
from promptfit.support.files.group_yaml import chain

CONF = Path(__file__).resolve().parents[2] / "conf"


def format_of(name: str, **keys: Any) -> ReadFormat:
    """The format as its YAML has it, with these keys."""
    node = {key: value for part in chain(CONF / "format" / f"{name}.yaml") for key, value in part.items()}
    assert keys.keys() <= node.keys()
    form: ReadFormat = instantiate({**node, **keys})
    return form


def order_of(source: Path | str, into: Path, **more: Any) -> Order:
    """An order that lets as much be left out as the configuration does."""
    return Order(**{"source": str(source), "into": into, "prompts": into, "left_out": 0.05, **more})


def planned(name: str, source: Path | str, into: Path, **keys: Any) -> ImportPlan:
    """What would be imported."""
    return format_of(name, **keys).plan(order_of(source, into))


def imported(name: str, source: Path | str, into: Path, order: dict[str, Any] | None = None, **keys: Any) -> Dataset:
    """The data set that is made, read by the project's own reader."""
    brought = format_of(name, **keys).bring(order_of(source, into, **(order or {})), lambda plan, target: True)
    assert brought is not None
    return load(brought.path)


def values(data: Dataset) -> list[tuple[str, str, str, str]]:
    """Document, image, field and answer of each sample."""
    return [
        (one.document, one.image.relative_to(data.root).as_posix(), one.field.name, one.answer) for one in data.samples
    ]


def card(data: Dataset) -> str:
    """The text of its card."""
    return (data.root / CARD).read_text("utf-8")


def header(data: Dataset) -> str:
    """The first line of its annotation."""
    return (data.root / FILE_NAME).read_text("utf-8-sig").splitlines()[0]


def picture(path: Path, number: int = 1, size: tuple[int, int] = (100, 80)) -> Path:
    """An image with a pattern of its own, so that no two look alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.new("L", size, 255)
    for place in range(12):
        if number >> place & 1:
            x, y = place % 4 * size[0] // 4, place // 4 * size[1] // 3
            image.paste(0, (x + 2, y + 2, x + size[0] // 4 - 2, y + size[1] // 3 - 2))
    image.save(path)
    return path
