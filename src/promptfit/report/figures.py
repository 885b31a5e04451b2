"""The key figures at the head of the report."""

from __future__ import annotations

from dataclasses import dataclass

from promptfit.report.errors_view import ErrorsView
from promptfit.report.language import Language
from promptfit.report.look_view import LookView
from promptfit.report.material import Material
from promptfit.select.selection_record import Figures
from promptfit.study.records.study_source import Cell


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number, what it is, and its interval in words."""

    value: str
    label: str
    note: str = ""


def interval(one: Cell | Figures, t: Language) -> str:
    """The interval in words; where there was no error it is about the share of documents that err."""
    if one.low is None or one.high is None:
        return ""
    if one.interval == "exact":
        return t("erring", share=t.percent(one.high))
    return t("interval95", ends=t.ends(one.low, one.high))


def key_figures(material: Material, look: LookView | None, errors: ErrorsView | None, t: Language) -> list[KeyFigure]:
    """Up to eight figures; those of a study that is missing are left out."""
    data = t.quoted(material.selection.dataset)
    before = sorted((gain.baseline for gain in material.selection.gains), key=lambda one: one.cer)[:1]
    found = [KeyFigure(t.percent(one.cer), t("cer_before", data=data), interval(one, t)) for one in before]
    for test in material.selection.test:
        found += [
            KeyFigure(t.percent(test.cer), t("cer_test", data=data), interval(test, t)),
            KeyFigure(t.percent(test.values["exact"]), t.name("metrics", "exact")),
        ]
    if material.stress:
        found += _stress(material, t)
    if look and look.answers:
        found.append(KeyFigure(t.percent(look.share("read")), t("read_share"), t.count(look.answers, "answers")))
    if errors and errors.growth:
        first = errors.growth[0].growth
        found.append(KeyFigure(t.points(-first.fall), t("biggest_growth"), t.name("kinds", first.weakness)))
    return found


def _stress(material: Material, t: Language) -> list[KeyFigure]:
    record = material.stress
    assert record
    found = [
        KeyFigure(
            t.percent(record.clean.cer), t("cer_clean", data=t.quoted(record.source.dataset)), interval(record.clean, t)
        )
    ]
    if record.robustness:
        mean = sum(one.mean_cer for one in record.robustness) / len(record.robustness)
        found.append(KeyFigure(t.percent(mean), t("cer_corrupted"), t.points(mean - record.clean.cer)))
    several = [one for one in record.consistency if one.captures > 1 and one.questions]
    if several:
        questions = sum(one.questions for one in several)
        share = sum(one.consistent * one.questions for one in several) / questions
        found.append(KeyFigure(t.percent(share), t("consistent_share"), t.count(questions, "questions")))
    return found
