"""What a person types reaches the configuration as typed, and Hydra's own grammar is left alone."""

from __future__ import annotations

import random

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from promptfit.cli.overrides import is_override, quoted, text


def read(word: str, sweep: bool = False) -> object:
    """What stands in the configuration after Hydra and OmegaConf have read the override."""
    (override,) = OverridesParser.create().parse_overrides(quoted([word], sweep))
    assert not override.is_sweep_override()
    return OmegaConf.create({"x": override.value()}).x


@pytest.mark.parametrize(
    "value",
    [
        "СНИЛС",
        "passport Фамилия",
        "мой-ярлык",
        "it's",
        'Что написано в поле "Фамилия"?',
        "«Фамилия» = ?",
        "a=b=c",
        "{не словарь}",
        "скобки (x), {y}, [z]",
        "одна строка\nи ещё одна",
        "back\\slash\\",
        "C:\\data",
        "№ 5 & 100%; #x!",
    ],
)
def test_a_value_of_any_key_arrives_as_typed(value: str) -> None:
    assert read(f"field={value}") == value


@pytest.mark.parametrize("value", ["007", "true", "a, b", "[x]", "{x}", "${seed}", "1,2", "a: b", " x ", "x'y"])
def test_texts_stay_texts(value: str) -> None:
    assert read(f"prompt={value}") == value


def test_any_positional_text_arrives_as_typed() -> None:
    rng = random.Random(0)
    for _ in range(3000):
        value = "".join(rng.choices("\\\\\\''\"${}[],=: \nаx1", k=rng.randint(0, 9)))
        assert read(f"prompt={text(value)}") == value, repr(value)


@pytest.mark.parametrize(
    "word",
    [
        "seed=1",
        "x=true",
        "x=null",
        "x=[a,b]",
        "x={a: 1}",
        "x=${seed}",
        "~generator",
        "+x=1",
        "++x.y=1e-3",
        "model=a,b,c",
        "x=range(1,3)",
        "x='quoted, already'",
        "label='quoted, already'",
        "label=null",
        "label=edits-${seed}",
        "hydra/launcher=joblib",
    ],
)
def test_hydras_own_grammar_is_left_alone(word: str) -> None:
    assert quoted([word], sweep=True) == [word] == quoted([word])


def test_lists_and_sweeps_are_quoted_part_by_part() -> None:
    assert quoted(["field=[СНИЛС, passport Имя]"]) == ["field=['СНИЛС','passport Имя']"]
    assert quoted(["field=СНИЛС,passport Имя"], sweep=True) == ["field='СНИЛС','passport Имя'"]
    assert quoted(["field='a, б',СНИЛС"], sweep=True) == ["field='a, б','СНИЛС'"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("a=b", True), ("a.b/c@d=", True), ("+a=1", True), ("~a", True), ("Напиши a=b", False), ("vlmhyperbench", False)],
)
def test_overrides_and_positionals_are_told_apart(word: str, expected: bool) -> None:
    assert is_override(word) is expected
