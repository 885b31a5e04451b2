"""Where a screening is kept: its page, the table of verdicts, and a run in MLflow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.shared import composed, configured
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.private_results import privacy_of
from promptfit.data.reader import Dataset
from promptfit.paths import home
from promptfit.report.page import screen_page
from promptfit.report.screening import Screened, Screening
from promptfit.support.files.formulas import unguard
from promptfit.support.files.table import read_table
from promptfit.support.files.writing import one_at_a_time, replace_file, write_table

COLUMNS = ("answerer", "date", "verdict", "note", "images", "page")


def page_of(screening: Screening) -> Path:
    """A new file under `screen/`, named by date, time and answerer."""
    first, *others = [re.sub(r"[^\w.+-]", "-", one.answerer) for one in screening.candidates]
    stem = f"{screening.made:%Y-%m-%d_%H-%M-%S}_{first}{f'+{len(others)}' if others else ''}"
    path, number = home() / "screen" / f"{stem}.html", 2
    with one_at_a_time():  # jobs of a sweep may come in the same second
        while path.exists():
            path, number = path.with_name(f"{stem}_{number}.html"), number + 1
        replace_file(path, b"")
    return path


def verdicts_file() -> Path:
    """The table of all verdicts of this project."""
    return home() / "screen" / "verdicts.csv"


def write_page(path: Path, screening: Screening, language: str) -> None:
    """Writes the page; one that is there is replaced."""
    replace_file(path, screen_page(screening, language).encode("utf-8"))


def keep(cfg: DictConfig, path: Path, screening: Screening, judged: Sequence[Screened], data: Dataset | None) -> None:
    """Keeps the verdicts in the page, in the table and in a run.

    Args:
        cfg: The configuration.
        path: The page.
        screening: All of it, with the verdicts.
        judged: Whose verdicts are new.
        data: The data set that the questions are from, if they are.
    """
    write_page(path, screening, cfg.language)
    _add_verdicts(path, screening, judged)
    _record(cfg, path, screening, data)


def _add_verdicts(path: Path, screening: Screening, judged: Sequence[Screened]) -> None:
    images = ", ".join(image.name for image in screening.images)
    date = f"{screening.made:%Y-%m-%d %H:%M}"
    rows = [(one.answerer, date, one.verdict, one.note, images, path.name) for one in judged]
    file = verdicts_file()
    with one_at_a_time():
        table = read_table(file, [COLUMNS]) if file.is_file() else None
        columns = table.columns if table else COLUMNS  # a person may have added some
        kept = [[unguard(row.cells[column]) for column in columns] for row in (table.rows if table else ())]
        new = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        write_table(file, columns, [*kept, *([row.get(column, "") for column in columns] for row in new)])


def _record(cfg: DictConfig, path: Path, screening: Screening, data: Dataset | None) -> None:
    """Last, since the person has seen the answers by now and MLflow takes seconds to come up."""
    from promptfit.tracking import late_run

    # the page's name is new each time, and so is the run: another verdict is another screening
    config = {**composed.resolved(cfg), "page": path.name}
    used = configured.data_used(cfg, data) if data else None
    params, stays = _params(cfg, path, screening, data), privacy_of(cfg, data).stays_with(screening.images)
    with late_run("screen", config, params, used, path.stem, stays=stays) as run:
        for one in screening.candidates:
            run.metrics({f"{one.answerer}/{name}": value for name, value in one.figures().items()})
        if len(screening.candidates) == 1:
            run.metrics(screening.candidates[0].figures())
        run.table("answers", *_side_by_side(screening))
        verdicts = [[one.answerer, one.verdict, one.note] for one in screening.candidates]
        run.table("verdicts", ["answerer", "verdict", "note"], verdicts)
        run.artifact(path)


def _params(cfg: DictConfig, path: Path, screening: Screening, data: Dataset | None) -> dict[str, object]:
    several = len(screening.candidates) > 1
    verdicts = [f"{one.answerer}: {one.verdict}" if several else one.verdict for one in screening.candidates]
    notes = [f"{one.answerer}: {one.note}" if several else one.note for one in screening.candidates if one.note]
    return {
        "answerer": ", ".join(one.answerer for one in screening.candidates),
        "verdict": "; ".join(verdicts),
        "note": "; ".join(dict.fromkeys(notes)),
        "images": ", ".join(image.name for image in screening.images),
        "questions": len(screening.questions),
        "dataset": data.name if data else "",
        "seed": cfg.seed,
        "reader": ",".join(map(str, listed(cfg.reader))),
        "chain": ",".join(cfg.chain),
        "page": path.name,
    }


def _side_by_side(screening: Screening) -> tuple[list[str], list[list[object]]]:
    """A row a question; answer, CER, seconds and tokens of each answerer beside each other."""
    columns = ["image", "question", "expected"]
    for one in screening.candidates:
        columns += [f"{one.answerer}{what}" for what in ("", " cer", " seconds", " tokens")]
    rows: list[list[object]] = []
    for index, question in enumerate(screening.questions):
        row: list[object] = [question.image.name, question.text, question.truth]
        for cell in (one.cells[index] for one in screening.candidates):
            said = cell.answer
            shown = [cell.reading.value, cell.cer, said.seconds, said.tokens_in + said.tokens_out] if said else []
            row += shown or [f"no answer: {cell.fault}", None, None, None]
        rows.append(row)
    return columns, rows
