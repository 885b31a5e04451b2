"""Where the runs go, and that nobody reads the password of that address."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.stated import read

from promptfit.cli import main
from promptfit.commands import ui
from promptfit.tracking import Place, open_run
from promptfit.types import PromptfitError

SECRET = "http://user:secret@127.0.0.1:9"


def place(name: str = "local", **changes: str) -> Place:
    return Place(**read(f"tracking/{name}") | changes)


def test_runs_lie_in_the_project_unless_the_environment_has_an_address(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place().address == f"sqlite:///{home}/mlruns/mlflow.db"
    assert place().artifact_root == (home / "mlruns/artifacts").as_uri()
    assert place(uri="sqlite:////var/runs.db").address == "sqlite:////var/runs.db"
    assert place(uri="http://host:5000").address == "http://host:5000"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", SECRET)
    assert place().address == place("server").address == SECRET
    assert place().artifact_root is None and place().is_server
    assert str(place()) == "http://user:***@127.0.0.1:9" and "secret" not in repr(place())


def test_a_server_without_an_address_and_a_secret_in_a_configuration_are_refused(home: Path) -> None:
    with pytest.raises(PromptfitError, match="MLFLOW_TRACKING_URI is not set"):
        _ = place("server").address
    with pytest.raises(PromptfitError, match="put that address into MLFLOW_TRACKING_URI") as fault:
        place(uri=SECRET)
    assert "secret@" not in str(fault.value)


def test_the_pages_of_a_server_are_named_without_its_password(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", SECRET)
    assert main(["ui"]) == 0
    said = capsys.readouterr()
    assert "http://user:***@127.0.0.1:9" in said.out and "secret" not in said.out + said.err


def test_the_pages_of_a_database_keep_its_password_out_of_the_process_list(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://user:secret@db/runs")
    assert ui.environment(place())["MLFLOW_BACKEND_STORE_URI"] == "postgresql://user:secret@db/runs"
    assert "secret" not in " ".join(ui.command(5000))


def test_a_server_that_is_not_there_is_named_without_its_password(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", SECRET)
    nowhere = pytest.raises(
        PromptfitError, match=r"user:\*\*\*@127\.0\.0\.1:9/api.*point MLFLOW_TRACKING_URI elsewhere"
    )
    with nowhere as fault, open_run("search", {"tracking": read("tracking/local")}, {}):
        pass
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize(
    "words",
    [
        ["search", f"tracking.uri={SECRET}"],
        ["search", f"tracking.uri={SECRET}", "show=true"],
        ["search", f"model.answerer.base_url={SECRET}", "model=server", "show=true"],
        ["search", f"tracking.url={SECRET}"],
        ["search", f"seed=[{SECRET}"],
        ["search", "-m", f"tracking.uri={SECRET},x"],
    ],
)
def test_no_command_takes_or_prints_a_password(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(words) == 1
    said = capsys.readouterr()
    assert "http://user:***@127.0.0.1:9" in said.err and "secret@" not in said.out + said.err


def test_a_configuration_is_shown_without_a_password(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "conf/tracking/mine.yaml").write_text(f"defaults: [local, _self_]\nuri: {SECRET}\n", "utf-8")
    assert main(["search", "tracking=mine", "show=true"]) == 0
    said = capsys.readouterr()
    assert "uri: http://user:***@127.0.0.1:9" in said.out and "secret" not in said.out + said.err


@pytest.mark.parametrize("name", ["local", "server"])
def test_what_is_run_does_not_depend_on_where_it_is_recorded(name: str) -> None:
    from promptfit.tracking.provenance import fingerprint

    assert fingerprint({"seed": 0, "tracking": read(f"tracking/{name}")}, "") == fingerprint({"seed": 0}, "")
