"""An MLflow elsewhere is told of no private data by any command: no run, no file, no prompt."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import reading
from promptfit.cli import main
from promptfit.commands import ui
from promptfit.data.reader import load, load_as
from promptfit.support.http.secrets import struck
from promptfit.tracking import Place, open_run, waiting
from promptfit.tracking.connect import connect
from promptfit.tracking.run_writer import Opening
from promptfit.types import PromptfitError
from recording_server import NAME, Recorder, address, recording, resolve
from tracked import TRACKING

MINE = "dataset.path=my/passports"
REFUSED = "is not on this machine"
COMMANDS = {
    "try": ["try", "Напиши СНИЛС", "field=СНИЛС", "model=reader", MINE],
    "try, with the prompt registered": ["try", "Напиши СНИЛС", "field=СНИЛС", "model=reader", "save=mine", MINE],
    "search": ["search", "model=reader", "field=СНИЛС", "budget.per_field=20", MINE],
    "select": ["select", "model=reader", MINE, "overlap=true", "collections=[prompts/one.csv]"],
    "stress": ["stress", "model=reader", MINE, "collection=prompts/one.csv", "augmentation=defocus", "severities=[1]"],
    "screen": ["screen", "model=reader", "verdict=no", "my/passports/images/p0.png", "Имя?"],
    "screen, a copy": ["screen", "model=reader", "verdict=no", "data/mini/images/p1.png", "Имя?"],
}


@pytest.fixture(scope="module")
def running() -> Iterator[Recorder]:
    with recording() as server:
        yield server


@pytest.fixture
def elsewhere(running: Recorder, tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """A project with passports of its own, and a server that would keep what an MLflow is told."""
    running.paths.clear()
    resolve(monkeypatch)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    reading.configure(tracked_home)
    for name in ("data/mini", "my/passports"):
        reading.make_data(tracked_home / name)
    (tracked_home / "prompts").mkdir()
    prompts = "doc type question type;optimal prompt\nСНИЛС;Напиши СНИЛС\n"
    (tracked_home / "prompts/one.csv").write_text(prompts, "utf-8-sig")
    return running


def far(server: Recorder, host: str | None = None) -> str:
    return server.url(host or address()).removesuffix("/v1")


def reached(server: Recorder, words: list[str]) -> bool:
    """Whether a command comes to the server, which is no MLflow."""
    server.paths.clear()
    with suppress(Exception):
        main(words)
    return bool(server.paths)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_tells_an_mlflow_elsewhere(
    name: str,
    elsewhere: Recorder,
    tracked_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if name == "screen, a copy":
        load(tracked_home / "my/passports")
        shutil.copy(tracked_home / "my/passports/images/p1.png", tracked_home / "data/mini/images/p1.png")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", far(elsewhere).replace("://", "://user:geheim@"))
    assert main(COMMANDS[name]) == 1
    said = capsys.readouterr()
    assert REFUSED in said.err and "geheim" not in said.err + said.out
    assert elsewhere.paths == [], "not even asked"


@pytest.mark.parametrize("how", ["by a name", "by the configuration", "the registry alone", "tracking=server"])
def test_by_whatever_way_it_is_named(
    how: str, elsewhere: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"by the configuration": [f"tracking.uri={far(elsewhere)}"], "tracking=server": ["tracking=server"]}
    if how in ("by a name", "tracking=server"):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", far(elsewhere, NAME))
    if how == "the registry alone":
        monkeypatch.setenv("MLFLOW_REGISTRY_URI", far(elsewhere))
    assert main([*COMMANDS["try"], *words.get(how, [])]) == 1
    assert REFUSED in capsys.readouterr().err and elsewhere.paths == []


@pytest.mark.parametrize("root", ["s3://bucket/runs", "gs://bucket/runs", "sftp://user:geheim@host/runs"])
def test_an_experiment_whose_files_lie_elsewhere(root: str, elsewhere: Recorder) -> None:
    client = connect(Place(**TRACKING))
    client.create_experiment("promptfit/try", artifact_location=root)
    with pytest.raises(PromptfitError, match=REFUSED) as fault, open_run("try", {"tracking": TRACKING}, {"x": "truth"}):
        pass
    assert "geheim" not in str(fault.value)
    (run,) = client.search_runs([client.get_experiment_by_name("promptfit/try").experiment_id])
    assert run.data.params == {}, "nothing was told before"


def test_what_must_not_be_handed_over_holds_up_no_other_run(
    elsewhere: Recorder, tracked_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    connect(Place(**TRACKING)).create_experiment("promptfit/try", artifact_location="s3://bucket/runs")
    waiting.keep(Place(**TRACKING), Opening("try", "x", "mine", {}, None), [{"kind": "end", "status": "FINISHED"}])
    with open_run("search", {"tracking": TRACKING}, {}) as run:
        assert run.run_id
    assert REFUSED in caplog.text and list((tracked_home / ".promptfit/mlflow").glob("*/run.json"))


def test_what_may_leave_does(elsewhere: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this, a server that nobody asks would prove nothing."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", far(elsewhere))
    assert reached(elsewhere, [*COMMANDS["try"], "allow_private=true"])
    assert reached(elsewhere, [word for word in COMMANDS["try"] if word != MINE])
    assert not reached(elsewhere, COMMANDS["try"])
    monkeypatch.setenv("PROMPTFIT_OWN_HOSTS", address())
    assert reached(elsewhere, COMMANDS["try"])


@pytest.mark.parametrize("own", [True, False])
def test_results_go_where_their_data_may(
    own: bool,
    elsewhere: Recorder,
    tracked_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = load(tracked_home / "my/passports") if own else load_as(tracked_home / "data/mini", "mini", None)
    assert main(["search", "model=reader", "field=СНИЛС", "budget.per_field=20", *([MINE] if own else [])]) == 0
    (record,) = (tracked_home / "prompts/reader").glob("*.json")
    assert json.loads(record.read_text("utf-8"))["data_digest"] == data.digest
    monkeypatch.setenv("MLFLOW_TRACKING_URI", far(elsewhere))
    assert reached(elsewhere, ["compare", "model=reader"]) != own
    assert (REFUSED in capsys.readouterr().err) == own


def test_a_proxy_s_password_is_struck_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:ge%68eim@proxy:3128")
    assert "geheim" not in struck("ProxyError: geheim refused by http://me:geheim@proxy:3128")


def test_pages_of_runs_listen_to_this_machine_alone_and_say_so(
    elsewhere: Recorder, tracked_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    became: list[list[str]] = []
    monkeypatch.chdir(tracked_home)  # the server is started from its root: the tests after this one are not
    monkeypatch.setattr(os, "execv", lambda _, words: became.append(words))
    for name in ui.OPENING:
        monkeypatch.setenv(name, "--host 0.0.0.0")
    for name in ("MLFLOW_BACKEND_STORE_URI", "MLFLOW_DEFAULT_ARTIFACT_ROOT"):
        monkeypatch.setenv(name, "x")
    assert main(["ui", "port=5001"]) == 0
    assert "http://127.0.0.1:5001, for this machine alone" in capsys.readouterr().out
    assert became[0][became[0].index("--host") + 1] == "127.0.0.1"
    assert not set(ui.OPENING) & set(os.environ)


@pytest.mark.slow
def test_no_process_of_the_pages_shows_the_address_or_listens_elsewhere(
    elsewhere: Recorder, tracked_home: Path
) -> None:
    database = tracked_home / "geheim.db"
    (tracked_home / "mlruns/mlflow.db").rename(database)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        "import sys; from promptfit.cli import main; sys.exit(main())",
        "ui",
        f"port={port}",
    ]
    settings = {"MLFLOW_TRACKING_URI": f"sqlite:///{database}", "MLFLOW_UVICORN_OPTS": "--host 0.0.0.0"}
    child = subprocess.Popen(command, env=reading.environment(tracked_home) | settings, start_new_session=True)
    try:
        for _ in range(600):
            assert child.poll() is None
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        own = [path for path in Path("/proc").glob("[0-9]*/cmdline") if _session(path) == child.pid]
        lines = [path.read_bytes() for path in own]
        assert len(lines) > 1 and not any(b"geheim" in line for line in lines)
        if address() != NAME:
            with socket.socket() as probe:
                assert probe.connect_ex((address(), port)) != 0
    finally:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _session(cmdline: Path) -> int:
    try:
        return os.getsid(int(cmdline.parent.name))
    except ProcessLookupError:
        return 0
