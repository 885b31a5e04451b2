"""Files are written whole, where nobody can have put a link, and for the person alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from promptfit.answer.cached_answerer import AnswerCache
from promptfit.cli import main
from promptfit.support.files.writing import keep_private, replace_file
from promptfit.tracking.connect import connect
from promptfit.tracking.place import Place
from tracked import TRACKING


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_link_where_the_temporary_file_was_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("theirs")
    for number in (os.getpid(), os.getppid()):
        (tmp_path / f".a.csv.{number}.tmp").symlink_to(victim)
    (tmp_path / "a.csv").symlink_to(victim)
    replace_file(tmp_path / "a.csv", b"mine")
    assert victim.read_text() == "theirs" and (tmp_path / "a.csv").read_bytes() == b"mine"
    assert not (tmp_path / "a.csv").is_symlink()


def test_temporary_names_can_not_be_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    replace = os.replace

    def noted(temporary: str, target: str) -> None:
        names.append(str(temporary))
        replace(temporary, target)

    monkeypatch.setattr(os, "replace", noted)
    for _ in range(3):
        replace_file(tmp_path / "a", b"1")
    assert len(set(names)) == 3 and [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_is_written_is_the_person_s_alone(tmp_path: Path) -> None:
    replace_file(tmp_path / "a.csv", b"1")
    AnswerCache(tmp_path / "answers.sqlite").put("a", [])
    found = {path.name: mode(path) for path in tmp_path.iterdir() if not path.name.endswith(".lock")}
    assert set(found.values()) == {0o600} and {"a.csv", "answers.sqlite", "answers.sqlite-wal"} <= found.keys()


def test_a_store_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    AnswerCache(path).close()
    path.chmod(0o644)
    AnswerCache(path).put("a", [])
    assert {mode(path), mode(tmp_path / "answers.sqlite-wal")} == {0o600}


def test_a_command_closes_the_folders_of_answers_and_runs(home: Path) -> None:
    for name in (".promptfit", "mlruns"):
        (home / name).mkdir()
        (home / name).chmod(0o755)
    before = os.umask(0o022)
    try:
        assert main(["store"]) == 0
        assert os.umask(0o022) == 0o022, "a caller's own is put back"
    finally:
        os.umask(before)
    assert {mode(home / name) for name in (".promptfit", "mlruns")} == {0o700}
    assert {mode(path) for path in (home / ".promptfit").iterdir()} == {0o600}


def test_a_link_and_another_s_file_are_left(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("a")
    (tmp_path / "theirs").chmod(0o644)
    (tmp_path / "link").symlink_to(tmp_path / "theirs")
    keep_private(tmp_path / "link")
    keep_private(tmp_path / "none")
    assert mode(tmp_path / "theirs") == 0o644


@pytest.mark.slow
def test_mlflow_s_new_database_is_made_where_no_link_can_lie(home: Path) -> None:
    victim, runs = home / "victim", home / "mlruns"
    victim.write_text("theirs")
    runs.mkdir()
    for name in (".mlflow.db.new", ".mlflow.db.1.new"):
        (runs / name).symlink_to(victim)
    connect(Place(**TRACKING))
    assert victim.read_text() == "theirs" and mode(runs / "mlflow.db") == 0o600
