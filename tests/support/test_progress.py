from __future__ import annotations

import io
import re
import time

from rich.console import Console

from promptfit.support.console.progress import Progress


def test_the_bar_says_how_many_a_second() -> None:
    screen = Console(file=io.StringIO(), width=120)
    bar = Progress(10, screen)
    for _ in range(4):
        bar.advance()
        time.sleep(0.01)
    screen.print(bar._table())
    assert "4/10" in screen.file.getvalue() and "a second" in screen.file.getvalue()  # type: ignore[attr-defined]
    assert "tokens" not in screen.file.getvalue(), "nobody knows them"  # type: ignore[attr-defined]


def test_the_bar_says_how_many_tokens_a_second_where_they_are_known() -> None:
    screen, clock = Console(file=io.StringIO(), width=120), iter(range(1000))
    bar = Progress(10, screen)
    bar._bar.get_time = lambda: float(next(clock))  # each of both counts is a second
    for _ in range(8):
        bar.advance(700)
    screen.print(bar._table())
    said = screen.file.getvalue()  # type: ignore[attr-defined]
    assert re.search(r"8/10 0\.5 a second, 350 tokens", said), said
