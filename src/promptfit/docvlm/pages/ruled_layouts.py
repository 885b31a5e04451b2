"""Layouts drawn by rule: where label and value stand to each other, in which order, how wide, with what around them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from promptfit.data.synth.documents import DrawnDocument
from promptfit.data.synth.layouts import HEIGHT, WIDTH, Layout, Shape, Text
from promptfit.docvlm.pages.invented import LABELS as DISTRACTORS
from promptfit.docvlm.pages.invented import random_word

LABELS = {
    "Серия и номер паспорта": ("Серия и номер", "Паспорт", "Серия, номер", "№ паспорта", "Серия и номер паспорта"),
    "Фамилия": ("Фамилия", "Фам.", "Ф.И.О.", "Surname", "Фамилия / Surname"),
    "Имя": ("Имя", "Name", "Имя / Name"),
    "Отчество": ("Отчество", "Отч.", "Patronymic"),
    "Пол": ("Пол", "Sex", "Пол / Sex"),
    "Дата рождения": ("Дата рождения", "Родился", "Дата рожд.", "Date of birth"),
    "Место рождения": ("Место рождения", "Место рожд.", "Place of birth"),
    "": ("СНИЛС", "Номер СНИЛС", "Страховой номер", "№"),
    "Номер счет-фактуры": ("Счет-фактура №", "Номер", "Счет-фактура", "Номер счета", "№ счета"),
    "Дата счет-фактуры": ("от", "Дата", "Дата счета", "Выставлен"),
    "Продавец": ("Продавец", "Поставщик", "Seller"),
    "Покупатель": ("Покупатель", "Заказчик", "Buyer"),
    "Сумма": ("Всего к оплате", "Итого", "Сумма", "К оплате", "Итого к оплате", "Total"),
}
"""Question type -> what a form may print beside it. An invented field prints its name."""

SHAPED = ("Серия и номер паспорта", "", "Дата счет-фактуры", "Сумма")
"""Values that are known by their shape, so that a form may leave their label out."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of the sheet: ``rows`` by ``columns`` from ``top`` down, ``pitch`` pixels a row.

    Attributes:
        above: The label stands over the value, not left of it.
        size, label_size: Heights of the fonts in pixels.
    """

    rows: int
    columns: int
    left: float
    top: float
    pitch: float
    above: bool
    size: int
    label_size: int


Width = Callable[[Text], float]


def lay_out(document: DrawnDocument, rng: random.Random, width: Width) -> Layout:
    """Places every field of the document and what stands around; a value that would leave the sheet gets smaller.

    Args:
        width: Pixels that a text takes in its face.
    """
    questions = list(document.values)
    if rng.random() < 0.5:
        rng.shuffle(questions)
    title = rng.random() < 0.6
    grid = _grid(len(questions), 14 if title else 0, rng)
    texts: list[Text] = []
    if title:
        words = (random_word(rng), rng.choice(DISTRACTORS).upper(), "ДОКУМЕНТ", "РОССИЙСКАЯ ФЕДЕРАЦИЯ", "СЧЕТ", "БЛАНК")
        texts.append(Text(rng.choice(words), rng.randint(4, 90), rng.randint(1, 4), grid.label_size + 1))
    style = _Style(rng.choice(("", "", ":")), rng.choice((str, str, str.upper)), rng.random() < 0.5, rng.randint(3, 14))
    column = rng.uniform(40, 100) if grid.columns == 1 else rng.uniform(30, 60)
    for i, question in enumerate(questions):
        texts += _field(document, question, divmod(i, grid.columns), grid, column, style, rng, width)
    taken = grid.rows * grid.pitch + grid.top + 2
    return texts + _around(taken, grid, rng), _shapes(grid, rng)


@dataclass(frozen=True, slots=True)
class _Style:
    """How a sheet writes its labels; ``aligned``: values start in one column, else ``gap`` pixels behind the label."""

    end: str
    case: Callable[[str], str]
    aligned: bool
    gap: float


def _grid(fields: int, title: int, rng: random.Random) -> Grid:
    columns = 2 if fields > 3 and rng.random() < 0.35 else 1
    rows = -(-fields // columns)
    room = HEIGHT - title - 4
    above = room / rows >= 23 and rng.random() < (0.7 if columns == 2 else 0.4)
    size = rng.choice((10, 11, 12, 12, 13, 14)) if columns == 1 else rng.choice((10, 11, 12))
    size = min(size, int(room / rows) - (11 if above else 3))
    pitch = rng.uniform(size + (11 if above else 3), min(room / rows, 34))
    top = title + rng.uniform(1, max(1.0, room - pitch * rows))
    return Grid(rows, columns, rng.uniform(3, 16), top, pitch, above, size, rng.choice((8, 8, 9, 10)))


def _field(
    document: DrawnDocument,
    question: str,
    place: tuple[int, int],
    grid: Grid,
    column: float,
    style: _Style,
    rng: random.Random,
    width: Width,
) -> list[Text]:
    span = WIDTH / grid.columns
    x, y = grid.left + place[1] * (span - grid.left / 2), grid.top + place[0] * grid.pitch
    right = (place[1] + 1) * span - 3
    name = style.case(rng.choice(LABELS.get(question, (question,)))) + style.end
    texts: list[Text] = []
    if not (question in SHAPED and rng.random() < 0.15):
        texts.append(Text(name, x, y + (0 if grid.above else 2), grid.label_size, question))
    printed = document.values[question]["printed"].text
    if grid.above:
        at, down = x + rng.choice((0, 0, 6)), grid.label_size + 1
    else:
        end = width(texts[0]) + style.gap if texts else 0.0
        at, down = x + (max(column, end) if style.aligned else end), 0
    return [*texts, _fitted(printed, at, y + down, right, grid.size, question, width)]


def _fitted(printed: str, x: float, y: float, right: float, size: int, question: str, width: Width) -> Text:
    """The value at its place, smaller or further left where it would be cut off."""
    while (wide := width(Text(printed, x, y, size, question, True))) > right - x and size > 9:
        size -= 1
    return Text(printed, max(1.0, min(x, right - wide)), y, size, question, True)


def _around(taken: float, grid: Grid, rng: random.Random) -> list[Text]:
    """A line or two that nobody asks for, below the fields."""
    lines: list[Text] = []
    while taken < HEIGHT - 13 and rng.random() < 0.5:
        text = f"{rng.choice(DISTRACTORS)} {rng.choice((random_word(rng).title(), str(rng.randrange(10**6))))}"
        lines.append(Text(text, rng.uniform(3, 60), taken, rng.choice((8, 9, 10))))
        taken += 13
    return lines


def _shapes(grid: Grid, rng: random.Random) -> list[Shape]:
    """A photo's frame, rules between the rows, or a table's."""
    shapes: list[Shape] = []
    if rng.random() < 0.2:
        left, top = rng.randint(0, 200), rng.randint(0, 90)
        frame = (left, top, left + rng.randint(15, 38), top + rng.randint(20, 50))
        shapes.append(Shape(frame, rng.uniform(0.1, 0.25), 0.5))
    kind = rng.random()
    if kind < 0.35:
        for row in range(grid.rows + 1):
            y = grid.top + row * grid.pitch - 1
            whole = (2.0, y, WIDTH - 3.0, y if kind < 0.15 else y + grid.pitch)
            shapes.append(Shape(whole, outline=rng.uniform(0.3, 0.7)))
    return shapes
