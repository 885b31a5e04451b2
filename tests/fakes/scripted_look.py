"""Where a model looked that never was: scripted shares, and pictures drawn for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from promptfit.study.records.look_json import Attention, LookRecord, Overlay, Share, Verdict
from promptfit.study.records.study_source import Source
from scripted_selection import FIELDS, HOSTILE

Draw = Callable[..., object]


def look_record(source: Source, folder: Path, draw: Draw) -> LookRecord:
    """With attention, all verdicts, and four answers' pictures."""
    verdicts = [
        Verdict("read", True, True, True, 371, {FIELDS[0]: 371}),
        Verdict("without looking", True, False, True, 62, {FIELDS[9]: 62}),
        Verdict("wrong though looking", False, True, True, 41, {FIELDS[3]: 41}),
        Verdict("misled by elsewhere", False, True, False, 9, {FIELDS[3]: 9}),
        Verdict("unsteady", True, True, False, 4, {FIELDS[3]: 4}),
        Verdict("unsteady", False, False, False, 0, {}),
    ]
    return LookRecord(
        {"mass": 0.31}, source, attention(taught=True), "", ["gray", "blur"], verdicts, share(0.038), share(0.21),
        Share(0.172, 0.06, 0.29, 480), share(0.9), share(0.6), [_overlay(i, folder, draw) for i in range(4)],
    )  # fmt: skip


def attention(taught: bool) -> Attention:
    """Twelve layers, the eighth of which is shown."""
    layers = [share(0.02 + 0.03 * min(i, 8)) for i in range(12)]
    nobody = Share(None, None, None, 0)
    return Attention(8, share(0.31), share(0.12), Share(0.19, 0.11, 0.27, 480), share(0.06), nobody, layers, {}, taught)


def share(value: float) -> Share:
    """With an interval of a tenth on both sides."""
    return Share(value, value * 0.9, value * 1.1, 480)


def _overlay(place: int, folder: Path, draw: Draw) -> Overlay:
    names = [f"look/{place}-{kind}.png" for kind in ("heat", "covered", "elsewhere")]
    for name in names:
        draw(folder / name, (224, 168), "Карбаинов", blur=place)
    said = HOSTILE if place == 2 else "Карбанов"
    return Overlay(
        FIELDS[place], f"passport-{place}", "Карбаинов", "Карбаинов", "read", 0.3, names[0], names[1], said,
        "" if place == 3 else names[2], "Карбаинов",
    )  # fmt: skip
