"""`promptfit compare` through the command line, over searches of the scripted answerer."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.data import collection, search_record
from promptfit.data.collection import Row
from promptfit.data.search_record import FieldRecord, SearchRecord
from reading import asked
from tracked import uri


def keep(home: Path, label: str, cers: dict[str, float | None], seed: int = 0) -> Path:
    path = home / "prompts/reader" / f"reader_sep_{label}.csv"
    collection.write(path, [Row(field, f"Напиши {field}", cer) for field, cer in cers.items()])
    fields = {
        field: FieldRecord(f"Напиши {field}", cer, 0.5, 1200, 7, 45000, 800, 0.5, 90.25, 31)
        for field, cer in cers.items()
    }
    record = SearchRecord(
        "reader", label, "g", "feedback", "mini", "d" * 64, seed, ("strip",), fields, {"empty": 1}, 0, {}
    )
    search_record.write(search_record.beside(path), record)
    return path


@pytest.fixture
def searched(tracked_home: Path) -> Path:
    answerer = 'name: reader\nsystem: ""\nanswerer: {}\n'
    (tracked_home / "conf/model/reader.yaml").write_text(answerer, "utf-8")
    keep(tracked_home, "GPT-4o+textgrad", {"СНИЛС": 0.25, "passport Имя": 0.5})
    keep(tracked_home, "[bold]|*ё*", {"СНИЛС": 0.25, "passport Имя": 0.125})
    return tracked_home


def compare(*words: str) -> int:
    return main(["compare", "model=reader", *words])


def row(lines: str, name: str) -> list[str]:
    """The cells of the console's row of that name."""
    line = next(line for line in lines.splitlines() if line.startswith(f"│ {name} "))
    return [cell.strip() for cell in line.split("│")[2:-1]]


def test_the_console_shows_who_is_best_where_and_what_it_took(
    searched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare() == 0
    out = capsys.readouterr().out
    assert "[bold]|*ё*" in out
    assert row(out, "СНИЛС") == ["0.2500 *", "0.2500 *"]
    assert row(out, "passport Имя") == ["0.1250 *", "0.5000"]
    assert row(out, "mean") == ["0.1875 *", "0.3750"]
    assert row(out, "requests") == ["2,400"] * 2
    assert row(out, "generator calls") == ["14"] * 2
    assert row(out, "tokens in") == ["90,000"] * 2
    assert row(out, "money") == ["1.0000"] * 2
    assert "GPT-4o+textgrad: best in 1 of 2 fields (1 shared): СНИЛС" in out
    assert "careful" not in out


def test_the_markdown_can_be_pasted(searched: Path) -> None:
    assert compare("labels=[GPT-4o+textgrad,'[bold]|*ё*']") == 0
    lines = (searched / "prompts/reader/compare.md").read_text("utf-8").splitlines()
    assert lines[0] == "# reader: CER on the holdout"
    assert lines[2] == r"| field | GPT-4o+textgrad | \[bold\]\|\*ё\* |"
    assert "| passport Имя | 0.5000 | **0.1250** |" in lines
    assert "| generator seconds | 180 | 180 |" in lines
    assert any(line.startswith("- GPT-4o+textgrad: best in 1 of 2 fields") for line in lines)


def test_what_mlflow_has_afterwards(searched: Path) -> None:
    from mlflow import MlflowClient

    assert compare() == 0
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    (run,) = client.search_runs([client.get_experiment_by_name("promptfit/compare").experiment_id])
    assert run.info.status == "FINISHED"
    assert run.data.params["labels"] == "[bold]|*ё*,GPT-4o+textgrad"
    assert run.data.params["data_digest"] == "d" * 64
    metrics = run.data.metrics
    assert (metrics["cer/GPT--4o-2b-textgrad"], metrics["won/GPT--4o-2b-textgrad"]) == (0.375, 1)
    assert metrics["cost/GPT--4o-2b-textgrad"] == 1
    assert {file.path for file in client.list_artifacts(run.info.run_id)} == {"compare.json", "compare.md"}


def test_a_field_and_a_label_alone(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare("field=passport Имя", "labels=GPT-4o+textgrad") == 0
    out = capsys.readouterr().out
    assert row(out, "passport Имя") == ["0.5000"]
    assert row(out, "requests") == ["1,200"]
    assert "СНИЛС" not in out


def test_what_compares_badly_is_said(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(searched, "s3", {"СНИЛС": 0.5}, seed=3)
    assert compare() == 0
    assert "careful: searched with different seeds" in capsys.readouterr().out
    assert "Careful: searched with different seeds" in (searched / "prompts/reader/compare.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["labels=gpt"], "no label 'gpt'"),
        (["field=Имя"], "no field 'Имя'"),
        (["model=docvlm-tiny"], "make one: promptfit search model=docvlm-tiny"),
    ],
)
def test_faults_are_said_in_a_line(
    searched: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["compare", *(["model=reader"] if "model=" not in words[0] else []), *words]) == 1
    message = capsys.readouterr().err
    assert said in message
    assert "Traceback" not in message
    assert not (searched / "prompts/reader/compare.md").exists()


def test_a_broken_record_stops_it(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (searched / "prompts/reader/reader_sep_GPT-4o+textgrad.json").write_text("<html>", "utf-8")
    assert compare() == 1
    assert "reader_sep_GPT-4o+textgrad.json: no record of a search" in capsys.readouterr().err


@pytest.mark.slow
def test_two_real_searches(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for label in ("a", "b"):
        assert main(["search", "model=reader", "budget.per_field=9", f"label={label}"]) == 0
    before = asked(project)
    capsys.readouterr()
    assert compare() == 0
    assert asked(project) == before
    cells = row(capsys.readouterr().out, "СНИЛС")
    assert len(cells) == 2
    assert cells[0] == cells[1]
