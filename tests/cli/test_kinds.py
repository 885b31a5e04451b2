"""A word where the YAML has a number is refused in words, in every command and file that a key may come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.cli import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["seed=x"], "seed=x: a number is expected, like seed=0"),
        (["budget.per_field=a"], "budget.per_field=a: a number is expected, like budget.per_field=400"),
        (["budget.per_field=true"], "a number is expected"),
        (["budget.per_field=[1]"], "a number is expected"),
        (["missing=few"], "missing=few: a number is expected, like missing=0.05"),
        (["replace=maybe"], "true or false is expected, like replace=false"),
        (["strategy.width=wide"], "strategy.width=wide: a number is expected"),
        (["generator=GPT4o", "generator.timeout=long"], "a number is expected, like generator.timeout=300"),
        (["model.answerer.batch_size=many"], "a number is expected, like model.answerer.batch_size=128"),
        (["model.answerer.prefix_cache=all"], "a number is expected, like model.answerer.prefix_cache=1.0"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_another_kind_is_refused(home: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert main(["search", "show=true", *words]) == 1
    shown = " ".join(capsys.readouterr().err.split())
    assert said in shown and "Traceback" not in shown


@pytest.mark.parametrize(
    "words",
    [
        ["seed=3"],
        ["budget.per_field=1e3"],
        ["missing=1"],
        ["replace=true"],
        ["budget.money=2.5"],
        ["label=x", "field=СНИЛС"],
        ["+model.answerer.generation.repetition_penalty=1.1"],
    ],
    ids=" ".join,
)
def test_its_own_kind_is_taken(home: Path, words: list[str]) -> None:
    assert main(["search", "show=true", *words]) == 0


def test_a_sweep_says_which_job(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "-m", "seed=x,1", "label=l${seed}", "dry_run=true", "dataset.path=none"]) == 1
    assert "seed=x: a number is expected" in " ".join(capsys.readouterr().err.split())
