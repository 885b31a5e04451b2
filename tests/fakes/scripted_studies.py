"""The files of all stages for an answerer that never was: every figure in them is scripted, none is measured."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.synth.fonts import font as ttf
from promptfit.select import selection_file as selections
from promptfit.study.records import study_file as studies
from promptfit.study.records.errors_json import Confusion, ErrorsRecord, Group, GrowthPoint, WorstAnswer
from promptfit.study.records.stress_json import ConditionRecord, Consistency, Robustness, StressRecord
from promptfit.study.records.study_source import Cell, Source
from scripted_look import look_record
from scripted_selection import FIELDS, HOSTILE, PROMPTS, selection_record

NAME = "Scripted-VL-2B"
HARM = {
    "resolution": 0.9,
    "pixel_limit": 0.55,
    "defocus": 0.8,
    "motion_blur": 0.62,
    "gaussian_noise": 0.35,
    "salt_pepper": 0.3,
    "jpeg": 0.07,
    "low_contrast": 0.12,
    "brightness": 0.005,
    "rotation": 0.4,
    "quarter_turn": 0.95,
    "perspective": 0.25,
    "glare": 0.2,
    "shadow": 0.004,
    "fold": 0.1,
    "bleed_through": 0.18,
    "ink_loss": 0.22,
    "stain": 0.09,
    "finger": 0.15,
    "photocopy": 0.11,
    "phone_photo": 0.28,
    "fax": 0.5,
    "a_new_one": 0.66,
}  # fmt: skip


def write_all(root: Path, answerer: str = NAME) -> Path:
    """Writes everything that a report reads under a root.

    Returns:
        The folder of the studies.
    """
    for name, better in ((answerer, 1.0), ("Other-VL-7B", 0.6)):
        (root / "selection" / name).mkdir(parents=True)
        selections.write(root / "selection" / name / "selection.json", selection_record(name, better))
        rows = [Row(field, prompt, 0.05) for field, prompt in PROMPTS.items()]
        collection.write(root / "selection" / name / f"{name}_best.csv", rows)
    best = root / "selection" / answerer / f"{answerer}_best.csv"
    digest = hashlib.sha256(best.read_bytes()).hexdigest()
    source = Source(
        answerer, "diverse", "d" * 64, best.relative_to(root).as_posix(), digest, 0, ["strip"], "4f2ad90d" * 5,
        "0123456789abcdef" * 2, 22_440, 30, {"no box": 12}, f"promptfit stress model={answerer} documents=30",
    )  # fmt: skip
    folder = root / "study" / answerer
    (folder / "worst").mkdir(parents=True)
    (folder / "look").mkdir()
    studies.write(folder / "stress.json", stress_record(source))
    studies.write(folder / "errors.json", errors_record(source, folder))
    studies.write(folder / "look.json", look_record(source, folder, draw))
    return folder


def cell(cer: float) -> Cell:
    """With an interval that is a fifth wide."""
    if not cer:
        return Cell(0.0, 0.0, 0.095, "exact", 1.0, 120, 30)
    return Cell(cer, cer * 0.8, min(1.6, cer * 1.2 + 0.004), "studentized", max(0.0, 1 - 3 * cer), 120, 30)


def clean_cer(place: int) -> float:
    """The first field is read without any error."""
    return 0.0 if not place else 0.012 + 0.011 * (place % 6)


def stress_record(source: Source) -> StressRecord:
    """Every augmentation of ``HARM`` at five severities."""
    conditions, clean = [], {field: cell(clean_cer(place)) for place, field in enumerate(FIELDS)}
    mean = sum(one.cer for one in clean.values()) / len(clean)
    for name, harm in HARM.items():
        for severity in range(1, 6):
            cers = [clean_cer(i) + harm * (severity / 5) ** 2 * (0.5 + (i % 5) / 4) for i in range(len(FIELDS))]
            macro = sum(cers) / len(cers)
            fields = dict(zip(FIELDS, map(cell, cers), strict=True))
            change = macro - mean
            conditions.append(
                ConditionRecord(name, severity, cell(macro), fields, change, change - 0.01, change + 0.01)
            )
    return StressRecord(
        {"cer_clean": mean}, source, "tesseract", 0.5, cell(mean), clean, PROMPTS, conditions,
        [_robustness(name, [one for one in conditions if one.augmentation == name], mean) for name in HARM],
        [Consistency(field, 4, 30, 0.93 - 0.02 * i, 0.81 - 0.03 * i) for i, field in enumerate(FIELDS)],
    )  # fmt: skip


def _robustness(name: str, own: Sequence[ConditionRecord], clean: float) -> Robustness:
    mean = sum(one.overall.cer for one in own) / len(own)
    breaks = {field: next((c.severity for c in own if c.fields[field].cer > 0.5), None) for field in FIELDS}
    return Robustness(
        name,
        mean,
        mean - clean,
        mean / 0.4,
        breaks,
        0.9 * mean,
        1.1 * mean,
        "studentized",
        mean - clean - 0.02,
        mean - clean + 0.02,
    )


def errors_record(source: Source, folder: Path) -> ErrorsRecord:
    """Kinds, confusions, groups, growth points and ten bad answers, some of them hostile."""
    kinds = {"substitution": 4210, "lost": 1904, "added": 822, "case": 310, "spaces": 120, "format": 402, "chatty": 93,
             "refusal": 12, "empty": 40, "other field": 640, "invented": 220}  # fmt: skip
    edits = sum(kinds.values())
    levers = {"case": "post-processing", "spaces": "post-processing", "chatty": "prompt", "format": "post-processing",
              "lost": "larger image", "refusal": "prompt", "other field": "prompt"}  # fmt: skip
    pairs = [
        ("О", "0"),
        ("З", "3"),
        ("И", "Й"),
        ("Ё", "Е"),
        (" ", ""),
        ("", "."),
        ("<", "&"),
        ("8", "В"),
        ("\u202e", ""),
    ]
    groups = [Group("field", name, cell(0.05 + 0.01 * i), kinds) for i, name in enumerate(FIELDS)]
    groups += [Group("augmentation", name, cell(harm), kinds) for name, harm in {"": 0.04, **HARM}.items()]
    groups += [Group("length", name, cell(0.1), kinds) for name in ("1-5", "6-10", "11-20", "21+")]
    groups += [Group("text_height", name, cell(0.2 - 0.03 * i), kinds) for i, name in enumerate(("<8", "8-12", ">12"))]
    growth = [
        GrowthPoint(kind, levers.get(kind, "better model"), 0.31 * n / edits, 0.25 * n / edits, 0.38 * n / edits,
                    n // 3, "lower" if kind == "case" else None,
                    [["Иванова", "ИВАНОВА"], ["12.05.1990", "12 мая 1990"]])
        for kind, n in kinds.items()
    ]  # fmt: skip
    confusions = [Confusion(true, read, 320 - 30 * i, 0.21 - 0.02 * i) for i, (true, read) in enumerate(pairs)]
    return ErrorsRecord(
        {"cer": 0.31}, source, cell(0.31), False, kinds, confusions, groups, growth, _worst(folder)
    )  # fmt: skip


def _worst(folder: Path) -> list[WorstAnswer]:
    answers = ["Карбаин0в", "", HOSTILE, "Фамилия владельца паспорта: КАРБАИНОВ.",
               "Z\u0301\u0302\u0303\u0304\u0305" * 9, "слово " * 300, "Карба нов", "Имя", "half \ud800 of it",
               "\u202eвонйабраК"]  # fmt: skip
    made = []
    for place, answer in enumerate(answers):
        size = (1240, 1754) if place == 3 else (224, 168)
        name, truth = f"worst/{place:02}.png", "Карбаинов"
        box = draw(folder / name, size, truth, blur=place % 3)
        picture = "" if place == 7 else name
        kind = "chatty" if place == 3 else "substitution"
        made.append(
            WorstAnswer(FIELDS[place], f"passport-{place:04}", f"passport-{place:04}-1.jpg", picture,
                        "defocus" if place % 3 else "", place % 3, PROMPTS[FIELDS[place]], truth, answer, 9, kind, box)
        )  # fmt: skip
    return made


def draw(path: Path, size: tuple[int, int], text: str, blur: float = 0) -> tuple[float, float, float, float]:
    """A small document with a text on it.

    Returns:
        The text's box.
    """
    image = Image.effect_noise(size, 12).convert("RGB")
    image = Image.blend(image, Image.new("RGB", size, "#eedfd0"), 0.8)
    pen, font = ImageDraw.Draw(image), ttf("Roboto-Medium", size[1] // 9)
    places = [(size[0] * 0.12, size[1] * (0.12 + 0.2 * line)) for line in range(4)]
    for line, place in enumerate(places):
        pen.text(place, text if line == 1 else "·" * math.ceil(6 + line), "#27313f", font=font)
    box = pen.textbbox(places[1], text, font=font)
    image.filter(ImageFilter.GaussianBlur(blur)).save(path)
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
