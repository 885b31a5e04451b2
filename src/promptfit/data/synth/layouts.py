"""Where things stand on each document type: the three usual layouts, and three that training never sees."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from promptfit.data.synth.documents import DrawnDocument

WIDTH, HEIGHT = 240, 144
"""Pixels of the usual image: nine rows of fifteen 16-pixel squares, the built-in model's image tokens."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text at its left top corner. ``question`` is set on values and labels of values."""

    text: str
    x: float
    y: float
    size: int
    question: str | None = None
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle (a photo, a table, a rule): ``fill`` and ``outline`` are shades of the ink, 0 to 1."""

    box: tuple[float, float, float, float]
    fill: float | None = None
    outline: float | None = None


Layout = tuple[list[Text], list[Shape]]


class _Sheet:
    """Collects the pieces; ``value`` takes the printed form from the document."""

    def __init__(self, document: DrawnDocument, size: int) -> None:
        self.document, self.size = document, size
        self.texts: list[Text] = []
        self.shapes: list[Shape] = []

    def label(self, text: str, x: float, y: float, question: str | None = None, size: int = 9) -> None:
        self.texts.append(Text(text, x, y, size, question))

    def value(self, question: str, x: float, y: float) -> None:
        printed = self.document.values[question]["printed"].text
        self.texts.append(Text(printed, x, y, self.size, question, True))


def _passport(sheet: _Sheet, rng: random.Random) -> None:
    x, y, pitch = rng.randint(44, 48), rng.randint(34, 37), rng.choice((17, 18))
    sheet.label("РОССИЙСКАЯ ФЕДЕРАЦИЯ", rng.randint(20, 70), rng.randint(2, 5))
    sheet.value("Серия и номер паспорта", rng.randint(90, 130), rng.randint(16, 19))
    rows = ("Фамилия", "Имя", "Отчество", "Пол", "Дата рождения", "Место рождения")
    column = x + 68 + rng.randint(0, 3)
    for i, question in enumerate(rows):
        sheet.label(question, x, y + i * pitch + 3, question, 8)
        sheet.value(question, column, y + i * pitch)
    sheet.shapes.append(Shape((3, 40, 39, 96), fill=0.25, outline=0.5))
    sheet.shapes.append(Shape((13, 50, 29, 68), fill=0.5))


def _snils(sheet: _Sheet, rng: random.Random) -> None:
    y, pitch, column = rng.randint(46, 51), rng.choice((16, 17)), rng.randint(56, 80)
    sheet.label("СТРАХОВОЕ СВИДЕТЕЛЬСТВО", rng.randint(20, 60), rng.randint(3, 8))
    sheet.label("СНИЛС", rng.randint(14, 24), (top := rng.randint(24, 28)) + 2, "")
    sheet.value("", rng.randint(64, 100), top)
    sheet.label("Ф.И.О.", rng.randint(8, 16), y + 2, "Фамилия")
    for i, question in enumerate(("Фамилия", "Имя", "Отчество")):
        sheet.value(question, column, y + i * pitch)
    y += 3 * pitch + rng.randint(2, 4)
    sheet.label("Дата рождения", rng.randint(8, 14), y + 2, "Дата рождения")
    sheet.value("Дата рождения", rng.randint(30, 60), y + 14)
    sheet.shapes.append(Shape((3, 18, 237, 19), fill=0.4))


def _invoice(sheet: _Sheet, rng: random.Random) -> None:
    x, y, pitch = rng.randint(6, 14), rng.randint(6, 12), rng.choice((18, 19, 20))
    sheet.label("Счет-фактура №", x, y + 2, "Номер счет-фактуры")
    sheet.value("Номер счет-фактуры", x + 78 + rng.randint(0, 10), y)
    sheet.label("от", x + 20, y + pitch + 2, "Дата счет-фактуры")
    sheet.value("Дата счет-фактуры", x + 40 + rng.randint(0, 20), y + pitch)
    for i, (label, question) in enumerate((("Продавец:", "Продавец"), ("Покупатель:", "Покупатель"))):
        sheet.label(label, x, y + (2 + i) * pitch + 2, question)
        sheet.value(question, x + 62 + rng.randint(0, 6), y + (2 + i) * pitch)
    top = y + 4 * pitch + rng.randint(2, 5)
    for row in range(2):
        sheet.shapes.append(Shape((x, top + row * 11, 228, top + row * 11 + 11), outline=0.5))
        sheet.label(f"{row + 1}  {rng.choice(('Товар', 'Услуга', 'Работа'))}", x + 3, top + row * 11, None, 8)
        sheet.label(f"{rng.randrange(100, 9999)},{rng.randrange(100):02d}", 170, top + row * 11, None, 8)
    sheet.label("Всего к оплате:", x, top + 28, "Сумма")
    sheet.value("Сумма", x + 86 + rng.randint(0, 20), top + 26)


def _passport_other(sheet: _Sheet, rng: random.Random) -> None:
    x, y = rng.randint(10, 16), 8
    sheet.value("Серия и номер паспорта", x + 6, y)
    rows = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Пол", "Место рождения")
    for i, question in enumerate(rows):
        sheet.label(question, x, y + 23 + i * 18, question, 8)
        sheet.value(question, x + 72, y + 20 + i * 18)
    sheet.shapes.append(Shape((194, 30, 236, 90), fill=0.3, outline=0.6))


def _snils_other(sheet: _Sheet, rng: random.Random) -> None:
    sheet.label("СНИЛС", 8, 10, "")
    sheet.value("", rng.randint(50, 60), 8)
    for i, question in enumerate(("Фамилия", "Имя", "Отчество", "Дата рождения")):
        sheet.label(question, 6, 37 + i * 24, question, 8)
        sheet.value(question, 80, 34 + i * 24)


def _invoice_other(sheet: _Sheet, rng: random.Random) -> None:
    rows = (
        ("Сумма", "Итого к оплате:"),
        ("Покупатель", "Покупатель:"),
        ("Продавец", "Продавец:"),
        ("Номер счет-фактуры", "Счет-фактура №"),
        ("Дата счет-фактуры", "от"),
    )
    for i, (question, label) in enumerate(rows):
        sheet.label(label, 10, 12 + i * 25, question)
        sheet.value(question, rng.randint(94, 100), 10 + i * 25)
    sheet.shapes.append(Shape((6, 33, 234, 34), fill=0.5))


_USUAL: dict[str, Callable[[_Sheet, random.Random], None]] = {
    "passport": _passport,
    "СНИЛС": _snils,
    "invoice": _invoice,
}
_OTHER = {"passport": _passport_other, "СНИЛС": _snils_other, "invoice": _invoice_other}


def lay_out(document: DrawnDocument, rng: random.Random, size: int, *, unseen: bool = False) -> Layout:
    """Places the document's text and shapes.

    Args:
        size: Height of the values' font in pixels.
        unseen: Take the layout that training never sees.
    """
    sheet = _Sheet(document, size)
    (_OTHER if unseen else _USUAL)[document.doc_type](sheet, rng)
    return sheet.texts, sheet.shapes
