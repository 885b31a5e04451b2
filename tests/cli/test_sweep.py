"""Sweeps: no job undoes another's work, none ends the others, and what failed is told last."""

from __future__ import annotations

from pathlib import Path

import pytest

import reading
from promptfit.cli import main
from promptfit.cli.commands import COMMANDS
from promptfit.data import collection
from reading import asked

SEARCH = ["search", "-m", "model=reader", "budget.per_field=6"]


@pytest.fixture
def project(tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose data set the scripted answerer can read, in other processes, too."""
    reading.configure(tracked_home)
    reading.make_data(tracked_home / "data" / "mini")
    for name, value in reading.environment(tracked_home).items():
        monkeypatch.setenv(name, value)
    return tracked_home


@pytest.mark.parametrize(
    ("words", "file", "remedy"),
    [
        (["search", "-m", "seed=0,1"], "prompts/docvlm-tiny/docvlm-tiny_sep_edits.csv", "label='…-${seed}'"),
        (["search", "-m", "dataset=mini,large"], "docvlm-tiny_sep_edits.csv", "label='…-${dataset.name}'"),
        (["search", "-m", "metaprompt=ru,en"], "edits.csv", "label='…-${hydra:runtime.choices.metaprompt}'"),
        (["search", "-m", "seed=range(0,3)"], "edits.csv", "label='…-${seed}'"),
        (["search", "-m", "field=null,СНИЛС"], "edits.csv", "label='…-${field}'"),
        (["search", "-m", "seed=0,1", "label=x"], "docvlm-tiny_sep_x.csv", "label='…-${seed}'"),
        (["search", "-m", "seed=0,1", "hydra/launcher=joblib", "hydra.launcher.n_jobs=2"], "edits.csv", "${seed}"),
        (["try", "-m", "Имя", "field=СНИЛС", "save=x", "seed=0,1"], "docvlm-tiny_sep_x.csv", "save='…-${seed}'"),
        (["select", "-m", "seed=0,1"], "selection/docvlm-tiny", "one at a time"),
        (["select", "-m", "field=passport Имя,СНИЛС"], "selection/docvlm-tiny/part", "one at a time"),
        (["stress", "-m", "severities=[1],[2]"], "study/docvlm-tiny", "one at a time"),
        (["look", "-m", "seed=0,1"], "study/docvlm-tiny", "one at a time"),
        (["compare", "-m", "labels=a,b"], "prompts/docvlm-tiny/compare.md", "one at a time"),
        (["leaderboard", "-m", "models=a,b"], "selection/leaderboard.md", "one at a time"),
        (["report", "-m", "partial=true,false"], "report/docvlm-tiny/report.ru.html", "one at a time"),
        (["augment", "-m", "show=true", "image=a.png,b.png"], "augmentations.png", "into='…-${image}'"),
        (["train", "-m", "seed=0,1"], "models/docvlm-tiny", "out='…-${seed}'"),
        (["synth", "-m", "seed=0,1"], "data", "one at a time"),
    ],
)
def test_jobs_that_would_write_the_same_are_refused_before_any_runs(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], file: str, remedy: str
) -> None:
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "job 0 (" in said and "job 1 (" in said, said
    assert f"would both write {file}" in said or f"{file}, and only" in said, said
    assert remedy in said
    assert {path.name for path in home.iterdir()} <= {"conf", ".promptfit", "outputs"}
    assert not list((home / ".promptfit").glob("sweep-*"))


def test_every_command_that_writes_by_name_says_what() -> None:
    from importlib import import_module

    silent = {name for name, command in COMMANDS.items() if not hasattr(import_module(command.stage), "writes")}
    # these refuse what is there, take a new name each time, or write nothing
    assert silent == {"import", "export", "models", "schema", "screen", "store", "ui"}


@pytest.mark.parametrize(
    "words",
    [
        ["search", "-m", "seed=0,1", "label='edits-${seed}'"],
        ["search", "-m", "strategy=feedback,gepa", "generator=GPT4o"],
        ["search", "-m", "objective=cer,exact"],
        ["search", "-m", "seed=0,1", "dry_run=true"],
    ],
)
def test_jobs_that_write_apart_run(project: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    shown = [] if "dry_run=true" in words else ["show=true"]
    assert main([*words, "model=reader", *shown]) == 0


@pytest.mark.slow
def test_every_job_runs_and_faults_are_told_last(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep = [*SEARCH, "field=СНИЛС", "label='x-${seed}-${indifference}'", "seed=0,1", "indifference=2,0.01,3"]
    assert main(sweep) == 1
    written = sorted(path.name for path in (project / "prompts/reader").glob("*.csv"))
    assert written == ["reader_sep_x-0-0.01.csv", "reader_sep_x-1-0.01.csv"]
    said = capsys.readouterr().err
    told = said[said.index("promptfit: 4 of the sweep's jobs failed:") :]
    for number, seed, wrong in ((0, 0, 2), (2, 0, 3), (3, 1, 2), (5, 1, 3)):
        assert f"job {number} (" in told and f"seed={seed}" in told and f"indifference={wrong}" in told
    assert "job 0 (seed=0 indifference=2), job 3 (seed=1 indifference=2): indifference=2 " in told, "alike ones once"
    assert "Traceback" not in said and not list((project / ".promptfit").glob("sweep-*"))


def test_a_fault_of_the_program_itself_ends_one_job_alone(
    project: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert main([*SEARCH, "field=СНИЛС", "label='x-${budget.requests}'", "budget.requests=9,x,12"]) == 1
    assert len(list((project / "prompts/reader").glob("*.csv"))) == 2
    said = capsys.readouterr().err
    assert "job 1 (budget.requests=x): ValueError" in said.splitlines()[-1]
    assert "Traceback" in caplog.text, "whoever mends it needs that"


@pytest.mark.slow
def test_in_other_processes_too(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    joblib = ["hydra/launcher=joblib", "hydra.launcher.n_jobs=2"]
    assert main([*SEARCH, *joblib, "label='x-${seed}-${margin}'", "seed=0,1", "margin=2,0.1"]) == 1
    assert len(list((project / "prompts/reader").glob("*.csv"))) == 2
    told = capsys.readouterr().err
    assert "2 of the sweep's jobs failed:\n  job 0 (seed=0 margin=2), job 2 (seed=1 margin=2): " in told


def test_fields_of_one_collection_may_be_jobs(project: Path) -> None:
    assert main([*SEARCH, "field=passport Имя,passport Фамилия,СНИЛС"]) == 0
    rows = collection.read(project / "prompts/reader/reader_sep_edits.csv")
    assert {row.field for row in rows} == {"passport Имя", "passport Фамилия", "СНИЛС"}
    assert asked(project)
