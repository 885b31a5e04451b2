"""The page of a check: every odd row with its image, to be scrolled through before money is spent on it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from promptfit.report.embedded import EmbeddedImage, album
from promptfit.report.environment import environment, text
from promptfit.study.checks.finding import KINDS, DatasetFindings, Finding
from promptfit.support.grouped_by import grouped_by
from promptfit.types import PromptfitError

MOST_IMAGES = 400
"""Images that a page shows; a table beside it has all rows."""
MOST_BYTES = 60_000_000
"""Of all images of a page: a browser opens that."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "A data set, looked through",
        "lead": "{rows} rows, {images} images, {count} odd rows. To stand here is no verdict: look, and decide",
        "none": "Nothing odd was found.",
        "row": "row",
        "strike": "To strike all of them",
        "no_picture": "the image cannot be shown",
        "more": "and {} more images, whose rows stand in the table beside this page",
        "notes": "Of the whole",
        "looked_up": "OCR has read {} page(s)",
        **KINDS,
    },
    "ru": {
        "title": "Проверка набора данных",
        "lead": "Строк: {rows}, изображений: {images}, странных строк: {count}. Это не приговор: решать вам",
        "none": "Ничего странного не нашлось.",
        "row": "строка",
        "strike": "Вычеркнуть все",
        "no_picture": "изображение не удалось показать",
        "more": "и ещё изображений: {}; их строки есть в таблице рядом с этой страницей",
        "notes": "О наборе целиком",
        "looked_up": "Страниц, прочитанных OCR: {}",
        "fault": "строки, которые нельзя прочитать: ошибка в изображении, рамке или имени",
        "contradiction": "та же картинка, но другой верный ответ того же поля",
        "copy": "один и тот же файл под двумя именами",
        "near copy": "та же картинка в другом файле",
        "type": "верные ответы, которые не подходят к типу поля",
        "tokenised": "верные ответы с пробелами, которых в документах не бывает, как 12 /10 /98",
        "off page": "верные ответы, которых OCR не нашёл на странице",
        "unread": "верные ответы страниц, с которых OCR прочитал слишком мало, чтобы судить",
        "empty": "строки без верного ответа: значит, в документе этого нет",
    },
}


@dataclass(frozen=True, slots=True)
class OddImage:
    """An image with what is odd in its rows."""

    name: str
    picture: EmbeddedImage | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class OddKind:
    """A kind of oddities: the command that strikes all its rows, and its images."""

    kind: str
    rows: tuple[int, ...]
    images: tuple[OddImage, ...]
    more: int


def check_page(found: DatasetFindings, shown: str, language: str) -> str:
    """The whole page: one file, no script, no address outside of it.

    Args:
        found: What was found.
        shown: The data set as a command names it.
        language: ``ru`` or ``en``.

    Raises:
        PromptfitError: There is no such language.
    """
    if language not in WORDS:
        raise PromptfitError(f"language={language}: no such language; there are: {', '.join(WORDS)}")
    names = list(dict.fromkeys(one.image for one in found.findings))[:MOST_IMAGES]
    places = {name: place for name in names if (place := _inside(found.root, name))}
    pictures = album(places.values(), MOST_BYTES)
    kinds = [_kind(kind, own, places, pictures) for kind, own in _by_kind(found).items()]
    template = environment().get_template("check.html")
    told = {"shown": shown, "quoted": shlex.quote(shown), "language": language, "w": WORDS[language]}
    return text(template.render(found=found, kinds=kinds, **told))


def _by_kind(found: DatasetFindings) -> dict[str, list[Finding]]:
    return grouped_by(found.findings, lambda one: one.kind)


def _kind(
    kind: str, findings: list[Finding], places: Mapping[str, Path], pictures: Mapping[Path, EmbeddedImage]
) -> OddKind:
    images = grouped_by(findings, lambda one: one.image)
    shown = [
        OddImage(name, pictures.get(places[name]) if name in places else None, tuple(own))
        for name, own in list(images.items())[:MOST_IMAGES]
    ]
    rows = tuple(dict.fromkeys(one.row for one in findings))
    return OddKind(kind, rows, tuple(shown), len(images) - len(shown))


def _inside(root: Path, name: str) -> Path | None:
    """The file of an image, where it lies in the data set's folder: a page shows nothing else."""
    try:
        path = (root / name.strip().replace("\\", "/")).resolve()
        return path if path.is_relative_to(root.resolve()) and path.is_file() else None
    except (OSError, ValueError):
        return None
