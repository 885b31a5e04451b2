"""The summary: what the figures say, in sentences of the page's language."""

from __future__ import annotations

from collections.abc import Iterator

from promptfit.report.errors_view import ErrorsView
from promptfit.report.language import Language
from promptfit.report.look_view import LookView
from promptfit.report.material import Material
from promptfit.report.stress_view import StressView
from promptfit.select.record import FieldRecord, Figures
from promptfit.study.record import Share

LITTLE = 0.01
"""An augmentation that costs no more than this is called harmless."""


def reading(material: Material, t: Language) -> Iterator[str]:
    """How well the best prompts read, and where best and worst."""
    record = material.selection
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


def stress(view: StressView, t: Language) -> Iterator[str]:
    """What harms, what does not, what breaks, and whether captures agree."""
    if not view.order:
        return
    worst = view.order[0]
    many = t.count(len(view.order), "of_augmentations")
    told = {"many": many, "name": t.name("augmentations", worst.augmentation), "points": t.points(worst.relative)}
    yield t("harms" if worst.relative > LITTLE else "harms_little", **told)
    harmless = [t.name("augmentations", one.augmentation) for one in view.order if one.relative <= LITTLE]
    if harmless and worst.relative > LITTLE:
        yield t("harmless", names=t.listed(harmless), points=t.hundredths(LITTLE))
    breaking = [(s, one.augmentation, field) for one in view.order for field, s in one.breaks.items() if s is not None]
    told = {"threshold": t.percent(view.record.threshold), "all": t.whole(len(view.fields))}
    if breaking:
        number = len({field for _, _, field in breaking})
        severity, name, field = min(breaking, key=lambda one: one[0])
        told |= {"fields": t.count(number, "fields_break"), "first": t.quoted(field), "severity": str(severity)}
        yield t("breaks", name=t.name("augmentations", name), **told)
    else:
        yield t("breaks_none", **told)
    yield from _captures(view, t)


def look(view: LookView, t: Language) -> Iterator[str]:
    """Whether answers are read from their place."""
    if view.answers:
        shares = {name.replace(" ", "_"): t.percent(view.share(name)) for name in ("read", "without looking")}
        yield t("looks", answers=t.count(view.answers, "of_answers"), **shares)
    attention = view.record.attention
    if attention and attention.mass_right.value is not None and attention.area.value is not None:
        told = {"mass": t.percent(attention.mass_right.value), "area": t.percent(attention.area.value)}
        yield t("attends", **told)
    if (fall := view.record.difference) and fall.value is not None:
        yield t("looking_pays" if _surely_above(fall) else "looking_open", points=t.points(fall.value).lstrip("+"))


def errors(view: ErrorsView, t: Language) -> Iterator[str]:
    """What fails most, and what would be worth most."""
    if view.kinds:
        kind, _, share = view.kinds[0]
        yield t("fails", kind=t.name("kinds", kind), share=t.percent(share))
    if view.growth:
        first = view.growth[0].growth
        told = {"weakness": t.name("kinds", first.weakness), "lever": t.name("levers", first.lever)}
        yield t("grows", **told, fall=t.points(first.fall).lstrip("+"))


def _plainly(test: Figures, t: Language) -> Iterator[str]:
    if not test.cer:
        yield t("no_error")
        return
    if test.cer < 0.5:
        yield t("one_in", number=t.whole(1 / test.cer), exact=t.percent(test.exact))
    else:
        yield t("half", exact=t.percent(test.exact))


def _captures(view: StressView, t: Language) -> Iterator[str]:
    several = [one for one in view.record.consistency if one.captures > 1 and one.questions]
    if several:
        questions = sum(one.questions for one in several)
        mean = sum(one.mean * one.questions for one in several) / questions
        consistent = sum(one.consistent * one.questions for one in several) / questions
        yield t("captures", mean=t.percent(mean), consistent=t.percent(consistent))


def _tested(one: FieldRecord) -> float:
    return one.test.cer if one.test else 0.0


def _surely_above(one: Share) -> bool:
    return one.low is not None and one.low > 0
