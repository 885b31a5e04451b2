from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.paths import home, resolve
from promptfit.types import PromptfitError

CHECKOUT = Path(__file__).resolve().parents[1]


def test_the_environment_decides_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path))
    assert home() == tmp_path
    assert resolve("data/mini") == tmp_path / "data" / "mini"
    assert resolve("/elsewhere") == Path("/elsewhere")
    assert resolve("~/x") == Path.home() / "x"


@pytest.fixture
def nobody_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMPTFIT_HOME", raising=False)


@pytest.mark.parametrize("mark", ["conf/config.yaml", "dvc.yaml"])
@pytest.mark.parametrize("below", ["", "data/mini"])
def test_a_folder_is_no_project_for_what_lies_in_it(
    nobody_said: None, mark: str, below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "set" / below).mkdir(parents=True)
    (tmp_path / "set/conf").mkdir()
    (tmp_path / "set" / mark).touch()
    monkeypatch.chdir(tmp_path / "set" / below)
    with pytest.raises(PromptfitError, match=rf"PROMPTFIT_HOME={tmp_path}/set.*PROMPTFIT_HOME={CHECKOUT}"):
        home()


@pytest.mark.parametrize("mode", [0o1777, 0o757])
def test_what_others_may_write_stops_nobody_and_is_told(
    nobody_said: None, mode: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "shared/mine").mkdir(parents=True)
    (tmp_path / "shared/dvc.yaml").touch()
    (tmp_path / "shared").chmod(mode)
    monkeypatch.chdir(tmp_path / "shared/mine")
    assert home() == home() == CHECKOUT
    assert caplog.text.count(f"{tmp_path}/shared has a configuration that is not taken") == 1


def test_the_checkout_itself_and_where_dvc_copies_it_to(
    nobody_said: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promptfit.paths._CHECKOUT", tmp_path)
    copied = tmp_path / ".dvc/tmp/exps/tmp1"
    (copied / "conf").mkdir(parents=True)
    for folder in (tmp_path, copied):
        (folder / "dvc.yaml").touch()
    for folder, root in ((tmp_path, tmp_path), (copied / "conf", copied)):
        monkeypatch.chdir(folder)
        assert home() == root


def test_else_the_checkout_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMPTFIT_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert (home() / "src" / "promptfit" / "paths.py").is_file()
