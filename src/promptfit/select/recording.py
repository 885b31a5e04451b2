"""Makes a selection's record."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from promptfit.evaluate.overall import overall
from promptfit.score.aggregate import of_fields
from promptfit.score.metrics import CER, Metric
from promptfit.select.choose import Choice
from promptfit.select.collections import Evaluation
from promptfit.select.gather import Gathered
from promptfit.select.selection import Selection
from promptfit.select.selection_record import (
    CandidateRecord,
    FieldSelection,
    Figures,
    GainRecord,
    MixingRecord,
    SelectionRecord,
    TypeRecord,
)
from promptfit.support.grouped_by import grouped_by
from promptfit.types import Field, Score, Scored


def record_of(
    selection: Selection,
    candidates: Gathered,
    setting: Mapping[str, object],
    digest: str,
    commit: str = "",
    command: str = "",
) -> SelectionRecord:
    """Records a selection; the same selection gives the same record.

    Args:
        selection: What was found.
        candidates: Out of what.
        setting: Answerer, dataset, seed, chain (with commas) and racing (``on`` or ``off``).
        digest: The data's.
        commit: The project's.
        command: What makes it again.
    """
    seed = int(str(setting["seed"]))
    tested = selection.test_overall
    return SelectionRecord(
        metrics={name: value for name, value in selection.figures().items() if math.isfinite(value)},
        cer_test={field.name: one.score.cer for field, one in selection.test.items()},
        cer_select={field.name: one.score.cer for field, one in selection.choices.items()},
        answerer=str(setting["answerer"]),
        dataset=str(setting["dataset"]),
        data_digest=digest,
        seed=seed,
        chain=str(setting["chain"]).split(","),
        labels=candidates.labels,
        racing=setting["racing"] == "on",
        test=[_figures(tested.macro, selection.metric)] if tested else [],
        types=_types(selection, seed),
        mixing=_mixing(selection),
        gains=_gains(selection),
        fields=[_field(selection, field) for field in selection.choices],
        warnings=candidates.warnings,
        commit=commit,
        command=command,
        objective=selection.metric.name,
    )


def _types(selection: Selection, seed: int) -> list[TypeRecord]:
    of_type: dict[str, dict[Field, Sequence[Scored]]] = {}
    for field, trial in selection.test.items():
        of_type.setdefault(field.doc_type, {})[field] = trial.scored
    metric = selection.metric
    fields = {name: len(of_fields(one for own in fields.values() for one in own)) for name, fields in of_type.items()}
    return [
        TypeRecord(name, fields[name], _figures(overall(own, seed, metric).macro, metric))
        for name, own in of_type.items()
    ]


def _mixing(selection: Selection) -> list[MixingRecord]:
    one, test = selection.mixing, selection.single
    if not one:
        return []
    if not test:
        return [MixingRecord(one.label, one.fields, one.mixed, one.gain, one.p, None, None, None)]
    alone, mix = test.metric.loss(test.single.macro), test.metric.loss(test.mixed.macro)
    return [MixingRecord(one.label, one.fields, one.mixed, one.gain, one.p, alone, mix, test.p)]


def _gains(selection: Selection) -> list[GainRecord]:
    made = []
    for label, one in selection.gains.items():
        before, after = (_figures(collection.macro, selection.metric) for collection in (one.baseline, one.chosen))
        made.append(GainRecord(label, len(one.trials), before, after, one.change, *_ends(one.low, one.high)))
    return made


def _field(selection: Selection, field: Field) -> FieldSelection:
    choice, gaps = selection.choices[field], selection.gaps(field)
    tested = selection.test.get(field)
    return FieldSelection(
        field=field.name,
        doc_type=field.doc_type,
        candidates=_candidates(choice, selection.evaluations[field]),
        winner=choice.winner,
        runner_up=choice.runner_up,
        test=_figures(tested.score, selection.metric) if tested else None,
        p=choice.p,
        p_adjusted=choice.p_adjusted,
        settled=choice.settled,
        why=choice.why,
        more_documents=choice.plan.more if choice.plan else None,
        gap_to_stage1=gaps.stage1,
        gap_to_select=gaps.select,
        requests=choice.requests,
        full_requests=choice.full_requests,
        flags=choice.flags,
        baselines={
            label: _figures(gain.trials[field].score, selection.metric)
            for label, gain in selection.gains.items()
            if field in gain.trials
        },
    )


def _candidates(choice: Choice, evaluation: Evaluation) -> list[CandidateRecord]:
    might = {choice.finished[0], *choice.ties} if choice.ties else set()
    return [
        CandidateRecord(
            prompt=one.text,
            labels=one.labels,
            cer_stage1=one.cer,
            select=_figures(score, evaluation.metric),
            documents=score.documents,
            finished=place in choice.finished,
            tied=place in might,
            curve=_curve(evaluation, place),
        )
        for place, (one, score) in enumerate(zip(choice.candidates, choice.scores, strict=True))
    ]


def _curve(evaluation: Evaluation, place: int) -> list[tuple[int, float]]:
    # in the order in which they were asked
    documents = list(grouped_by(evaluation.scored[place], lambda one: one.sample.document).values())
    ends = [look for look in evaluation.race.looks if look < len(documents)] + [len(documents)]
    return [(end, round(CER.of([one.counts for own in documents[:end] for one in own]), 6)) for end in ends]


def _figures(score: Score, metric: Metric) -> Figures:
    own = score.intervals[metric.name]
    ends = () if metric is CER or own.kind == "none" else (own.low, own.high)
    return Figures(score.values, *_ends(score.low, score.high), score.interval, ends)


def _ends(low: float, high: float) -> tuple[float | None, float | None]:
    return (low if math.isfinite(low) else None), (high if math.isfinite(high) else None)
