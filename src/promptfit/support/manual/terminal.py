"""The terminal as a person pastes into it: lines of any length, and nothing that is printed is obeyed."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from promptfit.support.console.door import visible
from promptfit.types import PromptfitError

QUIET = 0.2
"""Seconds without input after which a paste is over."""


class Drawn(Protocol):
    """Something that is drawn on the terminal again and again, such as a bar."""

    def hide(self) -> None:
        """Takes it away."""

    def show(self) -> None:
        """Draws it again."""


DRAWN: list[Drawn] = []
"""What has to be away while a person types, or it would draw over that. A process has one terminal, so this is one."""


class Terminal:
    """A terminal that hands over what is typed as it comes.

    The terminal's own line editor cuts a line at 4,095 bytes, and a model's reply is often one long line; so it is
    switched off while a reply is awaited, together with the keys that would act inside of a paste.

    Args:
        source: File descriptor of a terminal, to read from.
        target: To write to.
    """

    def __init__(self, source: int, target: int) -> None:
        self._source, self._target = source, target

    def read(self) -> bytes:
        """Returns what came; nothing after a moment of quiet.

        Raises:
            PromptfitError: The terminal was closed.
        """
        if not select.select([self._source], [], [], QUIET)[0]:
            return b""
        try:
            data = os.read(self._source, 65536)
        except OSError:
            data = b""
        if not data:
            raise PromptfitError("the terminal was closed while a reply was awaited; run the same command to go on")
        return data

    def echo(self, text: str) -> None:
        """Shows text that is safe to show."""
        data = text.encode("utf-8", "replace")
        while data:
            data = data[os.write(self._target, data) :]

    def say(self, *lines: str) -> None:
        """Shows lines; what a terminal would obey in them is made visible instead."""
        self.echo("".join(f"{visible(line)}\n" for line in lines))

    def ruled(self, text: str) -> None:
        """Shows a text between two lines, so that it is seen where it begins and ends."""
        rule = "─" * min(100, os.get_terminal_size(self._source).columns or 80)
        self.say(rule, text, rule)


def is_at_hand() -> bool:
    """Whether a person sits at standard input."""
    try:
        return os.isatty(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):  # closed, or not a file at all
        return False


@contextmanager
def taken_over() -> Iterator[Terminal]:
    """Gives the terminal at standard input, and hands it back as it was, whatever happens."""
    import termios

    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    ours: list[Any] = [*before[:6], list(before[6])]
    ours[0] &= ~(termios.ICRNL | termios.IXON)
    ours[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    ours[6][termios.VMIN], ours[6][termios.VTIME] = 1, 0
    target, drawn = _screen(source), list(DRAWN)
    for one in drawn:
        one.hide()
    try:
        termios.tcsetattr(source, termios.TCSADRAIN, ours)
        yield Terminal(source, target)
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
        os.close(target)
        for one in drawn:
            one.show()


def _screen(source: int) -> int:
    """The terminal to write to, wherever standard output and error go."""
    try:
        return os.open(os.ttyname(source), os.O_WRONLY | os.O_NOCTTY)
    except OSError:  # it has no name here; most are open for writing, too
        return os.dup(source)
