"""The conventions of a value: how it is printed, and the other ways in which a person may want it written.

A form keeps, beside its text, which printed character each of its characters comes from. The data sets need
only the text; the built-in model's training looks where a character comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа",
          "сентября", "октября", "ноября", "декабря")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a value: ``len(sources) == len(text)``, each an index into the printed text."""

    text: str
    sources: tuple[int, ...]


Forms = dict[str, Form]
"""Form name -> form. ``printed`` is always there."""


def printed(text: str) -> Form:
    """What stands on the paper, character by character."""
    return Form(text, tuple(range(len(text))))


def _kept(text: str, keep: str | None = None) -> Form:
    """The characters of ``keep`` (digits by default) and where they stand."""
    pairs = [(c, i) for i, c in enumerate(text) if (c.isdigit() if keep is None else c in keep)]
    return Form("".join(c for c, _ in pairs), tuple(i for _, i in pairs))


def name(text: str) -> Forms:
    """КУЛИКОВ -> Куликов."""
    return {"printed": printed(text), "title": Form(text.title(), tuple(range(len(text))))}


def place(city: str) -> Forms:
    """ГОР. КАЗАНЬ -> гор. Казань."""
    text = f"ГОР. {city.upper()}"
    return {"printed": printed(text), "title": Form(f"гор. {city.title()}", tuple(range(len(text))))}


def sex(male: bool) -> Forms:
    """МУЖ. -> мужской, М."""
    text, word = ("МУЖ.", "мужской") if male else ("ЖЕН.", "женский")
    return {
        "printed": printed(text),
        "word": Form(word, tuple(min(i, 3) for i in range(len(word)))),
        "letter": Form(text[0], (0,)),
    }


def number(text: str) -> Forms:
    """45 08 123456 -> 4508123456."""
    return {"printed": printed(text), "digits": _kept(text)}


def money(text: str) -> Forms:
    """12 345,67 -> 12345.67, 1234567."""
    kept = _kept(text, "0123456789,")
    return {
        "printed": printed(text),
        "point": Form(kept.text.replace(",", "."), kept.sources),
        "digits": _kept(text),
    }


def company(kind: str, word: str) -> Forms:
    """ООО «Ромашка» -> ООО Ромашка."""
    text = f"{kind} «{word}»"
    bare = [(c, i) for i, c in enumerate(text) if c not in "«»"]
    return {"printed": printed(text), "plain": Form("".join(c for c, _ in bare), tuple(i for _, i in bare))}


def date(day: int, month: int, year: int, style: str) -> Forms:
    """A date printed as ``dotted`` (12.03.1985) or in words (``12 марта 1985 года``, ``… г.``).

    Args:
        style: ``dotted``, or the word that ends a date in words: ``года`` or ``г.``.
    """
    if style == "dotted":
        text = f"{day:02d}.{month:02d}.{year}"
        at = {"d": (0, 1), "m": (3, 4), "y": (6, 7, 8, 9)}
    else:
        word = MONTHS[month - 1]
        text = f"{day:02d} {word} {year} {style}"
        start = 4 + len(word)
        # The two digits of a month written out come from its first letters: that is where one has to look.
        at = {"d": (0, 1), "m": (3, 4), "y": tuple(range(start, start + 4))}
    part = {"d": f"{day:02d}", "m": f"{month:02d}", "y": str(year)}
    return {"printed": printed(text), **{n: _ordered(o, part, at) for n, o in _ORDERS.items()}}


_ORDERS = {"dotted": "d.m.y", "iso": "y-m-d", "digits": "dmy"}


def _ordered(order: str, part: dict[str, str], at: dict[str, tuple[int, ...]]) -> Form:
    text = ""
    sources: list[int] = []
    for symbol in order:
        # A separator is looked up where the part before it ended.
        text += part.get(symbol, symbol)
        sources += at[symbol] if symbol in at else [sources[-1]]
    return Form(text, tuple(sources))
