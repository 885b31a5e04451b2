"""One selection, of prompts for fields or of prompts for records: asked, written and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.select import plan, show
from promptfit.commands.select.keep import keep, write
from promptfit.commands.shared import composed, configured, other_data, quote, tables
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.useless import useless
from promptfit.data.grouping import by_field
from promptfit.data.reader import Dataset
from promptfit.data.split import split
from promptfit.evaluate.obtained import Obtained
from promptfit.select.baselines import with_baselines
from promptfit.select.collections import planned
from promptfit.select.recording import record_of
from promptfit.select.select_rules import SelectRacing
from promptfit.select.selection import SPLITS, Selection, run_select
from promptfit.select.selection_record import SelectionRecord
from promptfit.support.console.progress import Progress
from promptfit.tracking.provenance import git_commit


@dataclass(frozen=True, slots=True)
class Selected:
    """What came of it."""

    found: Selection
    record: SelectionRecord
    files: Sequence[Path]
    """The best collection first."""
    params: Mapping[str, object]
    obtained: Obtained


def selected(cfg: DictConfig, data: Dataset, ask: str) -> Selected | None:
    """Selects, writes the best collection with all that belongs to it, and says how sure the choice is.

    Args:
        cfg: The configuration.
        data: The data set.
        ask: ``fields`` or ``record``.

    Returns:
        What came of it; None after `dry_run=true`.
    """
    from promptfit.tracking import open_run

    rules, scoring = plan.rules_of(cfg), configured.scoring_of(cfg)
    races = isinstance(rules.racing, SelectRacing)
    folder, questions = plan.folder(cfg, ask), configured.questions_of(cfg, data, ask)
    other_data.check(cfg, data, folder / "selection.json")
    gathered = plan.candidates_of(cfg, questions, ask)
    splits = configured.limited(split(questions, SPLITS, cfg.seed, cfg.overlap), list(gathered.fields))
    gathered = plan.unseen(cfg, gathered, splits["test"])
    baselines = plan.baselines_of(cfg, gathered, questions.samples)
    candidates = with_baselines(gathered, baselines)
    on_select = planned(candidates.fields, by_field(splits["select"]))
    on_test = (3 + len(baselines)) * len(splits["test"])  # chosen, mixed, the single label's
    tables.say(*(f"careful: {warning}" for warning in candidates.warnings))
    if cfg.dry_run:
        tables.say(*show.plan(cfg.model.name, candidates, on_select, on_test, races))
        tables.say(*quote.answers(cfg, on_select + on_test, data.samples))
        return None
    answerer, params = configured.kept_answerer(cfg, data, ask=ask), plan.params(cfg, races, candidates)
    obtained = configured.obtained_of(cfg)
    used, config = configured.data_used(cfg, data), {**plan.identity(cfg, candidates), "ask": ask}
    stays, name = privacy_of(cfg, data).stays, f"{cfg.model.name}: {len(candidates.labels)} labels"
    with open_run("select", config, params, used, name, stays=stays) as run:
        with Progress(on_select + on_test, words="requests at most") as bar:
            how = (answerer, scoring, rules, cfg.seed, cfg.model.system, bar.advance, obtained)
            found = run_select(candidates, baselines, splits, *how)
        record = record_of(found, candidates, params, data.digest, git_commit(), composed.command("select"))
        files = write(folder, data, found, record)
        keep(run, found, record, files)
    tables.console().print(show.table(record))
    tables.say(*show.summary(record, found), *configured.told(cfg, obtained, answerer))
    tables.say(*useless({one.field: (one.test or one.best.select).cer for one in record.fields}))
    tables.say(tables.asked(answerer), *show.places(files))
    return Selected(found, record, files, params, obtained)
