"""A whole search through the command line, with a scripted answerer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from promptfit.cli import main
from promptfit.data import collection, search_record
from promptfit.types import Answer, NoAnswer, Request
from reading import FIELDS, SURNAMES, asked
from tracked import uri

CSV = "prompts/reader/reader_sep_edits.csv"


def search(home: Path, *words: str) -> int:
    return main(["search", "model=reader", "budget.per_field=24", *words])


def test_a_search_writes_the_collection_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(project) == 0
    rows = collection.read(project / CSV)
    assert [row.field for row in rows] == list(FIELDS)
    assert all(row.cer is not None for row in rows)
    out = capsys.readouterr().out
    assert all(row.field in out for row in rows)
    assert "reader_sep_edits.csv" in out
    assert "make ui" in out


def test_the_same_search_again_asks_nothing_and_writes_the_same_bytes(project: Path) -> None:
    search(project)
    before, content = asked(project), (project / CSV).read_bytes()
    (project / CSV).unlink()
    search(project)
    assert asked(project) == before
    assert (project / CSV).read_bytes() == content


@pytest.mark.slow
def test_another_objective_is_another_collection_and_its_record_says_so(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert search(project, "objective=exact") == 0
    file = (project / CSV).with_name("reader_sep_edits+exact.csv")
    assert all(row.cer is not None for row in collection.read(file)), "the column is the CER whatever the objective"
    record = json.loads(file.with_suffix(".json").read_text("utf-8"))
    assert record["objective"] == "exact"
    assert all(0 <= one["objective_search"] <= 1 and "cer_search" in one for one in record["fields"].values())
    assert search_record.read(file.with_suffix(".json")).objective == "exact"
    assert "exact on holdout" in capsys.readouterr().out
    assert search(project) == 0
    assert "objective" not in (project / CSV).with_suffix(".json").read_text("utf-8"), "the CER goes without saying"


def test_an_objective_that_no_race_can_run_on_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(project, "objective=anls") == 1 and asked(project) == 0
    assert "there are: cer, exact, value, wer" in capsys.readouterr().err


def measured(field: str) -> list[Any]:
    """Runs of prompts on the holdout."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/search").experiment_id])
    return [run for run in runs if (run.data.params.get("split"), run.data.params.get("field")) == ("holdout", field)]


def test_what_mlflow_has_afterwards(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("promptfit.score.usable.USELESS", 9.0)  # a small budget finds nothing good
    from mlflow import MlflowClient

    search(project, "field=СНИЛС")
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/search").experiment_id])
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    assert parent.info.status == "FINISHED"
    assert parent.data.params["label"] == "edits"
    assert parent.data.params["strategy"] == "edits"
    assert {"cer_holdout", "cer_search", "requests"} <= parent.data.metrics.keys()
    assert {file.path for file in client.list_artifacts(parent.info.run_id)} >= {"fields.json", "reader_sep_edits.csv"}
    trials = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert trials
    assert {run.data.params["field"] for run in trials} == {"СНИЛС"}
    winner, (row,) = client.get_prompt_version_by_alias("reader._SNILS", "edits"), collection.read(project / CSV)
    assert winner.template == row.prompt
    (held,) = measured("СНИЛС")
    assert held.data.params["prompt"] == row.prompt and held.data.params["parent_trial"]
    assert held.data.metrics["cer"] == pytest.approx(row.cer, abs=5e-5), "the number to quote"
    table = json.loads(Path(client.download_artifacts(held.info.run_id, "predictions.json")).read_text("utf-8"))
    assert table["columns"] == ["image", "document", "expected", "answer", "edits", "raw"]
    truths = [dict(zip(table["columns"], line, strict=True))["expected"] for line in table["data"]]
    assert len(truths) == held.data.metrics["samples"]
    edits, chars = sum(line[4] for line in table["data"]), sum(map(len, truths))
    assert edits / chars == pytest.approx(held.data.metrics["cer"]), "it can be counted anew from the predictions"


def test_one_field_leaves_the_other_rows_alone(project: Path) -> None:
    search(project)
    kept = {row.field: row for row in collection.read(project / CSV)}
    search(project, "field=[СНИЛС, passport Имя]", "seed=3")
    again = {row.field: row for row in collection.read(project / CSV)}
    assert list(again) == list(kept)
    assert again["passport Фамилия"] == kept["passport Фамилия"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["field=паспорт Фамилия"], "passport Фамилия"),
        (["label=../x"], "file's name"),
        (["chain=[strip,lowr]"], "lowr"),
        (["budget.per_field=1"], "not one prompt could finish"),
        (["dataset.path=data/none"], "dvc pull"),
        (["model.answerer._target_=reading.Raeder"], "Raeder"),
        (["+model.answerer.colour=red"], "colour"),
        (["model=docvlm-tny"], "did you mean docvlm-tiny"),
        (["sead=1"], "did you mean seed"),
        (["model.nmae=1"], "did you mean name"),
        (["label=a", "Напиши"], "neither key=value"),
        (["seed=0,1"], "add -m"),
        (["--show"], "show=…"),
        (["--multi"], "no option"),
    ],
)
def test_faults_are_said_in_a_line(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert search(project, *words) in (1, 2)
    message = capsys.readouterr().err
    assert said in message
    assert "Traceback" not in message
    assert asked(project) == 0


def test_dry_run_and_show_ask_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert search(project, "dry_run=true") == 0
    said = capsys.readouterr().out
    assert "at most 81 requests" in said
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in said.splitlines() if "│" in line]
    assert rows == [[field, "3", "3", "6"] for field in ("passport Имя", "passport Фамилия", "СНИЛС")]
    assert search(project, "show=true", "label=мой, ярлык") == 0
    assert "label: мой, ярлык" in capsys.readouterr().out
    assert asked(project) == 0


