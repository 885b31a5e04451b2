"""A screening in the console."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from promptfit.evaluate.obtained import Obtained
from promptfit.report.differences import EXTRA, MISSING, MORE, SAME
from promptfit.report.screen_cells import Differences, ScreenAnswer
from promptfit.report.screening import Screened, Screening
from promptfit.support.console.door import LONGEST, inert
from promptfit.types import Reading

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
    of_records = [_told(one.record_cer) for one in screening.candidates]
    records = any(one.record_cer is not None for one in screening.candidates)
    columns = ("answerer", "answers", "CER", *(["record CER"] if records else []), "seconds", "tokens in", "tokens out")
    table = Table(*columns, title="In all", title_justify="left", caption_justify="left")
    for one, told in zip(screening.candidates, of_records, strict=True):
        answered, cer, *sums = _figures(one)
        table.add_row(one.answerer, answered, cer, *([told] if records else []), *sums)
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
        _told(one.cer),
        f"{sums['seconds']:.2f}",
        f"{sums['tokens_in']:.0f}",
        f"{sums['tokens_out']:.0f}",
    ]


def _cell(one: Screened, cell: ScreenAnswer) -> Text:
    if cell.answer is None:  # one reason for all of them stands under the table
        return Text("no answer", "red") + _safe("" if one.fault else f": {cell.fault}")
    shown = Text("\n").join(
        [_safe(f"{one.key}: ") + _read(one.reading, one.differences) for one in cell.fields]
        or [_read(cell.reading, cell.differences)]
    )
    if cell.reading.notes:
        shown.append_text(_safe(f"\n({', '.join(cell.reading.notes)})", "italic"))
    if cell.raw:
        shown.append_text(_safe("\nraw: ", "dim") + _safe(cell.raw, "dim", RAW))
    cer = "" if cell.cer is None else f"CER {cell.cer:.2f}, "
    shown.append(f"\n{cer}{cell.answer.seconds:.2f} s, {cell.answer.tokens_out} tokens", "dim")
    return shown


def _read(reading: Reading, differences: Differences) -> Text:
    shown = Text()
    for kind, text in differences or ((SAME, reading.value),):
        if kind == MORE:
            shown.append(f"… and {int(text):,} more characters", "red")
        elif kind != MISSING:  # without its colours it would read as a part of the answer; the truth stands beside it
            shown.append_text(_safe(text, "red" if kind == EXTRA else ""))
    if not reading.value.strip():
        shown.append(f"({reading.fault or 'empty'})", "italic")
    return shown


def _told(cer: float | None) -> str:
    return "-" if cer is None else f"{cer:.3f}"


def _safe(text: str, style: str = "", longest: int = LONGEST) -> Text:
    return Text(inert(text, longest), style)
