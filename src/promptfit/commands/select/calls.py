"""One call a document against a call a field, out of two selections: compared, written and told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from omegaconf import DictConfig
from rich.table import Table

from promptfit.commands.select import plan
from promptfit.commands.select.selected import Selected
from promptfit.commands.shared import composed, configured, tables
from promptfit.commands.shared.private_results import privacy_of
from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.reader import Dataset
from promptfit.report import calls_chart
from promptfit.select.call_plans.calls_of import compared
from promptfit.select.call_plans.calls_record import FILE, CallsRecord, Costs, TypeCalls
from promptfit.support.enumerated import some
from promptfit.tracking.provenance import git_commit
from promptfit.types import RECORD, Field

HEADINGS = (
    "document type",
    "CER: a call a field",
    "one call",
    "change (95 %)",
    "one call is",
    "plan",
    "CER of the plan",
)
COSTS = ("calls", "tokens_in", "tokens_out", "seconds", "money")


def compare(cfg: DictConfig, data: Dataset, fields: Selected, records: Selected) -> CallsRecord:
    """Compares two selections, writes `calls.json`, its plot and the plan's collection, and tells the result."""
    from promptfit.tracking import open_run

    made = {"commit": git_commit(), "command": composed.command("select")}
    found = compared(fields.found, records.found, fields.params, float(cfg.margin), data.digest, **made)
    folder = plan.folder(cfg, "fields")
    saved, best = folder / "calls.json", folder / f"{found.answerer}_plan.csv"
    FILE.write(saved, found)
    collection.write(best, plan_rows(found, fields, records))
    files = [saved, best, calls_chart.write(folder, found)]
    config = {**composed.resolved(cfg), "both": [plan_digest(one) for one in (fields, records)]}
    params, used = {**fields.params, "ask": "both"}, configured.data_used(cfg, data)
    name, stays = f"{cfg.model.name}: one call or many", privacy_of(cfg, data).stays
    with open_run("select", config, params, used, name, stays=stays) as run:
        run.metrics(found.metrics)
        run.table("calls", ("document type", "by", *COSTS, "cer"), [row for one in found.types for row in _rows(one)])
        for path in files:
            run.artifact(path)
    tables.console().print(table(found))
    tables.say(*told(found), f"the plan's prompts: {tables.shown(best)}; its plot: {tables.shown(files[2])}")
    return found


def plan_rows(found: CallsRecord, fields: Selected, records: Selected) -> list[Row]:
    """The chosen plans as one collection: the record's prompt, and those of fields that are asked alone."""
    alone = {one.field: one for one in fields.record.fields}
    whole = {one.field: one for one in records.record.fields}
    rows = []
    for one in found.types:
        chosen = one.plans[one.chosen].alone
        asked = [alone[name] for name in chosen]
        if len(chosen) < len(one.fields):
            asked.insert(0, whole[Field(one.doc_type, RECORD).name])
        rows += [Row(each.field, each.best.prompt, each.test.cer if each.test else None) for each in asked]
    return rows


def plan_digest(one: Selected) -> list[str]:
    """What tells two selections apart."""
    return [f"{each.field}: {each.best.prompt}" for each in one.record.fields]


def table(found: CallsRecord) -> Table:
    """A row a document type."""
    shown = tables.headed(f"{found.answerer} on {found.dataset}: one call a document or a call a field", *HEADINGS)
    for one in found.types:
        cer, chosen = one.metrics["cer"], one.plans[one.chosen]
        ends = "" if cer.low is None or cer.high is None else f" ({cer.low:+.4f} to {cer.high:+.4f})"
        calls = chosen.costs.calls / 1000
        shown.add_row(
            one.doc_type,
            f"{cer.fields:.4f}",
            f"{cer.record:.4f}",
            f"{cer.change:+.4f}{ends}",
            one.verdict,
            f"{calls:g} call{'' if calls == 1 else 's'}{', alone: ' if chosen.alone else ''}{', '.join(chosen.alone)}",
            f"{chosen.cer_test:.4f}",
        )
    return shown


def told(found: CallsRecord) -> Iterator[str]:
    """In words: for which fields one call is as good, and what it saves."""
    for one in found.types:
        good = [each.field for each in one.fields if each.verdict in ("as good", "better")]
        value = one.metrics["value"]
        rest = [each.field for each in one.fields if each.field not in good]
        worse = f" (not {some(rest)})" if rest else ""
        yield (
            f"{one.doc_type}: one call is as good for {len(good)} of {len(one.fields)} fields{worse}; right values "
            f"{value.record:.1%}, of single calls {value.fields:.1%}; {_saved(one.costs_fields, one.costs_record)}"
        )


def _saved(many: Costs, one: Costs) -> str:
    units = {"calls": (one.calls, many.calls), "tokens in": (one.tokens_in, many.tokens_in)}
    units |= {"out": (one.tokens_out, many.tokens_out), "seconds": (one.seconds, many.seconds)}
    told = {name: (own, other) for name, (own, other) in units.items() if other}
    parts = [f"{name} {own:,.0f} instead of {other:,.0f} ({own / other:.2f})" for name, (own, other) in told.items()]
    parts += [f"money {one.money:,.2f} instead of {many.money:,.2f}"] if many.money else []
    return f"per 1,000 documents: {', '.join(parts)}"


def _rows(one: TypeCalls) -> list[list[object]]:
    """Every plan with what it takes."""
    return [
        [one.doc_type, _by(each.alone, one), *(getattr(each.costs, unit) for unit in COSTS), each.cer_test]
        for each in one.plans
    ]


def _by(alone: Sequence[str], one: TypeCalls) -> str:
    count = len(alone)
    return "record" if not count else "fields" if count == len(one.fields) else f"record, {count} alone"
