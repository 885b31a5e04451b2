"""What a person sees of a running search: a bar over the budget with the fields' best values; plain lines in a log."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from promptfit.support.console import door
from promptfit.support.manual import terminal
from promptfit.types import Field

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

log = logging.getLogger(__name__)


class Progress:
    """Counts answers against a budget. It shows something only while it is entered.

    Args:
        total: Logical requests of the budget.
        console: Where to show it; stderr if not given. Anything but a terminal gets one logged line a round.
        words: What is counted.
    """

    def __init__(self, total: int, console: Console | None = None, words: str = "requests of the budget") -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        self._console = console or door.console(error=True)
        described = TextColumn("{task.description}")
        rate = TextColumn("{task.fields[rate]}")
        self._bar = Bar(described, BarColumn(), MofNCompleteColumn(), rate, TimeElapsedColumn(), console=self._console)
        self._task = self._bar.add_task(words, total=total, rate="")
        self._tokens = self._bar.add_task("tokens", total=None, visible=False)
        self._best: Mapping[Field, float] = {}
        self._words = ""

    def __enter__(self) -> Progress:
        self.show()
        terminal.DRAWN.append(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        terminal.DRAWN.remove(self)
        self.hide()

    def show(self) -> None:
        """Draws the bar, below whatever the terminal shows."""
        from rich.live import Live

        # A new one each time: one that was stopped would begin by erasing as many lines as it had.
        self._live = Live(get_renderable=self._table, console=self._console, transient=True, refresh_per_second=4)
        if self._console.is_terminal:
            self._live.start()

    def hide(self) -> None:
        """Takes the bar away, while a person types."""
        self._live.stop()

    def advance(self, tokens: int = 0) -> None:
        """One more request was answered, in so many tokens; 0 where nobody knows."""
        answers, said = (task.speed for task in self._bar.tasks)  # of the last half minute
        rate = (f"{answers:.1f} a second" if answers else "") + (f", {said:,.0f} tokens" if answers and said else "")
        self._bar.update(self._tokens, advance=tokens)
        self._bar.update(self._task, advance=1, rate=rate)

    def at(self, words: str) -> None:
        """Says how far it is: under the bar, or as a logged line."""
        self._words = words
        if not self._console.is_terminal:
            log.info("%s", words)

    def round(self, number: int, best: Mapping[Field, float], title: str) -> None:
        """A round ended: shows every field's best value of the metric of this title."""
        self._best = best
        done = int(self._bar.tasks[0].completed)
        if not self._console.is_terminal and best:
            mean = sum(best.values()) / len(best)
            log.info("round %d: %d requests, mean best %s %.4f over %d fields", number, done, title, mean, len(best))

    def _table(self) -> Table:
        from rich.table import Table

        grid = Table.grid(padding=(0, 2))
        for field, value in self._best.items():
            grid.add_row(field.name, f"{value:.4f}")
        if self._words:
            grid.add_row(self._words)
        whole = Table.grid()
        whole.add_row(self._bar)
        whole.add_row(grid)
        return whole
