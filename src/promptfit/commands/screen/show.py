"""A screening in the console."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from promptfit.evaluate.obtained import Obtained
from promptfit.report.differences import EXTRA, MISSING, MORE, SAME
from promptfit.report.screening import ScreenAnswer, Screened, Screening
from promptfit.support.console.door import LONGEST, inert

RAW = 300
"""Characters of a raw answer that are shown beside what was read in it."""


def answers(screening: Screening) -> Table:
    """Question by question, the answerers side by side."""
    table = Table(title="What was answered", title_justify="left", show_lines=True)
    known = any(question.truth is not None for question in screening.questions)
    for column in ("image", "question", *(["expected"] if known else [])):
        table.add_column(column, overflow="fold")
    for one in screening.candidates:
        table.add_column(one.answerer, overflow="fold", ratio=1)
    for index, question in enumerate(screening.questions):
        first = index == 0 or screening.questions[index - 1].image != question.image
        row: list[str | Text] = [question.image.name if first else "", question.text]
        row += [question.truth or ""] if known else []
        table.add_row(*row, *(_cell(one, one.cells[index]) for one in screening.candidates))
    return table


def summary(screening: Screening) -> Table:
    """A line an answerer."""
    columns = ("answerer", "answers", "CER", "seconds", "tokens in", "tokens out")
    table = Table(*columns, title="In all", title_justify="left", caption_justify="left")
    for one in screening.candidates:
        table.add_row(one.answerer, *_figures(one))
    faults = [_safe(f"{one.answerer}: {one.fault}", "red") for one in screening.candidates if one.fault]
    table.caption = Text("\n").join(faults) if faults else None
    return table


def endings(screening: Screening, limits: Mapping[str, int | None]) -> list[str]:
    """How many answers were cut off, or are empty; by answerer.

    Args:
        screening: All of it.
        limits: Each answerer's ``max_new_tokens``, where its configuration says it.
    """
    lines = []
    for one in screening.candidates:
        obtained = Obtained()
        for cell in one.cells:
            if cell.answer:
                obtained.read(cell.answer.ended, cell.reading)
        lines += [f"{one.answerer}: {line}" for line in obtained.lines(limits.get(one.answerer))]
    return lines


def _figures(one: Screened) -> list[str]:
    sums = one.figures()
    return [
        f"{len(one.answers)} of {len(one.cells)}",
        "-" if one.cer is None else f"{one.cer:.3f}",
        f"{sums['seconds']:.2f}",
        f"{sums['tokens_in']:.0f}",
        f"{sums['tokens_out']:.0f}",
    ]


def _cell(one: Screened, cell: ScreenAnswer) -> Text:
    if cell.answer is None:  # one reason for all of them stands under the table
        return Text("no answer", "red") + _safe("" if one.fault else f": {cell.fault}")
    shown = Text()
    for kind, text in cell.differences or ((SAME, cell.reading.value),):
        if kind == MORE:
            shown.append(f"… and {int(text):,} more characters", "red")
        elif kind != MISSING:  # without its colours it would read as a part of the answer; the truth stands beside it
            shown.append_text(_safe(text, "red" if kind == EXTRA else ""))
    if not cell.reading.value.strip():
        shown.append(f"({cell.reading.fault or 'empty'})", "italic")
    if cell.raw:
        shown.append_text(_safe("\nraw: ", "dim") + _safe(cell.raw, "dim", RAW))
    cer = "" if cell.cer is None else f"CER {cell.cer:.2f}, "
    shown.append(f"\n{cer}{cell.answer.seconds:.2f} s, {cell.answer.tokens_out} tokens", "dim")
    return shown


def _safe(text: str, style: str = "", longest: int = LONGEST) -> Text:
    return Text(inert(text, longest), style)
