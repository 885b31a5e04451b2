"""Tables of measured prompts."""

from __future__ import annotations

from rich.console import Console

from promptfit.commands.shared.tables import worst_table
from promptfit.evaluate.scoring import Scoring
from promptfit.readers.steps import Reader
from promptfit.score.aggregate import pool
from promptfit.types import Answer, Prompt, Trial
from scored import NAME, samples


def test_an_unclosed_thought_stands_where_its_value_would() -> None:
    sample = next(one for one in samples(1) if one.field == NAME)
    own = tuple(Scoring(reader=Reader(["thoughts"])).scored([sample], [Answer("<think>Здесь", ended="length")]))
    console = Console(width=160)
    with console.capture() as shown:
        console.print(worst_table([Trial(NAME, Prompt("Имя"), 0, pool(own), own, True, 1)], 5))
    assert "(unclosed thought)" in shown.get() and "raw: <think>Здесь" in shown.get()
