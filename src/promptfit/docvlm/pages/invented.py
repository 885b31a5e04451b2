"""Documents of no type that we know: made-up fields, so that a model learns "what stands by this label"."""

from __future__ import annotations

import random
import string

from promptfit.data.synth import forms
from promptfit.data.synth.documents import DrawnDocument
from promptfit.data.synth.forms import Form, Forms
from promptfit.data.synth.vocabulary import words

LABELS = (
    "Дата выдачи",
    "Код подразделения",
    "ИНН",
    "КПП",
    "ОГРН",
    "БИК",
    "Счет",
    "Банк",
    "Адрес",
    "Город",
    "Улица",
    "Дом",
    "Квартира",
    "Телефон",
    "Должность",
    "Отдел",
    "Организация",
    "Договор",
    "Номер договора",
    "Заказчик",
    "Исполнитель",
    "Поставщик",
    "Получатель",
    "Плательщик",
    "Грузоотправитель",
    "Цена",
    "Количество",
    "Скидка",
    "НДС",
    "Стоимость",
    "К возврату",
    "Остаток",
    "Срок действия",
    "Действителен до",
    "Категория",
    "Гражданство",
    "Национальность",
    "Рост",
    "Вес",
    "Полис",
    "Серия",
    "Номер",
    "Водитель",
    "Марка",
    "Модель",
    "Цвет",
    "Год выпуска",
    "Рейс",
    "Место",
    "Вагон",
    "Поезд",
    "Кассир",
    "Чек",
    "Смена",
    "Артикул",
    "Склад",
    "Диагноз",
    "Врач",
    "Пациент",
    "Группа крови",
    "Школа",
    "Класс",
    "Предмет",
    "Оценка",
    "Account",
    "Address",
    "City",
    "Code",
    "Company",
    "Country",
    "Customer",
    "Date of issue",
    "Department",
    "Name",
    "Order",
    "Price",
    "Phone",
    "Quantity",
    "Reference",
    "Tax",
)
"""What forms print beside their fields; none is a question type of our data sets."""


def make(rng: random.Random) -> DrawnDocument:
    """A document of three to seven invented fields; a third of the labels are random letters."""
    labels: list[str] = []
    while len(labels) < rng.randint(3, 7):
        label = rng.choice(LABELS) if rng.random() < 0.67 else random_word(rng).capitalize()
        labels += [label] * (label not in labels)
    return DrawnDocument("", {label: rng.choice(_VALUES)(rng) for label in labels})


def random_word(rng: random.Random, longest: int = 10) -> str:
    """Letters at random, in capitals; one word in ten is Latin."""
    letters = string.ascii_uppercase if rng.random() < 0.1 else "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
    return "".join(rng.choice(letters) for _ in range(rng.randint(3, longest)))


def _word(rng: random.Random) -> Forms:
    word = random_word(rng) if rng.random() < 0.5 else rng.choice(words(True).firms)
    text = rng.choice((str.upper, str.title, str.lower))(word)
    return {"printed": forms.printed(text), "title": Form(text.title(), tuple(range(len(text))))}


def _two_words(rng: random.Random) -> Forms:
    surname = rng.choice(words(True).surnames[rng.random() < 0.5])
    text = rng.choice((str.upper, str.title))(f"{surname} {rng.choice('АБВГДЕКЛМНОПРСТ')}.")
    return {"printed": forms.printed(text), "title": Form(text.title(), tuple(range(len(text))))}


def _code(rng: random.Random) -> Forms:
    parts = ("".join(rng.choice(string.digits) for _ in range(rng.randint(1, 5))) for _ in range(rng.randint(1, 3)))
    text = rng.choice("- /.").join(parts)
    return forms.number(
        text if rng.random() < 0.7 else f"{rng.choice('АБВГДЕКМНПРСТABCXZ')}{rng.choice(('', '-'))}{text}"
    )


def _date(rng: random.Random) -> Forms:
    style = rng.choice(("dotted", "dotted", "года", "г."))
    return forms.date(rng.randint(1, 28), rng.randint(1, 12), rng.randint(1935, 2029), style)


def _amount(rng: random.Random) -> Forms:
    whole = f"{rng.randrange(1, 10 ** rng.randint(1, 6)):,}".replace(",", rng.choice((" ", "")))
    return forms.money(f"{whole},{rng.randrange(100):02d}")


_VALUES = (_word, _word, _two_words, _code, _code, _date, _amount)
