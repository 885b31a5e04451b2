"""`promptfit try`, the mini-benchmark: one prompt or a whole collection, measured at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omegaconf import DictConfig

from promptfit.answer.cached_answerer import CachedAnswerer
from promptfit.commands.search.keep import write_rows
from promptfit.commands.shared import chain_gain, composed, configured, damage, quote, tables
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.useless import useless
from promptfit.commands.shared.written import Written, rows
from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.grouping import by_field
from promptfit.data.reader import Dataset
from promptfit.data.split import split
from promptfit.evaluate.ask import measure
from promptfit.evaluate.obtained import Obtained
from promptfit.paths import resolve
from promptfit.search.leaks import guard_of
from promptfit.types import Field, Prompt, PromptfitError, Sample, Trial


def main(cfg: DictConfig) -> list[Trial]:
    """Measures on the search split and shows it; with `save=` on the holdout, too, and keeps the prompts.

    Returns:
        A trial a field, of the last split that was measured.
    """
    data = damage.applied(cfg, configured.load_data(cfg))
    data = configured.questions_of(cfg, data)
    prompts = prompts_of(cfg, data)
    label = str(cfg.save) if cfg.save is not None else "try"
    splits = split(data, seed=cfg.seed, overlap=cfg.overlap)
    names = ["search", "holdout"] if cfg.save is not None else ["search"]
    leaks = _leaks(prompts, [sample for name in names for sample in splits[name]])
    if leaks and cfg.save is not None:
        raise PromptfitError(
            f"{'; '.join(leaks)}: what is measured with it says nothing of other documents, so it is "
            "not kept. Take the answer out, or try it without save="
        )
    tables.say(*(f"careful: {leak}, so its CER says nothing of other documents" for leak in leaks))
    if cfg.dry_run:
        count = sum(sample.field in prompts for name in names for sample in splits[name])
        tables.say(f"at most {count} requests to {cfg.model.name}; those answered before are not asked again")
        tables.say(*quote.answers(cfg, count, data.samples))
        return []
    answerer, obtained = configured.kept_answerer(cfg, data), configured.obtained_of(cfg)
    for name in names:
        trials = _measured(cfg, prompts, splits[name], answerer, obtained)
        tables.console().print(tables.trials_table(trials, f"{cfg.model.name} on the {name} split of {data.name}"))
        if obtained.over:
            break
    if any(one.counts.edits for trial in trials for one in trial.scored) and cfg.worst:
        tables.console().print(tables.worst_table(trials, cfg.worst))
    tables.say(*chain_gain.told(trials, configured.scoring_of(cfg)))
    tables.say(*configured.told(cfg, obtained, answerer))
    tables.say(tables.asked(answerer))
    obtained.check()
    if cfg.save is not None:
        path = configured.collection_path(cfg, label)
        rows = [Row(t.field.name, t.prompt.text, t.score.cer) for t in trials]
        tables.say(*write_rows(path, rows), f"kept in {tables.shown(path)}")
        tables.say(*useless({trial.field.name: trial.score.cer for trial in trials}))
    _record(cfg, data, label, trials)
    return trials


def writes(cfg: DictConfig) -> Sequence[Written]:
    """The rows of the collection that `save=` names."""
    return [] if cfg.save is None else rows(cfg, configured.collection_path(cfg, str(cfg.save)), "save")


def prompts_of(cfg: DictConfig, data: Dataset) -> dict[Field, Prompt]:
    """The prompt to try for each field.

    Raises:
        PromptfitError: Neither or both of a prompt and a collection are given, or no field for the prompt.
    """
    if (cfg.prompt is None) == (cfg.collection is None):
        raise PromptfitError('give either a prompt, promptfit try "Напиши Фамилия" field=…, or collection=FILE.csv')
    if cfg.collection is not None:
        kept = collection.asked_rows(collection.read(resolve(str(cfg.collection))), data.fields)
        rows = {data.resolve(row.field): row for row in kept}
        wanted = set(configured.fields_of(cfg, data))
        return {field: Prompt(row.prompt, "collection") for field, row in rows.items() if field in wanted}
    if cfg.field is None:
        raise PromptfitError(f"which field? Give field=… out of: {', '.join(field.name for field in data.fields)}")
    if not str(cfg.prompt).strip():
        raise PromptfitError("the prompt is empty; write what to ask, in quotes")
    return {field: Prompt(str(cfg.prompt), "try") for field in configured.fields_of(cfg, data)}


def _leaks(prompts: Mapping[Field, Prompt], samples: Sequence[Sample]) -> list[str]:
    """The prompts that give a true answer of these samples away, in words."""
    own = by_field(samples)
    found = {field: guard_of(field, own.get(field, ())).leak(one.text) for field, one in prompts.items()}
    return [f"the prompt for {field.name} has a true answer in it, {leak!r}" for field, leak in found.items() if leak]


def _measured(
    cfg: DictConfig,
    prompts: Mapping[Field, Prompt],
    samples: Sequence[Sample],
    answerer: CachedAnswerer,
    obtained: Obtained,
) -> list[Trial]:
    samples_of = by_field(samples)
    if bare := [field.name for field in prompts if field not in samples_of]:
        raise PromptfitError(f"no samples of {', '.join(bare)} in this split; add some, or leave the field out")
    scoring, metric = configured.scoring_of(cfg), configured.objective_of(cfg)
    how = (answerer, scoring, cfg.seed, cfg.model.system)
    return measure(prompts, samples_of, *how, metric=metric, obtained=obtained)


def _record(cfg: DictConfig, data: Dataset, label: str, trials: Sequence[Trial]) -> None:
    """Last, since the person has the CER by now and MLflow takes seconds to come up."""
    from promptfit.tracking import late_run

    described, used = configured.params(cfg, label), configured.data_used(cfg, data)
    stays, name = privacy_of(cfg, data).stays, f"{cfg.model.name} {label}"
    with late_run("try", composed.resolved(cfg), described, used, name, stays=stays) as run:
        for trial in trials:
            run.trial(trial)
            if cfg.save is not None:
                run.winner(trial.field, trial.prompt, trial.score)
        run.metrics({"cer": sum(trial.score.cer for trial in trials) / len(trials)} if trials else {})
