"""The summary: what the figures say, in sentences of the page's language."""

from __future__ import annotations

from collections.abc import Iterator

from promptfit.report.errors_view import ErrorsView
from promptfit.report.language import Language
from promptfit.report.look_view import LookView
from promptfit.report.material import Material
from promptfit.report.stress_view import StressView
from promptfit.select.selection_record import FieldSelection, Figures, SelectionRecord
from promptfit.study.records.look_json import Attention

LITTLE = 0.01
"""An augmentation that costs no more than this is called harmless."""


def reading(material: Material, t: Language) -> Iterator[str]:
    """How well the best prompts read, and where best and worst."""
    record = material.selection
    yield from _from_to(record, t)
    measured = [one for one in record.fields if one.test] or record.fields
    fields, types = len(measured), len({one.doc_type for one in measured})
    where = {"fields": t.count(fields, "on_fields"), "types": t.count(types, "of_types")}
    if record.test:
        yield t("reads", answerer=t.quoted(record.answerer), cer=t.percent(record.test[0].cer), **where)
        yield from _plainly(record.test[0], t)
    else:
        yield t("reads_untested", answerer=t.quoted(record.answerer), **where)
    tested = sorted((one for one in record.fields if one.test), key=_tested)
    if len(tested) > 1 and _tested(tested[0]) < _tested(tested[-1]):
        ends = {name: t.quoted(one.field) for name, one in (("best", tested[0]), ("worst", tested[-1]))}
        cers = {f"{name}_cer": t.percent(_tested(one)) for name, one in (("best", tested[0]), ("worst", tested[-1]))}
        yield t("ends", **ends, **cers)


def stress(view: StressView, chosen: SelectionRecord, t: Language) -> Iterator[str]:
    """On which documents, what harms, what does not, what breaks, and whether captures agree."""
    source = view.record.source
    if chosen.test and source.data_digest != chosen.data_digest:
        cers = {"clean": t.percent(view.record.clean.cer), "cer": t.percent(chosen.test[0].cer)}
        yield t("other_documents", **cers, studied=t.quoted(source.dataset), tested=t.quoted(chosen.dataset))
    yield from harm(view, t)
    yield from _captures(view, t)


def harm(view: StressView, t: Language) -> Iterator[str]:
    """Which augmentation harms most, which do not, and from which severity on fields are lost."""
    if not view.order:
        return
    worst = view.order[0]
    many = t.count(len(view.order), "of_augmentations")
    told = {"many": many, "name": t.name("augmentations", worst.augmentation), "points": t.points(worst.relative)}
    yield t("harms" if worst.relative > LITTLE else "harms_little", **told)
    harmless = [t.name("augmentations", one.augmentation) for one in view.order if one.relative <= LITTLE]
    if harmless and worst.relative > LITTLE:
        yield t("harmless", names=t.listed(harmless), points=t.hundredths(LITTLE))
    yield from _breaks(view, t)


def look(view: LookView, t: Language) -> Iterator[str]:
    """Whether answers are read from their place."""
    if view.answers:
        shares = {name.replace(" ", "_"): t.percent(view.share(name)) for name in ("read", "without looking")}
        yield t("looks", answers=t.count(view.answers, "of_answers"), **shares)
    yield from _attention(view.record.attention, t)
    if (fall := view.record.difference) and fall.value is not None and fall.low is not None and fall.high is not None:
        told = "looking_pays" if fall.low > 0 else "looking_costs" if fall.high < 0 else "looking_open"
        yield t(told, points=t.points(abs(fall.value)).lstrip("+"))


def errors(view: ErrorsView, t: Language) -> Iterator[str]:
    """What fails most, and what would be worth most."""
    if view.kinds:
        kind, _, share = view.kinds[0]
        yield t("fails", kind=t.name("kinds", kind), share=t.percent(share))
    if view.growth:
        first = view.growth[0].growth
        told = {"weakness": t.name("kinds", first.weakness), "lever": t.name("levers", first.lever)}
        yield t("grows", **told, fall=t.points(first.fall).lstrip("+"))


def _from_to(record: SelectionRecord, t: Language) -> Iterator[str]:
    """What the chosen prompts take off the better baseline."""
    for one in sorted(record.gains, key=lambda gain: gain.baseline.cer)[:1]:
        ends = "–" if one.low is None or one.high is None else t.ends(one.low, one.high)
        cers = {"before": t.percent(one.baseline.cer), "after": t.percent(one.chosen.cer)}
        shares = {"before_exact": one.baseline.values["exact"], "after_exact": one.chosen.values["exact"]}
        exact = {name: t.percent(share) for name, share in shares.items()}
        words = {"baseline": t.name("baselines", one.label), "data": t.quoted(record.dataset)}
        yield t("from_to", **cers, **exact, **words, change=t.points(one.change), ends=ends)


def _attention(found: Attention | None, t: Language) -> Iterator[str]:
    """Right answers against wrong ones, whatever came of it."""
    if not found or found.area.value is None:
        return
    area = t.percent(found.area.value)
    right, wrong, difference = found.mass_right, found.mass_wrong, found.mass_difference
    if right.value is not None and wrong.value is not None and difference.value is not None:
        masses = {"right": t.percent(right.value), "wrong": t.percent(wrong.value)}
        ends = "" if difference.low is None or difference.high is None else t.ends(difference.low, difference.high)
        yield t("attends", **masses, area=area, difference=t.points(difference.value), ends=ends or "–")
    elif right.value is not None:
        yield t("attends_right", right=t.percent(right.value), area=area)


def _plainly(test: Figures, t: Language) -> Iterator[str]:
    if not test.cer:
        yield t("no_error")
        return
    if test.cer < 0.5:
        yield t("one_in", number=t.whole(1 / test.cer), exact=t.percent(test.values["exact"]))
    else:
        yield t("half", exact=t.percent(test.values["exact"]))


def _breaks(view: StressView, t: Language) -> Iterator[str]:
    """Which fields are not read anyway, and which are lost on the way."""
    threshold, clean = view.record.threshold, view.record.clean_fields
    broken = {field for field in view.fields if clean[field].cer >= threshold}
    told = {"threshold": t.percent(threshold), "all": t.whole(len(view.fields))}
    if broken:
        yield t("broken", fields=t.count(len(broken), "fields_broken"), **told)
    breaking = [
        (severity, one.augmentation, field)
        for one in view.order
        for field, severity in one.breaks.items()
        if severity is not None and field not in broken
    ]
    if breaking:
        fields = t.count(len({field for _, _, field in breaking}), "fields_break")
        severity, name, field = min(breaking, key=lambda one: one[0])
        first = {"first": t.quoted(field), "name": t.name("augmentations", name), "severity": str(severity)}
        yield t("breaks", fields=fields, **first, **told)
    elif not broken:
        yield t("breaks_none", **told)


def _captures(view: StressView, t: Language) -> Iterator[str]:
    several = [one for one in view.record.consistency if one.captures > 1 and one.questions]
    if several:
        questions = sum(one.questions for one in several)
        mean = sum(one.mean * one.questions for one in several) / questions
        consistent = sum(one.consistent * one.questions for one in several) / questions
        yield t("captures", mean=t.percent(mean), consistent=t.percent(consistent))


def _tested(one: FieldSelection) -> float:
    return one.test.cer if one.test else 0.0
