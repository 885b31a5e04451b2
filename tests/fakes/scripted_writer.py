"""A plain-Python stand-in for a large model that writes prompts. No model is behind it.

It reads the current prompts and the mistakes out of the messages, and writes prompts by adding, swapping and dropping
phrases of a repertoire: some that a small VLM may understand, some that it does not, some useless. Which is a seeded
draw, led by what the mistakes or the feedback hint at, so that several rounds are needed.

It understands our meta-prompts (``<prompt>…</prompt>``), TextGrad's loss, backward and optimizer calls, and GEPA's
reflection. The reply is decided by the texts of the messages and the seed.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import scripted_reading as reading

PHRASES: dict[str, tuple[str, ...]] = {
    "brief": (
        "Ответь только значением", "Только значение", "Без пояснений", "Value only", "Answer with the value only",
        "Не повторяй название поля", "Give just the text, with no label", "No explanations",
        "Верни значение без комментариев", "Только ответ, без лишних слов",
    ),
    "iso": (
        "Дата в формате ГГГГ-ММ-ДД", "Date as YYYY-MM-DD", "Дата по ISO", "Год, месяц и день через дефис",
        "Use the ISO 8601 date format",
    ),
    "dotted": (
        "Дата в формате ДД.ММ.ГГГГ", "Date as DD.MM.YYYY", "Дата через точки", "Дату запиши числами, день впереди",
        "Write dates the Russian way",
    ),
    "digits": (
        "Только цифры", "Digits only", "Оставь только цифры", "Без пробелов", "Убери всё, кроме цифр",
        "Remove spaces and dashes", "No spaces",
    ),
    "title": (
        "С заглавной буквы", "Title case", "Первая буква заглавная", "Первая буква заглавная, остальные строчные",
        "Не пиши всё заглавными буквами", "Capitalise only the first letter of each word",
    ),
    "printed": ("Как в документе", "As printed", "Заглавными буквами", "Сохрани регистр", "Keep the exact spelling"),
    "word": ("Полным словом", "In full word", "Раскрой сокращения", "Do not abbreviate"),
    "letter": ("Одной буквой", "One letter", "Используй сокращение"),
    "plain": ("Без кавычек", "No quotes", "Кавычки не нужны", "Leave quotation marks out"),
    "point": (
        "Число с точкой", "Number with a point", "С десятичной точкой", "Сумма без пробелов и запятых",
        "Use a decimal separator of the dot kind", "Без валюты",
    ),
    "useless": (
        "Посмотри внимательно", "Это важно", "Ты читаешь документы", "Думай шаг за шагом", "You are a careful expert",
        "Будь точен", "Take a deep breath", "Проверь себя ещё раз", "Если не уверен, посмотри ещё раз",
    ),
}  # fmt: skip
ASKS = (
    "Прочитай поле «{q}»", "Напиши {q}", "Найди {q}", "Какое значение поля «{q}»?", "Что написано в поле «{q}»?",
    'Read the field "{q}"', "What is the {q}?", "Распознай {q} на изображении", "Extract the {q} from the document",
)  # fmt: skip
CRITIQUE = {
    "brief": "Make the answer contain the value only, without the field's label or explanations.",
    "iso": "The date has to be written as year-month-day (ISO, YYYY-MM-DD).",
    "dotted": "The date has to be written with dots, day first (DD.MM.YYYY).",
    "digits": "The number has to be digits only, with no spaces or dashes in it.",
    "title": "Only the first letter has to be a capital one (title case), not the whole word.",
    "printed": "The spelling has to be exactly as printed in the document.",
    "word": "The abbreviation has to be given as a full word.",
    "letter": "The answer has to be a single letter.",
    "plain": "The name has to be written without quotes.",
    "point": "The amount has to be a plain number with a decimal point.",
    "useless": "Ask the model to be more careful, and say what matters.",
}
RIVALS = {"title": "printed", "iso": "dotted", "word": "letter", "digits": "point"}
RIVALS |= {rival: kind for kind, rival in RIVALS.items()}
"""What asks for the contrary takes each other's place."""
LONGEST = 6
"""Phrases of a prompt, more or less."""
HEARD = {
    "brief": r"value only|only the value|explanation|label|пояснени|только значени",
    "iso": r"\bISO\b|YYYY-MM-DD|ГГГГ-ММ-ДД|year-month-day",
    "dotted": r"DD\.MM\.YYYY|ДД\.ММ\.ГГГГ|with dots|через точк",
    "digits": r"digits only|only digits|no spaces|только цифр|без пробел",
    "title": r"title case|first letter|заглавной букв",
    "printed": r"as printed|как в документе|exact spelling",
    "word": r"full word|полным слов|abbreviation",
    "letter": r"single letter|одной букв",
    "plain": r"without quotes|no quotes|без кавычек",
    "point": r"decimal point|с точкой|десятичн",
}
"""What feedback in words means; the wordings of CRITIQUE are among them."""


def texts(messages: Sequence[dict[str, Any]]) -> list[str]:
    """The texts of the messages, without images."""
    found: list[str] = []
    for message in messages:
        content = message["content"] or ""
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        found += [part["text"] for part in parts if part["type"] == "text"]
    return found


def reply(messages: Sequence[dict[str, Any]], seed: int) -> str:
    """What the writer says to the messages of a chat completion."""
    each = texts(messages)
    rng = random.Random(hashlib.sha256(json.dumps([seed, each], ensure_ascii=False).encode()).digest())
    said = "\n".join(each)
    if "gradient (feedback) engine" in said:
        return _criticise(said, rng)
    if variable := re.findall(r"<VARIABLE>(.*?)</VARIABLE>", said, re.DOTALL):
        return _textgrad(variable[-1].strip(), said, rng)
    if re.search(r"within ``` ?blocks?|внутри ```|between ```", said):
        return _gepa(said, rng)
    if "<prompt>" in said:
        return _propose(said, rng)
    return _criticise(said, rng)


