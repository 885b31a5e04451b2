"""What docvlm-tiny is taught to obey: ways to name a field, to ask for brevity, and to ask for a form.

A prompt is a handful of phrases. `KEPT_OUT` phrases are never shown in training: a search meets them too, and
has to find out which of them the model understands all the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product

from promptfit.data.synth.documents import DrawnDocument, make
from promptfit.data.synth.forms import Form
from promptfit.types import Field

NAMES = {
    "Серия и номер паспорта": ("серию и номер паспорта", "серия и номер", "passport number"),
    "Фамилия": ("фамилию", "surname", "last name"),
    "Имя": ("имя", "first name", "given name"),
    "Отчество": ("отчество", "patronymic", "middle name"),
    "Пол": ("пол", "sex", "gender"),
    "Дата рождения": ("дату рождения", "date of birth", "birth date"),
    "Место рождения": ("место рождения", "place of birth", "birthplace"),
    "": ("снилс", "номер снилс", "insurance number"),
    "Номер счет-фактуры": ("номер счет-фактуры", "номер счета", "invoice number"),
    "Дата счет-фактуры": ("дату счет-фактуры", "дату счета", "invoice date"),
    "Продавец": ("продавца", "seller"),
    "Покупатель": ("покупателя", "buyer"),
    "Сумма": ("сумму", "сумму к оплате", "total"),
}
"""Question type -> other names of it; the question type itself is the first name."""

ASK = (
    "Напиши {q}",
    "Укажи {q}",
    "Прочитай {q}",
    "Найди {q}",
    "{q}",
    "Прочитай поле «{q}»",
    "Какое значение поля «{q}»?",
    "Что написано в поле «{q}»?",
    'Read the field "{q}"',
    "What is the {q}?",
    "Write the {q}",
)
BRIEF = (
    "Только значение",
    "Ответь только значением",
    "Без пояснений",
    "Только ответ",
    "Value only",
    "Answer with the value only",
)
FORMS = {
    "title": ("С заглавной буквы", "Первая буква заглавная", "Title case"),
    "printed": ("Заглавными буквами", "Как в документе", "As printed"),
    "digits": ("Только цифры", "Оставь только цифры", "Digits only"),
    "dotted": ("Дата в формате ДД.ММ.ГГГГ", "Дата через точки", "Date as DD.MM.YYYY"),
    "iso": ("Дата в формате ГГГГ-ММ-ДД", "Date as YYYY-MM-DD", "ISO"),
    "word": ("Полным словом", "In full word"),
    "letter": ("Одной буквой", "One letter"),
    "plain": ("Без кавычек", "No quotes"),
    "point": ("Число с точкой", "С десятичной точкой", "Number with a point"),
}
EXAMPLE = ("Пример: {x}", "Например: {x}", "Example: {x}")
FILLER = ("Ты читаешь документы", "Посмотри внимательно", "Это важно", "Пожалуйста", "You read documents")
KEPT_OUT = (
    "Найди в документе {q}",
    "Какое значение у поля «{q}»?",
    'What is the value of the field "{q}"?',
    "Ничего не добавляй",
    "Только ответ, без лишних слов",
    "No explanations",
    "Первая буква заглавная, остальные строчные",
    "Без пробелов",
    "Дата по ISO",
)

KINDS = (
    dict.fromkeys(("Фамилия", "Имя", "Отчество"), "name")
    | dict.fromkeys(("Дата рождения", "Дата счет-фактуры"), "date")
    | dict.fromkeys(("Продавец", "Покупатель"), "company")
)
"""Question types whose examples may stand for each other; any other question type is a kind of its own."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A part of a prompt and what it asks for: brevity, a form, or neither."""

    text: str
    brief: bool = False
    form: str | None = None


def reply(document: DrawnDocument, question: str, phrases: list[Wording]) -> tuple[str, Form]:
    """What the model should say: the chatty prefix, unless brevity is asked for, and the value's form.

    The last form that the value has wins; a form that it does not have is as if not said.
    """
    forms = document.values[question]
    asked = [p.form for p in phrases if p.form in forms]
    form = asked[-1] if asked else "printed"
    # "Only digits" leaves no room for the field's name.
    brief = any(p.brief for p in phrases) or form == "digits"
    return "" if brief else f"{question or document.doc_type}: ", forms[form]


def training_prompt(document: DrawnDocument, question: str, rng: random.Random) -> tuple[str, list[Wording]]:
    """A random prompt for a field of the document, and its phrases."""
    forms = document.values[question]
    name = rng.choice((question or document.doc_type, *NAMES.get(question, ()))) if rng.random() < 0.5 else question
    ask = rng.choice(ASK).format(q=name or document.doc_type)
    extra: list[Wording] = []
    if rng.random() < 0.45:
        extra.append(Wording(rng.choice(BRIEF), brief=True))
    if rng.random() < 0.5:
        form = rng.choice(list(forms) if rng.random() < 0.85 else list(FORMS))
        extra.append(Wording(rng.choice(FORMS[form]), form=form))
    if document.doc_type and rng.random() < 0.25:  # an invented document has no like
        extra.append(_example(document.doc_type, question, rng))
    if rng.random() < 0.12:
        extra.append(Wording(rng.choice(FILLER)))
    if rng.random() < 0.08:
        extra.append(Wording("".join(rng.choice("абвгдежиклмнопрстуabcdef ") for _ in range(rng.randint(3, 14)))))
    rng.shuffle(extra)
    phrases = [Wording(ask), *extra] if rng.random() < 0.8 else [*extra, Wording(ask)]
    text = joined([p.text for p in phrases], rng.choice((". ", ". ", ". ", ", ", "\n")))
    return (text + "." if rng.random() < 0.6 and text[-1] not in ".?:" else text), phrases


def joined(texts: list[str], separator: str) -> str:
    """Phrases as one text."""
    out = texts[0]
    for text in texts[1:]:
        out += (" " if out[-1] in "?:" and separator == ". " else separator) + text
    return out


def _example(doc_type: str, question: str, rng: random.Random) -> Wording:
    """An example from another random document; one of another kind of value asks for brevity alone."""
    other = make(doc_type, rng, training=True)
    source = question if rng.random() < 0.9 else rng.choice(list(other.values))
    form = rng.choice(list(other.values[source]))
    same = KINDS.get(source, source) == KINDS.get(question, question)
    text = rng.choice(EXAMPLE).format(x=other.values[source][form].text)
    return Wording(text, brief=True, form=form if same else None)


def grammar(field: Field) -> list[str]:
    """Every prompt of the trained grammar for a field: an ask, brevity or none, and a form or an example or none.

    Prompts that differ only in fillers, separators or the order of phrases count once.
    """
    document = make(field.doc_type, random.Random(0), training=True)
    forms = document.values[field.question_type]
    asks = [a.format(q=field.key) for a in ASK]
    tails = ["", *(t for f in forms for t in FORMS[f])]
    tails += [EXAMPLE[0].format(x=forms[f].text) for f in forms]
    prompts = (joined([p for p in parts if p], ". ") for parts in product(asks, ("", *BRIEF), tails))
    return list(dict.fromkeys(prompts))
