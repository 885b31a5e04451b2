"""What goes wrong in answers: kinds of errors, confused characters, weak groups, and what mending would be worth.

`causes.py` says what an edit is charged to, `growth_points.py` what mending it would be worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from promptfit.score.normalize import Chain
from promptfit.score.values import compared
from promptfit.study.errors.attribution import Ledger, ledger_of
from promptfit.study.errors.causes import LEVERS, PLACES
from promptfit.study.errors.confusions import confusions
from promptfit.study.errors.first_cause import charge
from promptfit.study.errors.groups import groups
from promptfit.study.errors.growth_points import LARGER_IMAGE, growth_points
from promptfit.study.errors.small_text import SmallText, small_text
from promptfit.study.errors.varied import varied
from promptfit.study.records.errors_json import ErrorsRecord, WorstAnswer
from promptfit.study.records.study_source import Source
from promptfit.types import Counts, Sample, ValueKind


@dataclass(frozen=True, slots=True)
class Read:
    """One answer, and under which circumstances it was given."""

    sample: Sample
    prompt: str
    answer: str
    """What was read in it."""
    counts: Counts
    augmentation: str
    """Empty for the clean image."""
    severity: int
    text_height: float
    """Of the image's text, in pixels."""
    others: Sequence[str]
    """True answers of the document's other fields."""
    raw: str = ""
    """The answer as it came, where that is not what was read."""
    nearest: str | None = None
    """Of several true answers the one that it is held against, see ``Scored.nearest``."""

    @property
    def expected(self) -> str:
        """The true answer that this one is held against."""
        return self.sample.answer if self.nearest is None else self.nearest


def errors_record(
    reads: Sequence[Read], source: Source, chain: Chain, seed: int, worst: Sequence[WorstAnswer] = ()
) -> ErrorsRecord:
    """Takes all errors apart; ``sum(kinds.values()) == sum(edits)``, and so in every group.

    Args:
        reads: The answers; their counts are those of the chain.
        source: What the study was made from.
        chain: The normalisation that the answers were counted with.
        seed: Seed of the intervals.
        worst: Kept as they are.

    Raises:
        ValueError: There is no answer.
    """
    if not reads:
        raise ValueError("no answer to study")
    ledger = _ledger(reads, chain)
    fields = [one.sample.field.name for one in reads]
    types = [one.sample.field.doc_type for one in reads]
    augmentations = [one.augmentation for one in reads]
    heights = [one.text_height for one in reads]
    misread = ledger.charges[:, [PLACES[cause] for cause in LARGER_IMAGE]].sum(axis=1)
    at = np.unique(fields, return_inverse=True)[1]
    small = small_text(ledger, misread, at, np.array(heights), seed)
    record = ErrorsRecord(
        {},
        source,
        ledger.cell(seed),
        not any(augmentations),
        ledger.kinds(),
        confusions(ledger),
        groups(ledger, fields, types, augmentations, heights, seed),
        growth_points(ledger, small, seed),
        list(worst),
    )
    return replace(record, metrics=_metrics(record, small))


def kind_of(read: Read, chain: Chain) -> str:
    """The kind of error that most of an answer's edits are charged to; empty for a right answer."""
    charges = charge(*_compared(read, chain), read.others).charges
    return max(charges, key=lambda cause: charges[cause]).kind if charges else ""


def worst_of(reads: Sequence[Read], count: int) -> list[Read]:
    """The worst answers by their own CER, no field, augmentation or answer much more often than another.

    Deterministic in the answers, whatever their order.
    """
    wrong = [one for one in reads if one.counts.edits]
    keys = [(-one.counts.edits / max(1, one.counts.chars), _name(one)) for one in wrong]
    traits = [(one.sample.field, one.augmentation, one.answer) for one in wrong]
    return [wrong[place] for place in varied(keys, traits, count)]


def _name(read: Read) -> tuple[str, ...]:
    sample = read.sample
    return sample.document, sample.field.name, read.augmentation, str(read.severity), str(sample.image), read.answer


def _ledger(reads: Sequence[Read], chain: Chain) -> Ledger:
    plain = {key: _compared(one, chain) for key, one in {_key(one): one for one in reads}.items()}
    return ledger_of(
        ((*plain[_key(one)], tuple(one.others)) for one in reads),
        [one.counts.chars for one in reads],
        [one.sample.document for one in reads],
    )


def _key(read: Read) -> tuple[str, str, ValueKind]:
    return read.expected, read.answer, read.sample.kind


def _compared(read: Read, chain: Chain) -> tuple[str, str]:
    """As the counts have it: what rightly says that nothing is there has no edit."""
    return compared(read.expected, read.answer, read.sample.kind, chain)


def _metrics(record: ErrorsRecord, small: SmallText | None) -> dict[str, float]:
    """The record in plain numbers; those that are not known are left out."""
    cell = record.overall
    figures = {"cer": cell.cer, "cer_low": cell.low, "cer_high": cell.high, "exact": cell.exact}
    figures |= {lever: sum(one.fall for one in record.growth if one.lever == lever) for lever in LEVERS}
    if small:
        figures |= {"small_text_below": small.threshold, "small_text_share": small.share}
        figures |= {"small_text_share_low": small.low, "small_text_share_high": small.high}
    return {name.replace(" ", "_"): value for name, value in figures.items() if value is not None}