def _criticise(said: str, rng: random.Random) -> str:
    """A loss or a textual gradient: says in words what is wrong, seldom all of it and at times beside the point."""
    told = re.findall(r"<(LM_OUTPUT|OBJECTIVE_FUNCTION)>(.*?)</\1>", said, re.DOTALL)
    hints = reading.habits(reading.mistakes(said)) + _heard([text for _, text in told])
    names = [name for name, _ in hints.most_common(2)] if hints else []
    if not names and "<LM_OUTPUT>" not in said:
        return "The answers are right; nothing has to be changed."
    if not names or rng.random() < 0.3:
        names.insert(0, "useless")
    return "\n".join(f"- {CRITIQUE[name]}" for name in names[:2])


def _textgrad(current: str, said: str, rng: random.Random) -> str:
    feedback = re.findall(r"<FEEDBACK>(.*?)</FEEDBACK>", said, re.DOTALL)
    hints = _heard(feedback) + reading.habits(reading.mistakes(said))
    # TextGrad shows a long variable cut in its middle; the conversation above holds it whole.
    head, cut, _ = current.partition(" (...) ")
    whole = re.search(rf"{re.escape(head)}[^<]*", said) if cut else None
    tags = re.search(r"(<[^<>\n]+>)\{+the improved variable\}+(</[^<>\n]+>)", said)
    start, end = tags.groups() if tags else ("<IMPROVED_VARIABLE>", "</IMPROVED_VARIABLE>")
    return f"{start}{_write(whole[0].strip() if whole else current, hints, rng, said)}{end}"


def _gepa(said: str, rng: random.Random) -> str:
    blocks = re.findall(r"```\S*\n(.*?)\n?```", said, re.DOTALL)
    hints = reading.habits(reading.mistakes(said)) + _heard(re.findall(r"# Feedback\n(.*?)(?:\n#|$)", said, re.DOTALL))
    return f"The assistant often breaks the format.\n```\n{_write(blocks[0].strip(), hints, rng, said)}\n```"


def _propose(said: str, rng: random.Random) -> str:
    """As many prompts as are wanted, each from one of the best that were shown."""
    shown, count = reading.prompts(said), reading.wanted(said)
    hints = reading.habits(reading.mistakes(said))
    written: dict[str, None] = {}
    for _ in range(8 * count):
        if len(written) == count:
            break
        base = shown[min(int(rng.expovariate(1.0)), len(shown) - 1)] if shown else ""
        new = _write(base, hints, rng, said)
        if new not in shown:
            written[new] = None
    return "Вот улучшенные промпты.\n\n" + "\n".join(f"<prompt>{text}</prompt>" for text in written)


def _heard(feedback: Sequence[str]) -> Counter[str]:
    # A prompt that is quoted there asks for this and that; it is no criticism.
    said = reading.PROMPT.sub("", "\n".join(feedback))
    return +Counter({name: len(re.findall(words, said, re.IGNORECASE)) for name, words in HEARD.items()})


def _write(base: str, hints: Counter[str], rng: random.Random, said: str) -> str:
    """One or two changes of a prompt."""
    phrases = _phrases(base)
    name = reading.field(said) or (reading.topic(phrases[0]) if phrases else "")
    asks = [name] if name.endswith("?") else [ask.format(q=_question(name)) for ask in ASKS if name]
    if not phrases or (asks and rng.random() < 0.15):
        phrases = [rng.choice(asks or ["Прочитай значение"]), *phrases[1:]]
    liked = {phrase for other in reading.others(said) for phrase in _phrases(other)}
    for _ in range(rng.choice((1, 1, 1, 2))):
        kind = _kind(hints, rng)
        # What the same model understands in other fields is worth a try.
        known = [phrase for phrase in PHRASES[kind] if phrase in liked and rng.random() < 0.6]
        _change(phrases, rng.choice(known or PHRASES[kind]), kind, rng)
    if len(phrases) > LONGEST:
        del phrases[rng.randrange(1, len(phrases))]
    return "".join(phrase + (" " if phrase[-1] in "?!:" else ". ") for phrase in phrases).rstrip(". ")


def _change(phrases: list[str], new: str, kind: str, rng: random.Random) -> None:
    """Puts the phrase in the place of a useless one or of one that asks for the same or the contrary, or at the end."""
    alike = (*PHRASES[kind], *PHRASES.get(RIVALS.get(kind, ""), ()))
    old = [place for place, phrase in enumerate(phrases) if place and phrase in alike]
    idle = [place for place, phrase in enumerate(phrases) if place and phrase in PHRASES["useless"]]
    if new in phrases:
        return
    if idle and rng.random() < 0.5:
        phrases[idle[0]] = new
    elif old and rng.random() < 0.7:
        phrases[old[0]] = new
    else:
        phrases.append(new)


def _phrases(prompt: str) -> list[str]:
    parts = re.split(r"(?<=[.?!:])\s+(?=[^\d\s])|\n+", prompt.strip())
    return [part.rstrip(". ") for part in parts if part.strip(". ")]


def _kind(hints: Counter[str], rng: random.Random) -> str:
    """Follows a hint every other time."""
    if hints and rng.random() < 0.5:
        return rng.choices(list(hints), list(hints.values()))[0]
    return rng.choice(list(PHRASES))


def _question(name: str) -> str:
    """The question type of a written field: what follows the document type, as a reader would guess."""
    return name.partition(" ")[2] if re.match(r"[a-z]+ \S", name) else name
