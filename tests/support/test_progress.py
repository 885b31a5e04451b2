from __future__ import annotations

import io
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
