"""What the person thinks of an answerer: from the command line, or asked at the terminal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from omegaconf import ListConfig

from promptfit.report.screening import NOT_WORTH, UNDECIDED, WORTH
from promptfit.support.console.door import inert, say
from promptfit.types import PromptfitError

_MEANT = {
    WORTH: ("y", "yes", "true", "д", "да", WORTH),
    NOT_WORTH: ("n", "no", "false", "н", "нет", NOT_WORTH),
    UNDECIDED: ("?", "", UNDECIDED),
}
_VERDICTS = {word: verdict for verdict, words in _MEANT.items() for word in words}
_ASKED = "y, n or ?"


def given(value: Any, answerers: Sequence[str]) -> dict[str, str]:
    """The verdicts of the command line by answerer: one for all of them, or a list with one for each.

    Raises:
        PromptfitError: A word is no verdict, or the list is of another length.
    """
    if value is None:
        return {}
    values = list(value) if isinstance(value, ListConfig) else [value] * len(answerers)
    if len(values) != len(answerers):
        raise PromptfitError(f"verdict={list(values)}: give one for all, or one for each of {', '.join(answerers)}")
    return {name: _meant(str(one)) for name, one in zip(answerers, values, strict=True)}


def someone_there() -> bool:
    """Whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def asked(answerer: str) -> tuple[str, str]:
    """Asks until the line begins with a verdict; an empty line, or Ctrl-D, is undecided.

    Returns:
        The verdict and the note.
    """
    while True:
        try:
            line = input(inert(f"{answerer}: worth it? [y/n/?] note: "))
        except EOFError:
            say("")
            return UNDECIDED, ""
        word, _, note = clean(line).partition(" ")
        verdict = _VERDICTS.get(word.strip(".,:;").casefold())
        if verdict:
            return verdict, note.strip()
        say(f"begin with {_ASKED}, and go on with the note, as in: y reads surnames")


def clean(note: str) -> str:
    """The note without what no file can hold: a terminal passes on bytes that are no text."""
    return note.encode("utf-8", "replace").decode("utf-8").strip()


def _meant(word: str) -> str:
    verdict = _VERDICTS.get(word.strip().casefold())
    if verdict is None:
        raise PromptfitError(f"verdict={word}: no such verdict; give {_ASKED}")
    return verdict
