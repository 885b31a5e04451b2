"""Which field a prompt asks for, and what is printed by its label: both are found in spite of small differences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from promptfit.types import PromptfitError

VERSION = 1
"""Part of the answerer's identity: to be raised with every change here that changes an answer."""
_ALIKE = 75.0
"""Least likeness (rapidfuzz's ratio, 0 to 100) of a name: `продавца` and `Продавец` have just that."""
_ALIKE_SHORT = 65.0
"""The same of a printed label of three or four letters, one of them misread: `ФИ.0.` and `Ф.И.О.`."""
_SHORT = 4
"""Letters. Other words of a prompt are too much like a short name (`поле` and `Пол`): it is met exactly or not."""


@dataclass(frozen=True)
class Label:
    """Where a value is printed: by a label, or a number of lines below it."""

    text: str
    line: int = 0


@dataclass(frozen=True)
class Entry:
    """A field: the names that prompts have for it, and the labels that documents print by it."""

    names: tuple[str, ...]
    labels: tuple[Label, ...]


def entries_of(fields: Sequence[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Reads the configuration's list of ``{names: [...], labels: [text or {text, line}, ...]}``.

    Raises:
        PromptfitError: It is no such list.
    """
    try:
        return tuple(
            Entry(
                tuple(field["names"]),
                tuple(Label(one) if isinstance(one, str) else Label(**one) for one in field["labels"]),
            )
            for field in fields
        )
    except (KeyError, TypeError) as error:
        raise PromptfitError(
            f"fields of the tesseract answerer: each needs `names` and `labels` (text, or text and line): {error}"
        ) from error


def asked_for(prompt: str, entries: Sequence[Entry]) -> Entry | None:
    """Returns the field whose name, long and close to the letter, stands in the prompt; ``None`` where none does."""
    words = prompt.split()
    scores = {
        entry: max(score * len(name) for name in entry.names for score, _ in _likeness(words, name))
        for entry in entries
    }
    best = max(scores, key=lambda entry: scores[entry], default=None)
    return best if best is not None and scores[best] > 0 else None


def read_by_label(lines: Sequence[Sequence[str]], labels: Sequence[Label]) -> str:
    """Returns what stands right of the label that is printed most clearly, else what stands below; may be empty."""
    found = [
        (score, -number, -place, label, end)
        for number, label in enumerate(labels)
        for place, line in enumerate(lines)
        for score, end in _likeness(line, label.text, printed=True)
        if score > 0
    ]
    if not found:
        return ""
    _, _, place, label, end = max(found, key=lambda one: one[:3])
    right = _value(lines[-place][end:])
    if right and not label.line:
        return right
    below = -place + max(1, label.line)
    return _value(lines[below]) if below < len(lines) else ""


def _likeness(words: Sequence[str], name: str, printed: bool = False) -> list[tuple[float, int]]:
    """How much runs of words are like a name, 0 where they are not, and where each run ends.

    A run has as many words as the name, or fewer that have most of its letters: the space between them was not read.
    """
    letters = _letters(name)
    least = _ALIKE
    if len(letters) <= _SHORT:
        least = _ALIKE_SHORT if printed and len(letters) > 2 else 100.0
    ends = [(start, end) for start in range(len(words)) for end in range(start + 1, start + 1 + len(name.split()))]
    runs = [(_letters("".join(words[start:end])), end) for start, end in ends if end <= len(words)]
    long = [(run, end) for run, end in runs if len(run) >= _ALIKE / 100 * len(letters)]
    return [(0.0, 0), *((fuzz.ratio(run, letters, score_cutoff=least), end) for run, end in long)]


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _value(words: Sequence[str]) -> str:
    """The words without the marks that belong to the label or to a rule between them."""
    return " ".join(words).lstrip(" :;.,№=_|-—–").rstrip(" =_|—–")
