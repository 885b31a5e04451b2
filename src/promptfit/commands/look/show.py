"""A study of looking as the console shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rich.table import Table

from promptfit.commands.shared import tables
from promptfit.commands.shared.cer_text import ends
from promptfit.commands.shared.study_plan import StudyPlan
from promptfit.score.intervals import CAUTION, FEW_DOCUMENTS
from promptfit.study.by_verdict import by_verdict
from promptfit.study.grounding import grounding
from promptfit.study.grounding.grounding import planned
from promptfit.study.grounding.occlusion import GroundingQuestion
from promptfit.study.records.look_json import Attention, LookRecord, Share


def left_out(reasons: Mapping[str, int]) -> list[str]:
    """Who can't take part."""
    return [f"careful: {count:,} samples are left out: {reason}" for reason, count in reasons.items()]


def unattended(model: object) -> list[str]:
    """What the study will lack, before hours are spent on it."""
    return (
        [f"careful: {why}; answers are only asked with places covered"] if (why := grounding.unattended(model)) else []
    )


def plan(answerer: str, plan: StudyPlan, questions: Sequence[GroundingQuestion], fills: Sequence[str]) -> list[str]:
    """What is to come, in words."""
    documents = len({one.sample.document for one in questions})
    return [
        f"{len(questions):,} samples of {documents:,} documents, {len(plan.prompts)} prompts of "
        f"{tables.shown(plan.path)}",
        f"each is asked of the clean image, and with its box and as much elsewhere covered by {', '.join(fills)}",
        f"{planned(questions):,} requests to {answerer}; what was answered before is not asked again",
        "attention is measured where the answerer gives it, which takes no longer than answering the clean images",
    ]


def table(record: LookRecord) -> Table:
    """What each answer depends on."""
    title = f"{record.source.answerer} on {record.source.dataset}: what an answer depends on"
    shown = Table(title=title, title_justify="left")
    headings = ("verdict", "right when clean", "changes when covered", "stays when elsewhere is", "answers", "share")
    for heading in headings:
        shown.add_column(heading, overflow="fold", justify="right" if heading in headings[-2:] else "left")
    total = sum(one.answers for one in record.verdicts)
    for one in by_verdict(record.verdicts):
        said = ("either" if yes is None else "yes" if yes else "no" for yes in one.said)
        shown.add_row(one.verdict, *said, f"{one.answers:,}", f"{one.answers / total:.1%}")
    if record.source.documents < FEW_DOCUMENTS:
        shown.caption = CAUTION
    return shown


def summary(record: LookRecord) -> list[str]:
    """Does looking right predict reading right, and where the attention is."""
    return [*_looking(record), *(_attention(record.attention) if record.attention else [record.no_attention])]


def places(file: Path) -> list[str]:
    """Where the results are."""
    return [
        f"the study: {tables.shown(file)}, pictures of single answers: {tables.shown(file.parent / 'look')}",
        "runs: `promptfit ui` opens MLflow; they are under promptfit/look",
    ]


def _looking(record: LookRecord) -> Iterator[str]:
    looking, others = record.cer_looking, record.cer_not_looking
    yield (
        f"answers that depend on their box alone: CER {_told(looking)}, {_percent(record.right_looking)} right; "
        f"others: CER {_told(others)}, {_percent(record.right_not_looking)} right"
    )
    if record.difference.value is not None:
        yield f"looking right takes off {_told(record.difference)} of CER{_doubt(record.difference)}"


def _attention(told: Attention) -> Iterator[str]:
    taught = " (its training taught it where to look)" if told.taught else ""
    yield (
        f"attention, layer {told.layer} of 0 to {len(told.layers) - 1}{taught}: {_percent(told.layers[told.layer])} in "
        f"the answer's box, {_percent(told.area)} of the image; strongest spot there: {_percent(told.pointing)}"
    )
    yield (
        f"right answers {_percent(told.mass_right)}, wrong ones {_percent(told.mass_wrong)}: difference "
        f"{_percent(told.mass_difference)}{_doubt(told.mass_difference)}; not set against the generic prompt's: "
        f"{_percent(told.absolute_right)}, {_percent(told.absolute_wrong)}, difference "
        f"{_percent(told.absolute_difference)}{_doubt(told.absolute_difference)}"
    )


def _doubt(difference: Share) -> str:
    if difference.low is None or difference.high is None or difference.low <= 0 <= difference.high:
        return ", which may be chance"
    return ""


def _percent(one: Share) -> str:
    return _told(one, ".1%")


def _told(one: Share, form: str = ".4f") -> str:
    return "-" if one.value is None else f"{one.value:{form}}{ends(one.low, one.high, form, ' to ')}"