def test_a_dry_run_shows_a_field_that_is_split_in_two(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    annotation = project / "data/mini/annotation.csv"
    head, *rows = annotation.read_text("utf-8-sig").splitlines()
    half = [row.replace("passport", "pasport") if number % 4 < 2 else row for number, row in enumerate(rows)]
    annotation.write_text("\n".join([head, *half]) + "\n", "utf-8")
    search(project, "dry_run=true", "overlap=true")
    told = capsys.readouterr()
    assert "pasport" in told.out + told.err


@pytest.mark.slow
def test_a_sweep_runs_every_value(project: Path) -> None:
    assert search(project, "-m", "seed=0,1", "label=s${seed}", "field=СНИЛС,passport Имя") == 0
    for seed in (0, 1):
        rows = collection.read(project / f"prompts/reader/reader_sep_s{seed}.csv")
        assert [row.field for row in rows] == ["СНИЛС", "passport Имя"]


def test_ctrl_c_keeps_what_was_answered(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import reading

    answers = reading.Reader.answer

    def interrupted(self: reading.Reader, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for answer in answers(self, requests):
            if asked(project) > 20:
                raise KeyboardInterrupt
            yield answer

    with monkeypatch.context() as patch:
        patch.setattr(reading.Reader, "answer", interrupted)
        assert search(project) == 130
    assert "what was answered is kept" in capsys.readouterr().err
    before = asked(project)
    assert search(project) == 0
    total = asked(project)
    search(project, "store=.promptfit/other.sqlite")
    afresh = asked(project) - total
    assert total - before == afresh - (before - 1), "only what was in flight is asked again"


def test_a_search_keeps_a_better_prompt_that_is_there(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    perfect = "Только значение. С заглавной буквы. passport Имя"
    (project / CSV).parent.mkdir(parents=True)
    collection.write(project / CSV, [collection.Row("passport Имя", perfect, 0.5)])
    words = ["field=[СНИЛС, passport Имя]", "generator=file", "label=edits", "generator.start=[weak.csv]"]
    weak = [collection.Row(name, f"Назови {name}", None) for name in ("СНИЛС", "passport Имя")]
    collection.write(project / "weak.csv", weak)
    for _ in range(2):
        assert search(project, *words) == 0
        out = capsys.readouterr().out
        assert f"passport Имя: kept {perfect!r} (CER 0.0000 on the same search documents)" in out.replace("\n", " ")
        assert "replace=true" in out
        assert next((row.prompt, row.cer) for row in collection.read(project / CSV)) == (perfect, 0.0)
    held = {run.data.params["prompt"]: run.data.metrics["cer"] for run in measured("passport Имя")}
    assert held[perfect] == 0.0 and held["Назови passport Имя"] > 0, "what the CSV quotes, and what it was held against"
    assert search(project, *words, "replace=true") == 0
    assert [row.prompt for row in collection.read(project / CSV) if row.field == "passport Имя"] == [
        "Назови passport Имя"
    ]


def test_a_file_of_prompts_with_true_answers_in_them_is_named_and_not_asked(
    project: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    leaking = "Только значение. С заглавной буквы. Фамилия: " + ", ".join(SURNAMES[:6])
    collection.write(project / "few.csv", [collection.Row("passport Фамилия", leaking)])
    words = ["field=passport Фамилия", "generator=file", "label=edits"]
    assert search(project, *words, "generator.start=[few.csv]") == 1
    err = capsys.readouterr().err
    assert "(few.csv) has a true answer in it" in err and "generator" not in err and "Take them out" in err
    assert asked(project) == 0
    collection.write(project / "plain.csv", [collection.Row("passport Фамилия", "Фамилия?")])
    collection.write(project / CSV, [collection.Row("passport Фамилия", leaking, 0.0)])
    assert search(project, *words, "generator.start=[few.csv,plain.csv]") == 0
    assert "has a true answer in it" in caplog.text and "it is replaced" in caplog.text
    assert [row.prompt for row in collection.read(project / CSV)] == ["Фамилия?"], "what was kept leaks, too"


def test_the_documents_of_a_large_data_set_that_a_search_asks_are_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sample.least=2", "sample.runs=12", "field=СНИЛС"]
    assert search(project, *words, "dry_run=true") == 0
    assert "on 2 of 3 search documents at first" in capsys.readouterr().out


@pytest.mark.slow
def test_without_a_race_every_prompt_is_asked_of_every_document(project: Path) -> None:
    def requests_of_a_prompt(*words: str) -> set[float]:
        assert search(project, *words, "replace=true") == 0
        record = search_record.read(search_record.beside(project / CSV))
        return {one.requests / one.prompts for one in record.fields.values()}

    assert min(requests_of_a_prompt("racing.looks=[1,2]", "racing.gap=0")) < 3
    assert requests_of_a_prompt("racing=off") == {3.0}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["racing=false"], "racing=false: there is no conf/racing/false.yaml. There are: off, search, select."),
        (["racing=never"], "racing=never: there is no conf/racing/never.yaml. There are: off, search, select."),
        (["racing=select"], "here it is racing=search, or racing=off"),
        (["racing.alpha=0.1"], "racing.alpha: there is no such key"),
        (["racing=off", "racing.lose=0.1"], "racing.lose: there is no such key. Under racing: alpha."),
        (["margin=1"], "margin=1"),
        (["sample.runs=0"], "sample.runs=0"),
    ],
)
def test_a_racing_that_is_none_is_said(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert search(project, *words) == 1
    message = capsys.readouterr().err
    assert said in message and "Traceback" not in message
