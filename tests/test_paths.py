from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.paths import home, resolve


def test_the_environment_decides_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    assert home() == tmp_path
    assert resolve("data/mini") == tmp_path / "data" / "mini"
    assert resolve("/elsewhere") == Path("/elsewhere")
    assert resolve("~/x") == Path.home() / "x"


def test_the_nearest_project_above_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMPTFIT_HOME", raising=False)
    deep = tmp_path / "project" / "data" / "mini"
    deep.mkdir(parents=True)
    (tmp_path / "project" / "dvc.yaml").touch()
    monkeypatch.chdir(deep)
    assert home() == tmp_path / "project"


def test_else_the_checkout_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMPTFIT_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert (home() / "src" / "promptfit" / "paths.py").is_file()
