"""What is shown of an address that holds a secret."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from promptfit.support.http.secrets import struck


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("http://user:secret@host", "http://user:***@host"),
        ("at https://user:se:c@ret@host:5000/api, again", "at https://user:***@host:5000/api, again"),
        ("'postgresql://mlflow:pa/ss@db:5432/runs'", "'postgresql://mlflow:***@db:5432/runs'"),
        ("mysql+pymysql://:secret@db/runs", "mysql+pymysql://:***@db/runs"),
        ("https://ghp_token@github.com/a/b", "https://***@github.com/a/b"),
        (
            "postgresql://db/runs?user=u&password=secret&sslmode=on",
            "postgresql://db/runs?user=u&password=***&sslmode=on",
        ),
        ("https://host/v1?api_key=secret#top", "https://host/v1?api_key=***#top"),
        ("http://a:b@one and http://c:d@two", "http://a:***@one and http://c:***@two"),
    ],
)
def test_the_secret_is_struck_out(said: str, shown: str) -> None:
    assert struck(said) == shown
    assert struck(shown) == shown


@pytest.mark.parametrize(
    "said",
    [
        "http://127.0.0.1:5000/#/experiments",
        "http://host:80/a@b",
        "sqlite:////home/a:b/mlflow.db",
        "a@b.org: key=value",
        "",
    ],
)
def test_what_is_no_secret_stays(said: str) -> None:
    assert struck(said) == said


def test_the_password_of_mlflow_is_struck_out_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://u:p%40ssword@db/runs")
    assert struck("dsn: user=u password='p@ssword' (p%40ssword)") == "dsn: user=u password='***' (***)"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://u:db@db/runs")
    assert struck("db: no such host") == "db: no such host", "a short one would be found in innocent words"


def test_logs_and_tracebacks_show_none() -> None:
    script = """
import logging
from promptfit.support.console.door import open_logs_and_tracebacks
open_logs_and_tracebacks()
logging.basicConfig()
try:
    raise ValueError("http://user:secret@one")
except ValueError:
    logging.exception("no %s", "http://user:secret@two")
raise OSError("http://user:secret@three")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert all(f"http://user:***@{name}" in done.stderr for name in ("one", "two", "three"))
    assert "secret" not in done.stderr and done.stderr.count("Traceback") == 2


def test_a_log_record_keeps_what_else_it_says(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("promptfit").warning("%s: %d of %d", "СНИЛС", 1, 2)
    assert caplog.messages == ["СНИЛС: 1 of 2"]
