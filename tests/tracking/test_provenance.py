"""A commit is dirty where what decides results differs, and not where DVC wrote what a run made."""

import os
import subprocess
from pathlib import Path

import pytest

from promptfit.tracking.provenance import git_commit


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    (tmp_path / "conf").mkdir()
    for name in ("conf/config.yaml", "dvc.lock"):
        (tmp_path / name).write_text("a: 1\n")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def commit() -> str:
    git_commit.cache_clear()
    return git_commit()


def test_what_a_run_writes_makes_no_commit_dirty(repository: Path) -> None:
    clean = commit()
    assert len(clean) == 40
    (repository / "dvc.lock").write_text("a: 2\n")
    (repository / "report.html").write_text("new")
    assert commit() == clean
    (repository / "conf/config.yaml").write_text("a: 2\n")
    assert commit() == f"{clean}-dirty"


def test_outside_of_git_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit() == ""


@pytest.mark.parametrize(
    "settings",
    [
        {"core.fsmonitor": "CANARY"},
        {"core.hooksPath": "hooks"},
        {"filter.a=b.clean": "CANARY", "filter.a=b.required": "true"},
        {"filter.a=b.process": "CANARY"},
    ],
)
def test_nothing_that_a_repository_names_is_run(repository: Path, settings: dict[str, str]) -> None:
    canary = repository / "canary"
    script = repository / "hooks" / "post-index-change"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\ntouch {canary}\n")
    script.chmod(0o755)
    (repository / ".gitattributes").write_text("conf/* filter=a=b\n")
    for key, value in settings.items():
        subprocess.run(["git", "config", key, value.replace("CANARY", str(script))], cwd=repository, check=True)
    (repository / "conf/config.yaml").write_text("a: 3\n")
    assert commit().endswith("-dirty")
    os.utime(repository / "dvc.lock", (1, 1))  # git looks into files whose times changed
    (repository / "conf/config.yaml").write_text("a: 1\n")
    assert len(commit()) == 40
    assert not canary.exists()
    subprocess.run(["git", "status"], cwd=repository, check=False, capture_output=True)
    assert canary.exists(), "git itself runs it"
