"""Whole records through the command line: tried, searched, selected against single fields, studied."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mlflow import MlflowClient

from promptfit.cli import main
from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.select.call_plans.calls_record import FILE
from promptfit.support.system_text import joined
from reading import asked, configure, make_data
from tracked import uri

GOOD = "Верни JSON. С заглавной буквы"
FIELDS = {
    "passport Фамилия": "Напиши Фамилия. Только значение. С заглавной буквы",
    "passport Имя": "Напиши Имя. Только значение. С заглавной буквы",
    "СНИЛС": "СНИЛС. Только значение",
}


def run(*words: str) -> int:
    command, *rest = words
    return main([command, "model=reader", *rest])


@pytest.fixture
def home(tracked_home: Path) -> Path:
    configure(tracked_home)
    for name, parts in (("mini", ("holdout", "search")), ("large", ("select", "test"))):
        make_data(tracked_home / "data" / name, documents=24, parts=parts)
    return tracked_home


def test_a_record_is_tried_with_its_fields_in_one_request(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("try", "Верни JSON сбивчиво", "field=passport *") == 0
    said = capsys.readouterr().out
    assert asked(home) == 12, "a request a document of the search split"
    assert "passport *" in said and "no such key" in said and "fidelity" in said


def test_a_search_finds_records_prompts_and_keeps_them_beside_those_of_fields(home: Path) -> None:
    kept = home / "prompts/reader/reader_sep_edits.csv"
    kept.parent.mkdir(parents=True)
    collection.write(kept, [Row("passport Имя", "Напиши Имя", 0.5)])
    assert run("search", "ask=record", "budget.per_field=150") == 0
    rows = {row.field: row for row in collection.read(kept)}
    assert set(rows) == {"passport Имя", "passport *", "СНИЛС *"}
    assert rows["passport *"].cer == 0 and "JSON" in rows["passport *"].prompt
    before = asked(home)
    assert run("search", "ask=record", "budget.per_field=150") == 0
    assert asked(home) == before, "all answers are kept"


def test_a_trial_of_a_record_has_a_row_a_field(home: Path) -> None:
    assert run("search", "ask=record", "field=passport *", "budget.per_field=60") == 0
    client = MlflowClient(uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/search").experiment_id])
    trial = next(one for one in runs if one.data.params.get("field") == "passport *")
    names = {name for name in trial.data.metrics if name.startswith("cer/")}
    assert names == {"cer/passport._Familija", "cer/passport._Imja"}
    table = json.loads(Path(client.download_artifacts(trial.info.run_id, "predictions.json")).read_text("utf-8"))
    assert {row[0] for row in table["data"]} == {"passport Фамилия", "passport Имя"}


def test_a_system_text_goes_with_its_prompt(home: Path) -> None:
    given = home / "given.csv"
    collection.write(given, [Row("passport *", joined("С заглавной буквы", "Верни JSON"))])
    assert run("try", "collection=given.csv", "ask=record", "save=pair") == 0
    (row,) = collection.read(home / "prompts/reader/reader_sep_pair.csv")
    assert (row.system, row.user, row.cer) == ("С заглавной буквы", "Верни JSON", 0)


@pytest.fixture
def searched(home: Path) -> Path:
    path = home / "prompts/reader/reader_sep_hand.csv"
    path.parent.mkdir(parents=True)
    rows = [Row(field, text) for field, text in FIELDS.items()]
    collection.write(path, [*rows, Row("passport *", GOOD + " сбивчиво"), Row("СНИЛС *", GOOD)])
    return home


@pytest.mark.slow
def test_one_call_is_held_against_a_call_a_field(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("select", "ask=both") == 0
    out = searched / "selection/reader"
    found = FILE.read(out / "calls.json")
    passport, snils = found.types
    assert [one.field for one in passport.fields] == ["passport Фамилия", "passport Имя"]
    assert passport.metrics["cer"].fields == 0 and passport.metrics["cer"].record == 0.5
    assert [one.verdict for one in passport.fields] == ["as good", "worse"] and passport.fidelity == 0
    assert (passport.costs_fields.calls, passport.costs_record.calls) == (2000, 1000)
    assert [list(one.alone) for one in passport.plans] == [[], ["passport Имя"], ["passport Имя", "passport Фамилия"]]
    assert passport.plans[passport.chosen].alone == ["passport Имя"] or passport.chosen == 2
    assert snils.chosen == 0 and snils.verdict == "as good"
    best = {row.field for row in collection.read(out / "reader_plan.csv")}
    assert "СНИЛС *" in best and "passport Имя" in best
    assert (out / "calls.png").stat().st_size > 10_000
    said = capsys.readouterr().out
    assert "passport: one call is as good for 1 of 2 fields (not passport Имя)" in said
    assert "calls 1,000 instead of 2,000 (0.50)" in said
    assert {path.name for path in (out / "record").iterdir()} >= {"reader_best.csv", "selection.json"}
    before, bytes_ = asked(searched), (out / "calls.json").read_bytes()
    assert run("select", "ask=both") == 0
    assert asked(searched) == before and (out / "calls.json").read_bytes() == bytes_


@pytest.mark.slow
def test_fields_and_records_are_selected_apart(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("select") == 0
    rows = collection.read(searched / "selection/reader/reader_best.csv")
    assert [row.field for row in rows] == list(FIELDS), "rows of records are no unknown fields"
    assert "has no field" not in capsys.readouterr().out
    assert run("select", "ask=record", "field=passport *") == 0
    (row,) = collection.read(searched / "selection/reader/record/part/reader_best.csv")
    assert row.prompt == "Верни JSON" or row.cer is not None
    assert run("select", "ask=both", "field=passport Имя") == 1
    assert "name a record, such as 'passport *', too" in capsys.readouterr().err


@pytest.mark.slow
def test_a_plan_is_studied_as_it_is_used(searched: Path) -> None:
    assert run("select", "ask=both") == 0
    before = asked(searched)
    words = ("dataset=large", "augmentation=defocus", "severities=[3]", "documents=4", "replace=true")
    assert run("stress", "ask=record", *words) == 0
    alone = asked(searched) - before
    assert alone <= 8 * 2, "one request a document and condition, whatever its fields"
    assert (searched / "study/reader/record/part").is_dir()
    assert run("stress", "ask=both", *words) == 0
    assert json.loads(next((searched / "study/reader/both").rglob("stress.json")).read_text())["clean"]["cer"] == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("try", "JSON", "ask=all"), "ask=all: there are fields, record, both"),
        (
            ("try", "JSON", "field=pasport *"),
            'no field "pasport \\*" in the data set mini; did you mean "passport \\*"',
        ),
        (("select", "ask=record", "labels=none"), "no collection"),
        (("select", "ask=neither"), "ask=neither: there are fields, record, both"),
        (("stress", "ask=neither", "dataset=large"), "ask=neither: there are fields, record, both"),
    ],
)
def test_wrong_usage_is_told(home: Path, words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 1
    assert re.search(says, " ".join(capsys.readouterr().err.split()), re.IGNORECASE)


@pytest.mark.slow
def test_a_collection_of_both_kinds_is_asked_kind_by_kind(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = "collection=prompts/reader/reader_sep_hand.csv"
    assert run("try", both) == 0
    assert "passport *" not in capsys.readouterr().out
    assert run("try", both, "ask=record") == 0
    assert "passport *" in capsys.readouterr().out
    start = "generator.start=[prompts/reader/reader_sep_hand.csv]"
    assert run("search", "generator=polished", start, "ask=record", "budget.per_field=60") == 0
    assert {row.field for row in collection.read(searched / "prompts/reader/reader_sep_polished.csv")} == {
        "passport *",
        "СНИЛС *",
    }
