"""What a document says: for every question type the forms of its value, and which of them is the true answer."""

from __future__ import annotations

import random
from dataclasses import dataclass

from promptfit.data.synth import forms
from promptfit.data.synth.forms import Forms
from promptfit.data.synth.vocabulary import COMPANY_KINDS, words

TRUTH = {
    "passport": {
        "Серия и номер паспорта": "digits",
        "Фамилия": "title",
        "Имя": "title",
        "Отчество": "title",
        "Пол": "word",
        "Дата рождения": "dotted",
        "Место рождения": "title",
    },
    "СНИЛС": {"": "printed", "Фамилия": "title", "Имя": "title", "Отчество": "title", "Дата рождения": "dotted"},
    "invoice": {
        "Номер счет-фактуры": "printed",
        "Дата счет-фактуры": "iso",
        "Продавец": "plain",
        "Покупатель": "plain",
        "Сумма": "point",
    },
}
"""Document type -> question type -> the form in which the annotation writes the truth."""


@dataclass(frozen=True)
class DrawnDocument:
    """One document before it is drawn: ``values[question_type]["printed"]`` is what the paper shows."""

    doc_type: str
    values: dict[str, Forms]

    def truth(self, question_type: str) -> str:
        """The true answer, in the annotation's convention."""
        return self.values[question_type][TRUTH[self.doc_type][question_type]].text


def make(doc_type: str, rng: random.Random, *, training: bool = False) -> DrawnDocument:
    """A document with random values.

    Args:
        training: Draw from the training lists, half of the words as random letters, so that a model has to
            read them and cannot guess. Otherwise from the lists that training never sees.
    """
    return DrawnDocument(doc_type, _MAKERS[doc_type](rng, training))


def snils_number(rng: random.Random) -> str:
    """Nine digits and their checksum: the sum of digit times position from the right, mod 101, 100 -> 00."""
    digits = [rng.randrange(10) for _ in range(9)]
    check = sum(d * (9 - i) for i, d in enumerate(digits)) % 101 % 100
    text = "".join(map(str, digits))
    return f"{text[:3]}-{text[3:6]}-{text[6:]} {check:02d}"


_LETTERS = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"


def _word(rng: random.Random, pool: tuple[str, ...], training: bool, longest: int = 12) -> str:
    if training and rng.random() < 0.5:
        return "".join(rng.choice(_LETTERS) for _ in range(rng.randint(3, longest))).capitalize()
    return rng.choice(pool)


def _person(rng: random.Random, training: bool) -> tuple[bool, dict[str, Forms]]:
    lists, male = words(training), rng.random() < 0.5
    pools = {"Фамилия": lists.surnames, "Имя": lists.names, "Отчество": lists.patronymics}
    values = {q: forms.name(_word(rng, pool[not male], training).upper()) for q, pool in pools.items()}
    return male, values


def _date(rng: random.Random, style: str, years: tuple[int, int]) -> Forms:
    return forms.date(rng.randint(1, 28), rng.randint(1, 12), rng.randint(*years), style)


def _passport(rng: random.Random, training: bool) -> dict[str, Forms]:
    male, person = _person(rng, training)
    series = f"{rng.randrange(1, 99):02d} {rng.randrange(0, 24):02d} {rng.randrange(100, 10**6):06d}"
    return {
        "Серия и номер паспорта": forms.number(series),
        **person,
        "Пол": forms.sex(male),
        "Дата рождения": _date(rng, "dotted", (1935, 2007)),
        "Место рождения": forms.place(_word(rng, words(training).cities, training, 8)),
    }


def _snils(rng: random.Random, training: bool) -> dict[str, Forms]:
    _, person = _person(rng, training)
    return {"": forms.number(snils_number(rng)), **person, "Дата рождения": _date(rng, "года", (1935, 2007))}


def _invoice(rng: random.Random, training: bool) -> dict[str, Forms]:
    firms = words(training).firms
    number = f"{rng.choice('АБВГДЕКМНПРСТ')}-{rng.randrange(100, 10000)}/{rng.randrange(1, 100)}"
    rubles = f"{rng.randrange(100, 1_000_000):,}".replace(",", " ")
    return {
        "Номер счет-фактуры": forms.number(number),
        "Дата счет-фактуры": _date(rng, "г.", (2015, 2026)),
        "Продавец": forms.company(rng.choice(COMPANY_KINDS), _word(rng, firms, training, 9)),
        "Покупатель": forms.company(rng.choice(COMPANY_KINDS), _word(rng, firms, training, 9)),
        "Сумма": forms.money(f"{rubles},{rng.randrange(100):02d}"),
    }


_MAKERS = {"passport": _passport, "СНИЛС": _snils, "invoice": _invoice}
