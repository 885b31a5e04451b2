"""Makes a selection's record."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from promptfit.evaluate.overall import Overall, overall
from promptfit.score.cer import ratio
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
from promptfit.types import Field, Score


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
        test=[_macro(tested)] if tested else [],
        types=_types(selection, seed),
        mixing=_mixing(selection),
        gains=_gains(selection),
        fields=[_field(selection, field) for field in selection.choices],
        warnings=candidates.warnings,
        commit=commit,
        command=command,
    )


def _types(selection: Selection, seed: int) -> list[TypeRecord]:
    of_type: dict[str, list[Field]] = {}
    for field in selection.test:
        of_type.setdefault(field.doc_type, []).append(field)
    return [
        TypeRecord(name, len(own), _macro(overall({field: selection.test[field].scored for field in own}, seed)))
        for name, own in of_type.items()
    ]


def _mixing(selection: Selection) -> list[MixingRecord]:
    one, test = selection.mixing, selection.single
    if not one:
        return []
    on_test = (test.single.macro, test.mixed.macro, test.p) if test else (None, None, None)
    return [MixingRecord(one.label, one.fields, one.mixed, one.gain, one.p, *on_test)]


def _gains(selection: Selection) -> list[GainRecord]:
    return [
        GainRecord(
            label, len(one.trials), _macro(one.baseline), _macro(one.chosen), one.change, *_ends(one.low, one.high)
        )
        for label, one in selection.gains.items()
    ]


def _field(selection: Selection, field: Field) -> FieldSelection:
    choice, gaps = selection.choices[field], selection.gaps(field)
    tested = selection.test.get(field)
    return FieldSelection(
        field=field.name,
        doc_type=field.doc_type,
        candidates=_candidates(choice, selection.evaluations[field]),
        winner=choice.winner,
        runner_up=choice.runner_up,
        test=_figures(tested.score) if tested else None,
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
            label: _figures(gain.trials[field].score) for label, gain in selection.gains.items() if field in gain.trials
        },
    )


def _candidates(choice: Choice, evaluation: Evaluation) -> list[CandidateRecord]:
    might = {choice.finished[0], *choice.ties} if choice.ties else set()
    return [
        CandidateRecord(
            prompt=one.text,
            labels=one.labels,
            cer_stage1=one.cer,
            select=_figures(score),
            documents=score.documents,
            finished=place in choice.finished,
            tied=place in might,
            curve=_curve(evaluation, place),
        )
        for place, (one, score) in enumerate(zip(choice.candidates, choice.scores, strict=True))
    ]


def _curve(evaluation: Evaluation, place: int) -> list[tuple[int, float]]:
    edits, chars = evaluation.race.edits(place), _chars(evaluation, place)
    ends = [look for look in evaluation.race.looks if look < len(edits)] + [len(edits)]
    return [(end, round(ratio(int(edits[:end].sum()), sum(chars[:end])), 6)) for end in ends]


def _chars(evaluation: Evaluation, place: int) -> Sequence[int]:
    """Characters of the truth, document by document, in the order in which they were asked."""
    sums: dict[str, int] = {}
    for one in evaluation.scored[place]:
        sums[one.sample.document] = sums.get(one.sample.document, 0) + one.counts.chars
    return list(sums.values())


def _figures(score: Score) -> Figures:
    ends = _ends(score.low, score.high)
    return Figures(score.cer, *ends, score.interval, score.exact, score.wer, score.anls)


def _macro(one: Overall) -> Figures:
    ends = _ends(one.macro_low, one.macro_high)
    return Figures(one.macro, *ends, one.macro_interval, one.exact, one.wer, one.anls)


def _ends(low: float, high: float) -> tuple[float | None, float | None]:
    return (low if math.isfinite(low) else None), (high if math.isfinite(high) else None)
