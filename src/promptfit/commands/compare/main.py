"""`promptfit compare`: the searches of one answerer side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.compare.show import markdown, sections, table, wins
from promptfit.commands.shared import composed, tables
from promptfit.commands.shared.listed import named
from promptfit.commands.shared.private_results import results_stay
from promptfit.commands.shared.written import Written
from promptfit.data.comparison import Comparison, compare
from promptfit.paths import home
from promptfit.support.files.writing import replace_file
from promptfit.tracking.slug import slug


def main(cfg: DictConfig) -> Comparison:
    """Shows, keeps and logs which label is best for which field."""
    folder = home() / "prompts" / cfg.model.name
    found = compare(folder, cfg.model.name, named(cfg.labels), named(cfg.field))
    path = folder / "compare.md"
    replace_file(path, markdown(found).encode())
    _record(cfg, found, path)
    tables.console().print(table(found))
    tables.say(
        *wins(found), *(f"careful: {warning}" for warning in found.warnings()), f"as Markdown: {tables.shown(path)}"
    )
    return found


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The table."""
    return [Written(home() / "prompts" / cfg.model.name / "compare.md")]


def _record(cfg: DictConfig, found: Comparison, path: Path) -> None:
    from promptfit.tracking import DataUsed, late_run

    records = [column.record for column in found.columns if column.record]
    one_set = len({record.data_digest for record in records}) == 1
    used = DataUsed(records[0].dataset, records[0].data_digest) if one_set else None
    labels = [column.label for column in found.columns]
    params = {"answerer": found.answerer, "labels": ",".join(labels), "fields": len(found.fields)}
    # a collection without a record is of nobody knows which data
    stays = results_stay(cfg, [one.record.data_digest if one.record else "" for one in found.columns])
    name = f"{found.answerer}: {len(labels)} labels"
    with late_run("compare", composed.resolved(cfg), params, used, name, stays=stays) as run:
        rows = [[name, *(cell for cell, _ in cells)] for section in sections(found) for name, cells in section]
        run.table("compare", ["field", *labels], rows)
        for column in found.columns:
            figures = {"won": float(len(found.won(column.label))), **(column.spent(found.fields) or {})}
            if mean := found.mean(column):
                figures["cer"] = mean[0]
            run.metrics({f"{name}/{slug(column.label)}": value for name, value in figures.items()})
        run.artifact(path)
