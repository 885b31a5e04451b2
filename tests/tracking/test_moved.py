"""A project that is moved or copied takes its runs' files along, and nothing appears where it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from promptfit.tracking import Place, open_run, settle
from tracked import TRACKING
from tracked_runs import CONFIG, DATA, PARAMS, client, runs, trial


def work(home: Path, seed: int = 0) -> None:
    (home / "cer.csv").write_text("cer", "utf-8")
    with open_run("search", {**CONFIG, "seed": seed}, PARAMS, DATA) as run:
        run.trial(trial("Укажи"))
        run.artifact(home / "cer.csv")


def readable(root: Path) -> int:
    """How many runs have their files, in this folder."""
    found = 0
    for parent in runs():
        for one in [parent, *runs(parent.info.run_id)]:
            assert one.info.artifact_uri.startswith(root.as_uri() + "/"), one.info.artifact_uri
            (*_, kept) = client().list_artifacts(one.info.run_id)
            assert Path(client().download_artifacts(one.info.run_id, kept.path)).is_file()
            found += 1
    return found


@pytest.mark.parametrize("name", ["moved", "проект 2, 100%"])
@pytest.mark.parametrize("copied", [False, True])
def test_runs_are_read_and_written_where_the_project_lies(
    tracked_home: Path, monkeypatch: pytest.MonkeyPatch, name: str, copied: bool
) -> None:
    old, new = tracked_home / "first home", tracked_home / name
    old.mkdir()
    shutil.move(tracked_home / "mlruns", old)
    monkeypatch.setenv("PROMPTFIT_HOME", str(old))
    work(old)
    before = sorted(old.rglob("*"))
    shutil.copytree(old, new) if copied else shutil.move(old, new)
    monkeypatch.setenv("PROMPTFIT_HOME", str(new))
    settle(Place(**TRACKING))
    assert readable(new) == 2
    work(new, seed=1)
    assert readable(new) == 4
    assert sorted(old.rglob("*")) == (before if copied else []), "nothing is written to the old place"
    if copied:
        monkeypatch.setenv("PROMPTFIT_HOME", str(old))
        work(old, seed=2)
        assert readable(old) == 4


def test_files_that_stayed_behind_are_still_read(tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work(tracked_home)
    new = tracked_home / "copy"
    (new / "mlruns").mkdir(parents=True)
    shutil.copy(tracked_home / "mlruns" / "mlflow.db", new / "mlruns")
    monkeypatch.setenv("PROMPTFIT_HOME", str(new))
    settle(Place(**TRACKING))
    (parent,) = runs()
    assert Path(client().download_artifacts(parent.info.run_id, "cer.csv")).read_text() == "cer"
    work(new, seed=1)
    assert [one.info.artifact_uri.startswith(new.as_uri()) for one in runs()] == [False, True]


@pytest.mark.parametrize(
    "place",
    [{"uri": "sqlite:////{}/mlruns/mlflow.db"}, {"artifacts": "{}/elsewhere"}, {"artifacts": "mlruns/other"}],
)
def test_a_place_that_was_chosen_is_left_alone(tracked_home: Path, place: dict[str, str]) -> None:
    work(tracked_home)
    database = tracked_home / "mlruns" / "mlflow.db"
    with sqlite3.connect(database) as opened:
        opened.execute(
            "UPDATE experiments SET artifact_location = 'file:///shared/mlruns/artifacts' WHERE name LIKE 'p%'"
        )
    settle(Place(**{**TRACKING, **{key: one.format(tracked_home) for key, one in place.items()}}))
    (location,) = sqlite3.connect(database).execute(
        "SELECT artifact_location FROM experiments WHERE name = 'promptfit/search'"
    )
    assert location == ("file:///shared/mlruns/artifacts",)


def test_pages_are_served_from_where_the_project_lies(tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work(tracked_home)
    with sqlite3.connect(tracked_home / "mlruns" / "mlflow.db") as opened:
        old = ["/gone", tracked_home.as_uri(), tracked_home.as_uri()]
        opened.execute("UPDATE runs SET artifact_uri = 'file://' || ? || substr(artifact_uri, length(?) + 1)", old[:2])
        opened.execute(
            "UPDATE experiments SET artifact_location = replace(artifact_location, ?, 'file:///gone')", old[1:2]
        )
    monkeypatch.chdir(tracked_home)  # the server is started from its root: the tests after this one are not
    monkeypatch.setattr(os, "execv", lambda *_: None)
    from promptfit.cli import main

    assert main(["ui"]) == 0
    assert readable(tracked_home) == 2
