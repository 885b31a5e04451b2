"""Which addresses are on this machine: a name that anybody can point anywhere is not, and nothing odd is."""

from __future__ import annotations

import os

import pytest

from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.support.http.hosts import is_here, reach_directly
from promptfit.tracking.leaving import keep_here, keeps_here
from promptfit.types import PromptfitError

FREE = {"input": 0.0, "output": 0.0}
HERE = [
    "http://127.0.0.1:8000/v1",
    "http://localhost/v1",
    "http://LOCALHOST:1",
    "http://[::1]:8000/v1",
    "http://127.8.9.10/v1",
    "https://127.0.0.1/v1",
    "http://[::ffff:127.0.0.1]/v1",
]
ELSEWHERE = [
    "https://api.openai.com/v1",
    "http://10.0.0.1:8000/v1",
    "http://192.168.1.5/v1",
    "http://169.254.169.254/v1",
    "http://0.0.0.0:8000/v1",
    "http://[::]:8000/v1",
    "http://[fe80::1%25lo]/v1",
    "http://[::1%25eth0]/v1",
    "http://127.0.0.1.example.org/v1",
    "http://localhost.example.org/v1",
    "http://localhost.:8000/v1",
    "http://127.0.0.1.nip.io/v1",
    "http://127.1/v1",
    "http://0x7f000001/v1",
    "http://2130706433/v1",
    "http://0177.0.0.1/v1",
    "http://127.0.0.1%2eexample.org/v1",
    "http://example.org\\@127.0.0.1/v1",
    "http://127.0.0.1\\@example.org/v1",
    "http://127.0.0.1@example.org/v1",
    "http://127.0.0.1:80@example.org/v1",
    "http://example.org#@127.0.0.1/v1",
    "http://127.0.0.1 .example.org/v1",
    "http://127.0.0.1\n.example.org/v1",
    "http://127.0.0.1\t.example.org/v1",
    "http://ⅼocalhost/v1",
    "http://１２７.0.0.1/v1",
    "http://[127.0.0.1/v1",
    "http://gpu1.lan:8000/v1",
    "http:///v1",
    "127.0.0.1:8000",
    "",
]


@pytest.mark.parametrize("address", HERE)
def test_loopback_is_here(address: str) -> None:
    assert is_here(address)
    assert not ChatAnswerer("m", "m", address, price=FREE).remote


@pytest.mark.parametrize("address", ELSEWHERE)
def test_anything_else_is_elsewhere_whatever_a_configuration_says(address: str) -> None:
    assert not is_here(address)
    for urls in (address, [HERE[0], address], [address, HERE[0]]):
        try:
            one = ChatAnswerer("m", "m", urls, price=FREE, remote=False)
        except (PromptfitError, ValueError):
            continue  # refused altogether
        assert one.remote


def test_a_tunnel_s_end_here_is_elsewhere_where_its_configuration_says_so() -> None:
    assert ChatAnswerer("m", "m", HERE[0], price=FREE, remote=True).remote


def test_another_machine_of_ones_own_is_named_in_the_environment_letter_by_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PROMPTFIT_OWN_HOSTS", "gpu1.lan, 10.0.0.1")
    assert is_here("http://GPU1.lan:8000/v1") and is_here("http://10.0.0.1/v1") and keeps_here("http://gpu1.lan:5000")
    for other in ("http://gpu2.lan/v1", "http://gpu1.lan.example.org/v1", "http://10.0.0.10/v1", "http://1gpu1.lan/v1"):
        assert not is_here(other)
    assert not ChatAnswerer("m", "m", ["http://gpu1.lan/v1", "http://10.0.0.1/v1"], price=FREE).remote
    assert ChatAnswerer("m", "m", ["http://gpu1.lan/v1", "http://10.0.0.2/v1"], price=FREE).remote


STORES_HERE = [
    "sqlite:///mlruns/mlflow.db",
    "sqlite:////var/runs.db",
    "sqlite+pysqlite:////var/runs.db",
    "file:///var/mlruns",
    "/var/mlruns",
    "./mlruns",
    "http://127.0.0.1:5000",
    "http://user:secret@localhost:5000",
    "mlflow-artifacts:/1/abc/artifacts",
    "mlflow-artifacts://127.0.0.1:5000/1/abc",
    "postgresql://user:secret@127.0.0.1/runs",
    "postgresql+psycopg2://localhost/runs?sslmode=disable",
    "postgresql:///runs?host=/var/run/postgresql",
    "mysql+pymysql://user@localhost/runs",
    "mysql+pymysql://user@/runs?unix_socket=/run/mysqld.sock",
]
STORES_ELSEWHERE = [
    "http://10.0.0.1:5000",
    "https://user:secret@mlflow.example.org",
    "http://evil.example\\@127.0.0.1",
    "databricks",
    "databricks://profile",
    "databricks-uc",
    "uc:http://example.org",
    "postgresql://user:secret@db/runs",
    "postgresql+psycopg2://10.0.0.1/runs",
    "postgresql:///runs",
    "postgresql://127.0.0.1,db.example.org/runs",
    "postgresql://127.0.0.1/runs?host=db.example.org",
    "postgresql://127.0.0.1/runs?hostaddr=10.0.0.1",
    "postgresql://127.0.0.1/runs?service=far",
    "mysql+pymysql://user:secret@db/runs",
    "mysql+mysqldb://127.0.0.1/runs?read_default_file=/tmp/my.cnf",
    "mssql+pyodbc://127.0.0.1/runs?odbc_connect=DRIVER%3Dx%3BSERVER%3Ddb",
    "s3://bucket/runs",
    "gs://bucket/runs",
    "abfss://files@account.dfs.core.windows.net/runs",
    "wasbs://box@account.blob.core.windows.net/runs",
    "hdfs://namenode:8020/runs",
    "ftp://user:secret@ftp.example.org/runs",
    "sftp://host/runs",
    "dbfs:/runs",
    "viewfs://cluster/runs",
    "file://fileserver/share/runs",
    "//fileserver/share",
    "mlflow-artifacts://mlflow.example.org/1/abc",
    "plugin-of-somebody://x",
]


@pytest.mark.parametrize("uri", STORES_HERE)
def test_stores_on_this_machine(uri: str) -> None:
    assert keeps_here(uri)
    keep_here([uri])


@pytest.mark.parametrize("uri", STORES_ELSEWHERE)
def test_stores_elsewhere_and_no_password_of_theirs_is_said(uri: str) -> None:
    assert not keeps_here(uri)
    with pytest.raises(PromptfitError, match="allow_private=true") as fault:
        keep_here([STORES_HERE[0], uri])
    assert "secret" not in str(fault.value)


@pytest.mark.parametrize("name", ["PGHOSTADDR", "PGSERVICE"])
def test_a_database_whose_library_goes_elsewhere(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "far")
    assert not keeps_here("postgresql://127.0.0.1/runs")


def test_what_is_here_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.setenv("NO_PROXY", "example.org")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.example.org:3128")
    assert requests.utils.get_environ_proxies("http://127.0.0.1:5000")
    reach_directly("http://user:secret@127.0.0.1:5000")
    assert not requests.utils.get_environ_proxies("http://127.0.0.1:5000")
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "example.org,127.0.0.1"
