"""`promptfit report` through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import scripted_studies
from promptfit.cli import main
from tracked import uri

ANSWERER = "docvlm-tiny"


def test_pages_are_written_told_and_logged(tracked_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from mlflow import MlflowClient

    scripted_studies.write_all(tracked_home, ANSWERER)
    assert main(["report"]) == 0
    pages = [tracked_home / "report" / ANSWERER / f"report.{code}.html" for code in ("ru", "en")]
    said = capsys.readouterr().out
    assert all(str(path) in said for path in pages)
    assert 'lang="ru"' in pages[0].read_text("utf-8") and 'lang="en"' in pages[1].read_text("utf-8")
    assert all(path.stat().st_size < 5_000_000 for path in pages)
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    lines = (tracked_home / "report" / ANSWERER / "summary.en.txt").read_text("utf-8").splitlines()
    assert lines and all(line.endswith((".", "?")) for line in lines)
    (run,) = client.search_runs([client.get_experiment_by_name("promptfit/report").experiment_id])
    assert [one.path for one in client.list_artifacts(run.info.run_id)] == ["report.en.html", "report.ru.html"]
    assert run.data.params["answerer"] == ANSWERER and run.data.params["languages"] == "ru,en"

    before = pages[0].read_bytes()
    assert main(["report", "language=ru"]) == 0
    assert pages[0].read_bytes() == before
    assert main(["report", "language=de"]) == 1
    assert "language=de: no such language" in capsys.readouterr().err


def test_what_is_missing_is_said_at_once(tracked_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = scripted_studies.write_all(tracked_home, ANSWERER)
    (folder / "look.json").unlink()
    (folder / "errors.json").unlink()
    assert main(["report"]) == 1
    told = capsys.readouterr().err
    assert f"study/{ANSWERER}/look.json: promptfit look model={ANSWERER}" in told
    assert f"study/{ANSWERER}/errors.json: promptfit stress model={ANSWERER}" in told
    assert not (tracked_home / "report").exists()
    assert main(["report", "partial=true", "language=en"]) == 0
    assert f"careful: without study/{ANSWERER}/look.json" in capsys.readouterr().out
    assert "This report is incomplete" in (tracked_home / f"report/{ANSWERER}/report.en.html").read_text("utf-8")
    assert main(["report", "field=СНИЛС"]) == 1
    assert f"study/{ANSWERER}/part/look.json: promptfit look field=… model={ANSWERER}" in capsys.readouterr().err
    (folder / "stress.json").write_text("{}")
    assert main(["report", "partial=true"]) == 1
    assert "stress.json: no record of a stress" in capsys.readouterr().err
