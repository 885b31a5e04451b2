"""`promptfit leaderboard`: the answerers that a selection was made for, ranked."""

from __future__ import annotations

from collections.abc import Sequence

from omegaconf import DictConfig

from promptfit.commands.leaderboard.show import cells, columns, markdown, table
from promptfit.commands.shared import composed, tables
from promptfit.commands.shared.listed import named
from promptfit.commands.shared.private_results import results_stay
from promptfit.commands.shared.written import Written
from promptfit.paths import home
from promptfit.select.leaderboard import Leaderboard, rank
from promptfit.support.files.writing import replace_file, write_table
from promptfit.tracking.slug import slug


def main(cfg: DictConfig) -> Leaderboard:
    """Shows, keeps and logs how the answerers compare."""
    folder = home() / "selection"
    found = rank(folder, named(cfg.models))
    files = [folder / "leaderboard.md", folder / "leaderboard.csv"]
    replace_file(files[0], markdown(found).encode())
    write_table(files[1], *cells(found))
    tables.console().print(table(found))
    tables.say(*(f"careful: {warning}" for warning in found.warnings()))
    tables.say(f"as Markdown and CSV: {tables.shown(files[0])}, {tables.shown(files[1])}")
    _record(cfg, found)
    return found


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The tables."""
    return [Written(home() / "selection" / "leaderboard.md")]


def _record(cfg: DictConfig, found: Leaderboard) -> None:
    """Last, since the person has the table by now and MLflow takes seconds to come up."""
    from promptfit.tracking import DataUsed, late_run

    digests = {record.data_digest for record in found.records}
    used = DataUsed(found.records[0].dataset, *digests) if len(digests) == 1 else None
    names = [record.answerer for record in found.records]
    params = {"answerers": ",".join(names), "best": names[0]}
    stays, name = results_stay(cfg, digests), f"{len(names)} answerers"
    with late_run("leaderboard", composed.resolved(cfg), params, used, name, stays=stays) as run:
        run.table("leaderboard", columns(found), cells(found)[1])
        run.metrics({f"cer_macro/{slug(one.answerer)}": one.test[0].cer for one in found.records if one.test})
        for name in ("leaderboard.md", "leaderboard.csv"):
            run.artifact(home() / "selection" / name)
