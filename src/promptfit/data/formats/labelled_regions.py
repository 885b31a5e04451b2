"""One annotation of Label Studio as values: regions of one label are one value, in the order of reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from promptfit.support.texts import as_name
from promptfit.types import Box

MOST = 20_000
"""Results of a task."""


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A label with what was typed in its regions, or a choice; ``fault`` says why it can't be taken."""

    name: str
    answer: str = ""
    boxes: tuple[Box, ...] = ()
    fault: str = ""
    usual: bool = False


@dataclass
class _Region:
    """What results of one id say of one place."""

    labels: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    box: Box | None = None
    turned: bool = False


def labelled_values(results: Sequence[Any], width: int, height: int) -> Iterator[LabelledValue]:
    """The values of one annotation.

    Args:
        results: Of Label Studio; what is shared by several has one id.
        width: Of the image as it is shown, in pixels.
        height: Of the image.
    """
    regions: dict[str, _Region] = {}
    for number, one in enumerate(results[:MOST]):
        value = one.get("value") if isinstance(one, Mapping) else None
        if not isinstance(value, Mapping):
            continue
        placed = "x" in value and "width" in value
        if not placed:
            yield from _of_image(one, value)
            continue
        region = regions.setdefault(str(one.get("id", number)), _Region())
        region.box = region.box or _box(value, width, height)
        region.turned = region.turned or _number(value.get("rotation", 0)) not in (0, None)
        region.texts += _strings(value.get("text"))
        for kind in ("rectanglelabels", "labels"):
            region.labels += _strings(value.get(kind))
    yield from _by_label(list(regions.values()))


def _of_image(result: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[LabelledValue]:
    """A choice, or a text, of the whole image: the control's name is the field."""
    said = _strings(value.get("choices")) or _strings(value.get("text"))
    if said and (name := as_name(str(result.get("from_name", "")))):
        yield LabelledValue(name, ", ".join(said))


def _by_label(regions: Sequence[_Region]) -> Iterator[LabelledValue]:
    groups: dict[str, list[_Region]] = {}
    for region in regions:
        for label in dict.fromkeys(map(as_name, region.labels)):
            groups.setdefault(label, []).append(region)
    if unnamed := sum(not region.labels for region in regions):
        yield LabelledValue("", fault=f"{'a region' if unnamed == 1 else 'regions'} without a label", usual=True)
    for label, own in groups.items():
        own.sort(key=lambda one: (round((one.box or (0, 0, 0, 0))[1] / 10), (one.box or (0, 0, 0, 0))[0]))
        text = " ".join(as_name(part) for one in own for part in one.texts if part.strip())
        boxes = tuple(one.box for one in own if one.box and not one.turned)
        if text:
            yield LabelledValue(label, text, boxes)
        else:
            yield LabelledValue(label, fault="a rectangle in which nobody typed a text", usual=True)


def _box(value: Mapping[str, Any], width: int, height: int) -> Box | None:
    """Percent of the image as pixels; a hair outside of it is cut off."""
    x, y, w, h = (_number(value.get(key)) for key in ("x", "y", "width", "height"))
    if x is None or y is None or w is None or h is None:
        return None
    left, top = max(0.0, x * width / 100), max(0.0, y * height / 100)
    right, bottom = min(float(width), (x + w) * width / 100), min(float(height), (y + h) * height / 100)
    box = (round(left, 2), round(top, 2), round(right, 2), round(bottom, 2))
    return box if box[0] < box[2] and box[1] < box[3] else None


def _number(said: Any) -> float | None:
    try:
        number = float(said)
    except (TypeError, ValueError):
        return None
    return number if -1e6 < number < 1e6 else None


def _strings(said: Any) -> list[str]:
    if isinstance(said, str):
        return [said]
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
