"""The same value in another form, type by type; parsing is idempotent, and takes whatever comes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptfit.data.schemas.inferred import known_choices
from promptfit.support.parsing.absence import is_absent
from promptfit.support.parsing.value_types import TYPES, decimal_mark, parsed, same_value_of, written
from promptfit.types import ABSENT, ValueKind

CASES = Path(__file__).parent / "cases"
VALUES, ABSENCES = (json.loads((CASES / f"{name}.json").read_text("utf-8")) for name in ("values", "absent"))
CHOICES = {"choice": known_choices(["мужской", "женский", "нет"])}
TEXTS = st.text(st.sampled_from("0123456789.,-/ ₽руб№NoМмая\n;[]\"'’АО«»ё\u00a0"), max_size=20) | st.text(max_size=12)


def kind(type: str, format: str = "", absent: tuple[str, ...] = ABSENT) -> ValueKind:
    return ValueKind(type, format, absent, CHOICES.get(type, ()))


@pytest.mark.parametrize("case", VALUES, ids=lambda case: f"{case['type']} {case['one']} {case['other']}")
def test_same_value(case: dict[str, Any]) -> None:
    own = kind(case["type"], case.get("format", ""))
    assert same_value_of(case["one"], case["other"], own) is case["same"]


def test_every_type_has_cases_of_both_kinds() -> None:
    assert {(case["type"], case["same"]) for case in VALUES} == {
        (name, same) for name in TYPES for same in (True, False)
    }


@pytest.mark.parametrize("case", ABSENCES, ids=str)
def test_absent(case: dict[str, Any]) -> None:
    words = tuple(case["words"]) if "words" in case else ABSENT
    assert is_absent(case["text"], kind(case.get("type", "text"), absent=words)) is case["absent"]


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(sorted(TYPES)), st.sampled_from(["", "0,00", "0.00", "MM/dd/yyyy"]))
def test_what_is_written_of_a_value_is_that_value(text: str, type: str, format: str) -> None:
    own = kind(type, format)
    value = parsed(text, own)
    if value is not None:
        again = written(value, own)
        assert parsed(again, own) == value and written(parsed(again, own), own) == again


@pytest.mark.parametrize(
    "text",
    ["1" * 1_000_000, "1 " * 500_000, "1," * 500_000, "[" * 1_000_000, "г." * 500_000, "\u0301" * 100_000,
     "; " * 500_000],
    ids=["digits", "groups", "commas", "brackets", "abbreviations", "accents", "items"],
)  # fmt: skip
def test_a_megabyte_is_read_in_no_time(text: str) -> None:
    start = time.process_time()
    assert [type for type in TYPES if is_absent(text, kind(type))] == []
    assert {type for type in TYPES if parsed(text, kind(type)) is not None} <= {"text", "name", "list"}
    assert not same_value_of("15.06.1940", text, kind("text"))
    assert time.process_time() - start < 20, "what is not linear takes hours"


@pytest.mark.parametrize("text", ["NaN", "nan", "inf", "-Infinity", "1e999", "1E5", "0x1f", "1_000", "٣ e", "1" * 61])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parsed(text, kind("number")) is None and parsed(text, kind("amount")) is None


@pytest.mark.parametrize(
    ("format", "mark"), [("", ""), ("0.00", "."), ("0 000,00", ","), ("0,000", ""), ("0 000,000", ","), ("0", "")]
)
def test_a_format_shows_its_decimal_mark(format: str, mark: str) -> None:
    assert decimal_mark(format) == mark
