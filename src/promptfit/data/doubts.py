"""What can be read in an annotation, but is hardly meant so: said once at loading, with rows and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from promptfit.data.annotation import PARTS
from promptfit.support.enumerated import some
from promptfit.support.lookalikes import cyrillic_words, folded, meant, strange_letters
from promptfit.support.texts import plain_spaces, shown_plainly, unplain
from promptfit.types import Field, Sample

Texts = Sequence[tuple[int, str]]
"""With the numbers of their rows."""
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+")
_LOST = re.compile(r"\ufffd|^[\W\d_]*\?{3}[\W\d_]*$")
_SECOND = "".join(
    re.escape(bytes(range(0x80, 0xC0)).decode(code, "ignore")) for code in ("cp1251", "cp1252", "latin-1")
)
_MISREAD = re.compile(f"(?:[РСÐÑ][{_SECOND}]){{3}}")
"""Cyrillic letters of two bytes each, every byte taken for a letter."""


def doubts(samples: Sequence[Sample], rows: Sequence[int]) -> list[str]:
    """What is doubtful in the texts of an annotation, a sentence a kind.

    Args:
        samples: All of them.
        rows: The numbers of their rows; ``len(rows) == len(samples)``.
    """
    answers = [(row, text) for row, one in zip(rows, samples, strict=True) for text in one.truths]
    others = [(row, text) for row, one in zip(rows, samples, strict=True) for text in (one.question, one.field.name)]
    said = (
        _listed(
            answers,
            lambda text: not text.strip(),
            'have an empty "answer": nothing is there, and whoever says so is right',
        ),
        _listed(answers, _SHORTENED.fullmatch, "hold a number that a spreadsheet shortened; format its column as text"),
        _listed([*answers, *others], _LOST.search, "have lost letters; save the original anew, as UTF-8"),
        _listed([*answers, *others], _MISREAD.search, "are UTF-8 read as something else; open the original as UTF-8"),
        _unplain(answers),
        _lookalikes(_strange(samples, rows)),
        _twins(samples, rows),
        _unread(samples, rows),
    )
    return [line for line in said if line]


def _listed(texts: Texts, doubtful: Callable[[str], object], said: str) -> str:
    found = {row: text for row, text in texts if doubtful(text)}
    shown = [f'row {row} "{text}"' if text.strip() else f"row {row}" for row, text in found.items()]
    return f"{len(found)} row(s) {said}: {some(shown)}" if found else ""


def _unplain(answers: Texts) -> str:
    odd = {row: text.strip() for row, text in answers if plain_spaces(text).strip() != text.strip()}
    if not odd:
        return ""
    first = next(iter(odd.values()))
    kinds = list(dict.fromkeys(name for text in odd.values() for name in unplain(text)))
    return (
        f'{len(odd)} row(s) have characters in "answer" that look like a plain space, or like nothing, and count as '
        f"errors where a model writes it plainly ({some(kinds)}): row {some(list(odd))}. Mend the file, or say "
        f'chain=[plain_spaces,strip], which compares "{shown_plainly(first)}" as "{plain_spaces(first)}"'
    )


def _strange(samples: Sequence[Sample], rows: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Rows with a text of theirs, and its letters of another script."""
    answers: dict[Field, set[str]] = {}
    for one in samples:
        answers.setdefault(one.field, set()).update(one.truths)
    usual = {field: cyrillic_words(own) for field, own in answers.items()}
    for row, one in zip(rows, samples, strict=True):
        answered = [(text, usual[one.field]) for text in one.truths]
        for text, words in (*answered, (one.question, ()), (one.field.name, ())):
            if letters := strange_letters(text, words):
                yield row, text, letters


def _lookalikes(found: Iterable[tuple[int, str, str]]) -> str:
    first: dict[str, str] = {}
    rows = set()
    for row, text, letters in found:
        rows.add(row)
        script = "Latin" if letters.isascii() else "Cyrillic"
        first.setdefault(text, f'row {row} "{text}" ({", ".join(letters)}: {script})')
    return (
        f"{len(rows)} row(s) have letters of another script that only look right, and count as errors; type them anew: "
        f"{some(list(first.values()))}"
        if rows
        else ""
    )


def _twins(samples: Sequence[Sample], rows: Sequence[int]) -> str:
    names: dict[str, dict[str, int]] = {}
    for row, one in zip(rows, samples, strict=True):
        names.setdefault(folded(one.field.name), {}).setdefault(one.field.name, row)
    twins = [
        " and ".join(f'"{name}" (row {row})' for name, row in own.items()) for own in names.values() if len(own) > 1
    ]
    return (
        f"fields that differ in case or look-alike letters alone are asked apart; write them one way: {some(twins)}"
        * bool(twins)
    )


def _unread(samples: Sequence[Sample], rows: Sequence[int]) -> str:
    first: dict[str, int] = {}
    for row, one in zip(rows, samples, strict=True):
        first.setdefault(one.split, row)
    names = [
        f'"{name}" (from row {row} on{", " + hint.rstrip("?") if (hint := meant(name, PARTS)) else ""})'
        for name, row in first.items()
        if name and name not in PARTS
    ]
    free = [name for name in PARTS if name not in first]
    fate = f"dealt out to {', '.join(free)}" if free else "left out"
    return f"{', '.join(PARTS)} are the splits that are read; documents of others are {fate}: {some(names)}" * bool(
        names
    )
