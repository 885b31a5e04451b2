"""The record of errors: its parts add up, and show what was put in."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answered import SOURCE, STRIP, SURNAME, read
from present import present
from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.study.errors.causes import KINDS
from promptfit.study.errors.classify import Read, errors_record, kind_of
from promptfit.study.records import study_file
from promptfit.study.records.errors_json import ErrorsRecord
from promptfit.types import Field

DATE = Field("СНИЛС", "Дата рождения")
TEXTS = st.text(st.sampled_from("абвоОё0З3ийЕ .-\ud800\x00"), max_size=8) | st.sampled_from(
    ["не могу прочитать", "15.06.1940", "15 июня 1940 г.", "", "Фамилия: оба", "ОБА"]
)
READS = st.lists(
    st.builds(
        read,
        TEXTS,
        TEXTS,
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from([SURNAME, DATE]),
        st.sampled_from(["", "defocus"]),
        st.sampled_from([6.0, 9.0, 30.0]),
        st.lists(TEXTS, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=30,
)


def record_of(reads: list[Read], chain: Chain = STRIP) -> ErrorsRecord:
    return errors_record(reads, SOURCE, chain, seed=0)


@settings(max_examples=60, deadline=None)
@given(READS)
def test_everything_adds_up(reads: list[Read]) -> None:
    found = record_of(reads)
    edits = sum(one.counts.edits for one in reads)
    assert tuple(found.kinds) == KINDS and sum(found.kinds.values()) == edits
    assert sum(point.fall for point in found.growth) == pytest.approx(found.overall.cer, rel=1e-12, abs=1e-15)
    assert all(point.fall > 0 and point.answers and 1 <= len(point.examples) <= 3 for point in found.growth)
    for by in ("field", "doc_type", "augmentation", "length", "text_height"):
        own = [group for group in found.groups if group.by == by]
        assert sum(group.cell.samples for group in own) == len(reads), by
        assert {kind: sum(group.kinds[kind] for group in own) for kind in KINDS} == found.kinds, by
    misread = sum(found.kinds[kind] for kind in ("substitution", "lost", "added"))
    assert sum(one.count for one in found.confusions) == misread
    assert all(0 < one.share <= 1 for one in found.confusions if one.true)


@settings(max_examples=15, deadline=None)
@given(READS)
def test_deterministic_whatever_the_order(reads: list[Read]) -> None:
    shuffled = random.Random(0).sample(reads, len(reads))
    assert record_of(reads) == record_of(shuffled)


def test_confusions_count_what_was_misread_and_their_share() -> None:
    reads = [read("ООО", "0О0"), read("ООО", "ОО0", "p-1"), read("Фёдор", "Федор"), read("да", "Значение: д а")]
    found = {(one.true, one.read): one for one in record_of(reads).confusions}
    assert found["О", "0"].count == 3 and found["О", "0"].share == 3 / 6
    assert found["ё", "е"].count == 1 and found["ё", "е"].share == 1
    assert set(found) == {("О", "0"), ("ё", "е")}, "neither chatter nor spaces are confused characters"


def test_groups_say_where_it_is_weak() -> None:
    reads = [
        read("Карбаинов", "Карбаинов", height=20),
        read("15.06.1940", "15.06.1941", field=DATE, augmentation="blur"),
    ]
    found = {(one.by, one.name): one.cell for one in record_of(reads).groups}
    assert found["field", "passport Фамилия"].cer == 0 and found["field", "СНИЛС Дата рождения"].cer == 0.1
    assert found["augmentation", ""].exact == 1 and found["augmentation", "blur"].exact == 0
    assert {name for by, name in found if by == "length"} == {"6-10"}
    assert {name for by, name in found if by == "text_height"} == {"8-12", "16-24"}
    assert found["field", "passport Фамилия"].low is None, "one document has no interval"


def test_repairs_are_ranked_with_their_levers() -> None:
    wrong = {"Карбаинов": "КАРБАИНОВ", "15.06.1940": "15 июня 1940", "Орлова": "Фамилия: Орлова", "Фёдоров": "Федоров",
             "Лебедев": "Извините, не вижу", "Павлов": "Пaвлoв"}  # fmt: skip
    reads = [read(truth, wrong[truth], f"p-{n}-{truth}") for truth in wrong for n in range(12)]
    found = record_of(reads)
    points = {(one.weakness, one.lever, one.normaliser): one for one in found.growth}
    assert set(points) == {
        ("case", "post-processing", "lower"),
        ("format", "prompt", None),
        ("chatty", "prompt", None),
        ("substitution", "post-processing", "yo_to_ye"),
        ("refusal", "prompt", None),
        ("substitution", "better model", None),
    }
    assert [one.fall for one in found.growth] == sorted((one.fall for one in found.growth), reverse=True)
    assert all(present(one.low) < one.fall < present(one.high) and one.answers == 12 for one in found.growth)
    assert points["case", "post-processing", "lower"].examples == [["Карбаинов", "КАРБАИНОВ"]]
    chars = sum(len(one.sample.answer) for one in reads)
    assert points["case", "post-processing", "lower"].fall == 12 * 8 / chars
    lower = Chain(["strip", "lower"])
    lowered = record_of([read(*pair(one), one.sample.document, chain=lower) for one in reads], lower)
    fall = points["case", "post-processing", "lower"].fall
    assert lowered.overall.cer == pytest.approx(found.overall.cer - fall), "that is what the step is worth"


def pair(one: Read) -> tuple[str, str]:
    return one.sample.answer, one.answer


def test_the_record_is_written_and_read_again(tmp_path: Path) -> None:
    found = record_of(
        [read("Карбаинов", "К\ud800рб\x00аинов"), read("да", "<script>" * 9, "p-2"), read("", "x", "p-3")]
    )
    study_file.write(tmp_path / "errors.json", found)
    again = study_file.read(tmp_path / "errors.json", ErrorsRecord)
    assert again.kinds == found.kinds and again.metrics == found.metrics and len(again.growth) == len(found.growth)


def test_right_answers_leave_nothing_to_mend() -> None:
    found = record_of([read("Карбаинов", "Карбаинов", f"p-{n}") for n in range(5)])
    assert found.overall.cer == 0 and not found.growth and not found.confusions and found.clean
    assert set(found.kinds.values()) == {0}
    assert kind_of(read("Карбаинов", "Карбаинов"), Chain()) == ""
    with pytest.raises(ValueError, match="no answer"):
        record_of([])


def test_the_kind_of_an_answer_is_what_most_of_its_edits_are_charged_to() -> None:
    assert kind_of(read("Карбаинов", "Фамилия: КАРБАИН0В"), Chain()) == "chatty"
    assert kind_of(read("Карбаинов", "КАРБАИН0В"), Chain()) == "case"
    assert kind_of(read("Карбаинов", "КАРБАИН0В"), Chain(["strip", "lower"])) == "substitution"


@pytest.mark.slow
def test_two_hundred_thousand_answers_take_seconds() -> None:
    dice = random.Random(0)
    words = ["".join(dice.choices("абвгдеёжзиклмн", k=dice.randint(4, 14))).capitalize() for _ in range(600)]
    base = [read(word, word, f"p-{place}", height=8.0 + place % 5) for place, word in enumerate(words)]
    samples = [base[place % 600].sample for place in range(200_000)]
    answers = [misread(one.answer, dice) for one in samples]
    counts = count([one.answer for one in samples], answers, Chain())
    reads = [
        replace(base[place % 600], answer=answer, counts=own, augmentation=f"a{place // 6000}")
        for place, (answer, own) in enumerate(zip(answers, counts, strict=True))
    ]
    start = time.process_time()
    found = record_of(reads)
    assert time.process_time() - start < 30
    assert sum(found.kinds.values()) == sum(one.counts.edits for one in reads)


def misread(truth: str, dice: random.Random) -> str:
    at = dice.randrange(len(truth))
    return truth[:at] + dice.choice("абвгд0З") + truth[at + 1 :] if dice.random() < 0.5 else truth.upper()


def test_who_rightly_says_that_nothing_is_there_errs_in_nothing() -> None:
    reads = [read("", "нет"), read("—", "null"), read("", "Иванов"), read("Иванов", "нет")]
    found = record_of(reads)
    assert {kind: edits for kind, edits in found.kinds.items() if edits} == {"invented": 6, "refusal": 5}
    assert [kind_of(one, STRIP) for one in reads] == ["", "", "invented", "refusal"]
