"""A selection as the console shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from promptfit.commands.shared import tables
from promptfit.commands.shared.cer_text import cer_text
from promptfit.score.metrics import METRICS, Metric, beside, measured
from promptfit.select.choose import CHEAPER, SINGLE
from promptfit.select.gather import Gathered
from promptfit.select.selection import Selection
from promptfit.select.selection_record import FieldSelection, Figures, SelectionRecord
from promptfit.support.console.door import inert

HEADINGS = (
    "field",
    "best prompt (whose)",
    "CER on test (95 %)",
    "on select",
    "test - stage 1",
    "runner-up on select",
    "p (Holm)",
    "verdict",
)


def plan(answerer: str, candidates: Gathered, most: int, tested: int, racing: bool) -> list[str]:
    """What is to come, in words."""
    prompts = sum(len(own) for own in candidates.fields.values())
    labels = ", ".join(candidates.labels)
    return [
        f"{prompts} distinct prompts for {len(candidates.fields)} fields, out of {len(candidates.files)}: {labels}",
        f"{'at most ' if racing else ''}{most} requests to {answerer} on select"
        + (" (the race drops what is clearly worse);" if racing else ";"),
        f"at most {tested} on test: the winners, the best single label's prompts and the mix's, the baselines",
        "what was answered before is not asked again",
    ]


def table(record: SelectionRecord) -> Table:
    """Field by field: the winner, what it is worth, against whom it won, and how sure that is."""
    title = f"{record.answerer} on {record.dataset}: the best prompt of every field"
    others = measured(METRICS[record.objective])[1:]  # the objective, where that is not the CER
    title += "".join(f", by {metric.title}" for metric in others)
    more = (head for one in others for head in (f"{one.title} on test (95 %)", "on select"))
    shown = tables.headed(title, *HEADINGS, *more)
    for one in record.fields:
        prompt = Text.assemble(inert(one.best.prompt), (inert(f" ({', '.join(one.best.labels)})"), "dim"))
        gap = _gap(one.gap_to_stage1)
        figures = [_cer(one.test), f"{one.best.select.cer:.4f}", gap, _runner_up(one), _p(one), verdict(one)]
        figures += [cell for m in others for cell in (_told(one.test, m), m.told(one.best.select.values))]
        shown.add_row(one.field, prompt, *figures)
    shown.add_section()
    test = _cer(record.test[0]) if record.test else "-"
    settled = f"{sum(one.settled for one in record.fields)} of {len(record.fields)} settled"
    gap = _gap(record.metrics.get("gap_to_stage1"))
    mean = [test, f"{record.metrics['cer_macro_select']:.4f}", gap, "", "", settled]
    for metric in others:
        own = {metric.name: record.metrics[f"{metric.name}_macro_select"]}
        mean += [_told(record.test[0] if record.test else None, metric), metric.told(own)]
    shown.add_row("mean", "", *mean)
    return shown


def verdict(one: FieldSelection) -> str:
    """Settled or a tie, in words."""
    if len(one.candidates) == 1:
        return "the only prompt"
    if one.settled:
        return f"taken as {one.why}" if one.why in (CHEAPER, SINGLE) else "settled"
    why = f", {one.why}" if one.why in (CHEAPER, SINGLE) else ""
    if one.more_documents is None:
        return f"tie{why}: no difference seen"
    return f"tie{why}: {one.more_documents:,} more documents" if one.more_documents else f"tie{why}"


def summary(record: SelectionRecord, found: Selection) -> list[str]:
    """The whole collection, what mixing gains, what the race saved, and what to be careful about."""
    return [*_gains(record), *_overall(record), *_mixing(record), *_spent(found), *_notes(record)]


def places(files: Sequence[Path]) -> list[str]:
    """Where the results are."""
    return [
        f"the best prompts: {tables.shown(files[0])}",
        f"figures, charts and VLMHyperBench's tables beside it: {tables.shown(files[0].parent)}",
        "runs: `promptfit ui` opens MLflow; they are under promptfit/select",
    ]


def _overall(record: SelectionRecord) -> Iterator[str]:
    for one in record.test:
        yield (
            f"on test: macro CER {_cer(one)}, "
            + ", ".join(f"{metric.title} {metric.told(one.values)}" for metric in beside(values=[one.values]))
            + " (means over the fields)"
        )
    for kind in record.types if len(record.types) > 1 else ():
        yield f"  {kind.doc_type}: {_cer(kind.test)} over {kind.fields} fields"


def _gains(record: SelectionRecord) -> Iterator[str]:
    exact = METRICS["exact"]
    for one in record.gains:
        ends = "" if one.low is None or one.high is None else f", {one.low:+.4f} to {one.high:+.4f}"
        yield (
            f"from the {one.label} to the chosen prompts, on test: macro CER {one.baseline.cer:.4f} to "
            f"{one.chosen.cer:.4f} ({one.change:+.4f}{ends}), exact {exact.told(one.baseline.values)} to "
            f"{exact.told(one.chosen.values)}"
        )


def _mixing(record: SelectionRecord) -> Iterator[str]:
    of = "".join(f" of {metric.title}'s loss" for metric in measured(METRICS[record.objective])[1:])
    for one in record.mixing:
        taken = "the mix of all labels" if one.mixed else f"the collection {one.label} as a whole"
        yield (
            f"taken: {taken}; out of sample on select the mix {'takes off' if one.gain > 0 else 'adds'} "
            f"{abs(one.gain):.4f}{of} against {one.label} (p = {one.p:.3g})"
        )
        if one.test_single is not None:
            alone = f"{one.label} alone {one.test_single:.4f} (p = {one.test_p:.3g})"
            yield f"  on test: the mix {one.test_mixed:.4f}, {alone}"


def _spent(found: Selection) -> Iterator[str]:
    if found.requests == found.full_requests:
        yield (
            f"every prompt was asked of every document: {found.requests:,} requests on select, and "
            f"{found.test_requests:,} on test"
        )
        return
    share = found.requests / found.full_requests
    drops = sum(len(one.drops) for one in found.choices.values())
    yield (
        f"the race dropped {drops} prompts and spent {found.requests:,} of {found.full_requests:,} requests on select "
        f"({1 - share:.0%} saved), and {found.test_requests:,} on test"
    )


def _notes(record: SelectionRecord) -> Iterator[str]:
    flags: dict[str, list[str]] = {}
    for one in record.fields:
        for flag in one.flags:
            flags.setdefault(flag, []).append(one.field)
    for flag, fields in flags.items():
        named = "every field" if len(fields) == len(record.fields) > 1 else ", ".join(fields)
        yield f"{flag} ({named})"


def _gap(value: float | None) -> str:
    return "-" if value is None else f"{value:+.4f}"


def _runner_up(one: FieldSelection) -> str:
    if one.runner_up is None:
        return "-"
    rival = one.candidates[one.runner_up]
    dropped = "" if rival.finished else f", dropped after {rival.documents}"
    return f"{rival.select.cer:.4f} ({', '.join(rival.labels)}{dropped})"


def _p(one: FieldSelection) -> str:
    if one.p is None:
        return "-"
    return f"{one.p:.2g}" + (f" ({one.p_adjusted:.2g})" if one.p_adjusted is not None else "")


def _told(one: Figures | None, metric: Metric) -> str:
    """The objective with its interval."""
    if one is None:
        return "-"
    return metric.told(one.values) + (f" ({one.ends[0]:.4f}-{one.ends[1]:.4f})" if one.ends else "")


def _cer(one: Figures | None) -> str:
    return cer_text(one, ".4f")
