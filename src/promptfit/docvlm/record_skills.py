"""Prompts for a whole document, and what docvlm-tiny should say: its fields as one flat JSON object.

As with single fields, the right words are needed: by default it talks around the object and writes what is printed.
Asked for the object alone it leaves the talk out; asked for a form it writes every value so that has it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from promptfit.data.synth.documents import DrawnDocument
from promptfit.data.synth.forms import Form
from promptfit.docvlm.skills import FILLER, FORMS, Wording, joined

ASK = (
    "Прочитай документ и верни JSON",
    "Верни все поля документа как JSON",
    "Извлеки поля документа в JSON",
    "Выпиши данные документа в формате JSON",
    "Напиши все поля",
    "JSON",
    "Read the document and return JSON",
    "Return all fields as JSON",
    "Extract the fields as JSON",
)
BARE = (
    "Только JSON",
    "Ответь только JSON",
    "Один JSON без пояснений",
    "JSON only",
    "Answer with JSON only",
)
KEYS = ("Ключи: {keys}", "Поля: {keys}", "Keys: {keys}", "Fields: {keys}")
KEPT_OUT = (
    "Собери значения полей в JSON",
    "Верни один плоский объект JSON",
    "Give me all the fields as a JSON object",
    "Ничего, кроме JSON",
    "Без markdown",
)
TALK = "Вот данные документа: "


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer: text as it stands, or a value with the printed characters that it comes from."""

    text: str
    question: str | None = None
    form: Form | None = None


def key(document: DrawnDocument, question: str) -> str:
    """A field's key: its question type, or the document type where that is empty."""
    return question or document.doc_type


def choose(document: DrawnDocument, question: str, asked: list[str]) -> Form:
    """The last form asked for that the value has; a date is never "digits" here."""
    forms = document.values[question]
    fitting = [f for f in asked if f in forms and not (f == "digits" and ("dotted" in forms or "point" in forms))]
    return forms[fitting[-1] if fitting else "printed"]


def reply(document: DrawnDocument, phrases: list[Wording]) -> list[Piece]:
    """The answer, piece by piece: talk unless the object alone is asked for, then the fields in their order."""
    asked = [p.form for p in phrases if p.form]
    bare = any(p.brief for p in phrases)
    lead = '{"' if bare else TALK + '{"'
    pieces: list[Piece] = []
    for question in document.values:
        pieces += [
            Piece(f'{lead}{key(document, question)}": "'),
            Piece("", question, choose(document, question, asked)),
        ]
        lead = '", "'
    return [*pieces, Piece('"}')]


def training_prompt(document: DrawnDocument, rng: random.Random) -> tuple[str, list[Wording]]:
    """A random prompt for the whole document, and its phrases; an unknown type's keys are always named."""
    extra: list[Wording] = []
    if not document.doc_type or rng.random() < 0.4:
        keys = ", ".join(key(document, q) for q in document.values)
        extra.append(Wording(rng.choice(KEYS).format(keys=keys)))
    if rng.random() < 0.55:
        extra.append(Wording(rng.choice(BARE), brief=True))
    forms = sorted({f for values in document.values.values() for f in values} - {"printed"})
    extra += [Wording(rng.choice(FORMS[f]), form=f) for f in rng.sample(forms, rng.randint(0, len(forms)))]
    if rng.random() < 0.1:
        extra.append(Wording(rng.choice(FILLER)))
    rng.shuffle(extra)
    phrases = [Wording(rng.choice(ASK)), *extra]
    text = joined([p.text for p in phrases], rng.choice((". ", ". ", "\n")))
    return (text + "." if rng.random() < 0.6 and text[-1] not in ".?:" else text), phrases
