"""Several true answers: the best one counts in every metric, and weights are the first one's."""

from __future__ import annotations

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptfit.score import cer
from promptfit.score.cer import columns, count
from promptfit.score.metrics import METRICS
from promptfit.score.nearest import nearest
from promptfit.score.normalize import Chain
from promptfit.score.tally import Tally
from promptfit.types import TEXT, Counts, ValueKind

TEXTS = st.text("абв1 .-", max_size=8) | st.sampled_from(["нет", "01.02.2003", "1 февраля 2003"])
KINDS = st.sampled_from([TEXT, ValueKind("date"), ValueKind("code"), ValueKind(absent=())])


def one(truths: list[str], answer: str, kind: ValueKind = TEXT) -> Counts:
    (found,) = count([truths[0]], [answer], Chain(), [kind], [truths[1:]])
    return found


@pytest.mark.parametrize(
    ("truths", "answer", "parts"),
    [
        (["кот", "котёнок"], "котёнок", {"cer": (0, 3), "exact": (1, 1), "wer": (0, 1), "anls": (1.0, 1)}),
        (["котёнок", "кот"], "кот", {"cer": (0, 7), "exact": (1, 1), "value": (1, 1)}),
        (["кот", "пёс"], "пес", {"cer": (1, 3), "exact": (0, 1), "wer": (1, 1), "anls": (2 / 3, 1)}),
        (["белый кот", "кот"], "белый пёс", {"cer": (3, 9), "wer": (1, 2)}),
        (["кот", ""], "", {"cer": (0, 3), "missed": (0, 1), "false_extraction": (0, 0)}),
        (["кот", "пёс"], "", {"cer": (3, 3), "missed": (1, 1)}),
        (["", "кот"], "кот", {"cer": (0, 0), "false_extraction": (0, 1), "value": (1, 1)}),
    ],
)
def test_right_values(truths: list[str], answer: str, parts: dict[str, tuple[float, int]]) -> None:
    found = one(truths, answer).parts
    assert {name: found[name] for name in parts} == {name: pytest.approx(own) for name, own in parts.items()}


def test_each_metric_takes_the_best_one_for_itself() -> None:
    date = ValueKind("date")
    found = one(["1 февраля 2003 года", "01.02.2033"], "01.02.2003", date)
    assert found.edits == 1, "the second truth is nearer in characters"
    assert found.parts["value"] == (1, 1), "and the first one is the same day"


@given(TEXTS, st.lists(TEXTS, max_size=3), TEXTS, TEXTS, KINDS)
def test_a_further_truth_makes_no_metric_worse(
    truth: str, accepted: list[str], more: str, answer: str, kind: ValueKind
) -> None:
    before, after = one([truth, *accepted], answer, kind), one([truth, *accepted, more], answer, kind)
    for name, metric in METRICS.items():
        old, new = before.parts[name], after.parts[name]
        assert old[1] == new[1], "the weight is the first truth's alone"
        assert metric.losses(*new) <= metric.losses(*old), name
        if metric.higher:
            assert 0 <= new[0] <= new[1]
    assert one([truth, *reversed(accepted)], answer, kind) == before, "the order of the others is nothing"


@given(st.lists(st.tuples(st.lists(TEXTS, min_size=1, max_size=4), TEXTS), min_size=1, max_size=6))
def test_edits_are_jiwers_against_the_nearest_truth(pairs: list[tuple[list[str], str]]) -> None:
    kind, chain = ValueKind(absent=()), Chain()
    said = [answer for _, answer in pairs]
    found = count([own[0] for own, _ in pairs], said, chain, [kind] * len(pairs), [own[1:] for own, _ in pairs])
    near = [nearest(own, answer, kind, chain) for own, answer in pairs]
    alone = count(near, said, chain, [kind] * len(pairs))
    assert [one.edits for one in found] == [one.edits for one in alone]
    if any(text.strip() for text in near):
        chars = sum(one.chars for one in alone)
        assert sum(one.edits for one in found) / chars == pytest.approx(jiwer.cer(near, said))


def test_a_list_with_several_truths_here_and_there_is_counted_as_each_alone() -> None:
    truths, accepted = ["кот", "пёс", "лис", ""], [[], ["пес", "собака"], (), ["нет"]]
    answers = [["кот", "собака", "лес", "ничего"], ["", "пес", "лис", ""]]
    flat = [
        count([t], [a], Chain(), (), [own])[0]
        for said in answers
        for t, a, own in zip(truths, said, accepted, strict=True)
    ]
    assert flat == count(truths * 2, [text for said in answers for text in said], Chain(), (), accepted * 2)
    tally = Tally.of_texts(truths, answers, [0, 0, 1, 1], Chain(), accepted=accepted)
    assert tally.weights.tolist() == [6, 3]
    assert tally.losses.tolist() == [[0, 7], [3, 0]]


def test_nothing_is_counted_twice_where_there_is_one_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def counted(truths: list[str], *_: object) -> dict[str, object]:
        calls.append(len(truths))
        return {}

    monkeypatch.setattr(cer, "_counted", counted)
    columns(["а"] * 5, ["б"] * 5, Chain(), (), [()] * 5)
    assert calls == [5]


def test_of_equals_the_first_is_the_nearest() -> None:
    assert nearest(["кот", "рот", "пёс"], "тот", TEXT, Chain()) == "кот"
    assert nearest(["кот", "нет"], "-", TEXT, Chain()) == "нет", "both say that nothing is there"
