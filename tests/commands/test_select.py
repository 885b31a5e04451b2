"""`promptfit select` through the command line, over collections for the scripted answerer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.data import collection, search_record
from promptfit.data.collection import Row
from promptfit.data.grouping import document_digests
from promptfit.data.reader import load
from promptfit.data.search_record import SearchRecord
from promptfit.select import selection_file
from reading import asked, configure, make_data
from tracked import uri

BEST = {
    "passport Фамилия": "Напиши Фамилия. Только значение. С заглавной буквы",
    "passport Имя": "Напиши Имя. Только значение. С заглавной буквы",
    "СНИЛС": "СНИЛС. Только значение",
}
NAIVE = {field: f"Напиши {field.split()[-1]}" for field in BEST}
OUT = "selection/reader"


def keep(home: Path, label: str, prompts: dict[str, str], cer: float | None = 0.0) -> Path:
    path = home / f"prompts/reader/reader_sep_{label}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    collection.write(path, [Row(field, text, cer) for field, text in prompts.items()])
    return path


@pytest.fixture
def searched(tracked_home: Path) -> Path:
    """A large data set, and the collections of two labels: each is best somewhere."""
    configure(tracked_home)
    make_data(tracked_home / "data/large", documents=40, parts=("select", "test"))
    keep(tracked_home, "gpt", {**BEST, "СНИЛС": NAIVE["СНИЛС"]}, 0.01)
    keep(tracked_home, "edits", {**NAIVE, "СНИЛС": BEST["СНИЛС"]})
    return tracked_home


def select(*words: str) -> int:
    return main(["select", "model=reader", *words])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_best_prompts_are_chosen_and_everything_is_kept(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select() == 0
    rows = collection.read(searched / OUT / "reader_best.csv")
    assert {row.field: row.prompt for row in rows} == BEST
    assert [row.cer for row in rows] == [0, 0, 0], "measured on test"
    said = capsys.readouterr().out
    assert "settled" in said and "3 of 3 settled" in said
    assert "taken: the mix of all labels; out of sample on select the mix takes off" in said
    assert "from the naive wording to the chosen prompts, on test: macro CER 1." in said
    assert "requests on select" in said
    assert f"asked {asked(searched)} new requests" in said
    charts = {"forest.png", "heat.png", "race.png"}
    tables = {f"vlmhyperbench/{name}.csv" for name in "answers by_id by_doc_question by_doc_type general".split()}
    first = contents(searched / OUT)
    assert set(first) == {"reader_best.csv", "selection.json", *charts, *tables}
    record = selection_file.read(searched / OUT / "selection.json")
    assert record.metrics["cer_macro_test"] == 0 and record.labels == ["edits", "gpt", "own question", "naive wording"]
    assert [one.best.prompt for one in record.fields] == list(BEST.values())
    assert record.fields[0].gap_to_stage1 == -0.01
    before = asked(searched)
    assert select() == 0
    assert asked(searched) == before, "all answers are kept"
    assert contents(searched / OUT) == first, "the same bytes"


def test_a_selection_by_another_objective_says_so(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select("objective=exact") == 0
    record = selection_file.read(searched / OUT / "selection.json")
    assert record.objective == "exact" and [one.best.prompt for one in record.fields] == list(BEST.values())
    assert record.metrics["exact_macro_test"] == 1 and record.fields[0].why == "highest exact"
    assert [row.cer for row in collection.read(searched / OUT / "reader_best.csv")] == [0, 0, 0], "the CER, as ever"
    said = capsys.readouterr().out
    assert "by exact" in said and "of exact's loss against" in said


def test_what_mlflow_has_afterwards(searched: Path) -> None:
    from mlflow import MlflowClient

    assert select("racing=off") == 0
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/select").experiment_id])
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    trials = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert len(trials) == 9 and {run.info.status for run in runs} == {"FINISHED"}
    own = {"own question", "gpt, naive wording", "edits, naive wording", "gpt", "edits"}
    assert {run.data.params["origin"] for run in trials} == own
    assert (
        parent.data.params["racing"] == "off" and parent.data.params["labels"] == "edits,gpt,own question,naive wording"
    )
    assert parent.data.metrics["cer_macro_test"] == 0 and parent.data.metrics["share_of_full"] == 1
    files = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert {"fields.json", "test.json", "forest.png", "reader_best.csv", "selection.json"} <= files
    assert client.get_prompt_version_by_alias("reader._SNILS", "best").template == BEST["СНИЛС"]


def test_a_dry_run_asks_nothing(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert select("dry_run=true") == 0
    said = capsys.readouterr().out
    assert "9 distinct prompts for 3 fields, out of 2: edits, gpt, own question, naive wording" in said
    assert "at most 180 requests to reader on select" in said and "at most 300 on test" in said
    assert asked(searched) == 0 and not (searched / "selection").exists()
    assert select("dry_run=true", "racing=off") == 0
    assert "\n180 requests to reader on select" in capsys.readouterr().out
    assert select("dry_run=true", "baselines.question=false", "baselines.naive=null") == 0
    assert "6 distinct prompts for 3 fields, out of 2: edits, gpt\n" in capsys.readouterr().out


def test_some_fields_alone_leave_the_whole_selection_as_it_is(searched: Path) -> None:
    assert select() == 0
    whole = contents(searched / OUT)
    assert select("field=СНИЛС", "labels=gpt", "collections=prompts/reader/reader_sep_edits.csv") == 0
    part = contents(searched / OUT / "part")
    assert {name: part[name] for name in part} and "selection.json" in part
    assert {name: content for name, content in contents(searched / OUT).items() if "part" not in name} == whole
    record = selection_file.read(searched / OUT / "part/selection.json")
    assert record.labels[:2] == ["gpt", "edits"] and [one.field for one in record.fields] == ["СНИЛС"]


def test_prompts_that_begin_like_a_formula_stay_what_they_are(searched: Path) -> None:
    risky = {field: f"=HYPERLINK(1) {text}" for field, text in BEST.items()}
    for path in (searched / "prompts/reader").glob("*.csv"):
        path.unlink()
    keep(searched, "$x^2$ [bold]", risky)
    assert select() == 0
    best = searched / OUT / "reader_best.csv"
    assert {row.field: row.prompt for row in collection.read(best)} == risky
    assert ";'=HYPERLINK" in best.read_text("utf-8-sig"), "a spreadsheet must not run it"
    assert json.loads((searched / OUT / "selection.json").read_text("utf-8"))["fields"][0]["winner"] == 0


def test_fields_that_the_data_lacks_are_said_and_left_out(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(searched, "odd", {"passport Фамили": "x", **BEST})
    assert select() == 0
    assert 'did you mean "passport Фамилия" or' in capsys.readouterr().out
    assert len(collection.read(searched / OUT / "reader_best.csv")) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model=docvlm-tiny"], "make one: promptfit search model=docvlm-tiny"),
        (["labels=[gpt,other]"], "no collection with the label 'other'; there are: edits, gpt"),
        (["collections=nowhere.csv"], "nowhere.csv: cannot be read"),
        (["field=Имя"], "Имя"),
        (
            ["racing=sometimes"],
            "racing=sometimes: there is no conf/racing/sometimes.yaml. There are: off, search, select.",
        ),
        (["racing=false"], "racing=false: there is no conf/racing/false.yaml. There are: off, search, select."),
        (["racing=search"], "here it is racing=select, or racing=off"),
        (["racing=off", "racing.first=9"], "racing.first: there is no such key. Under racing: alpha."),
        (["racing=off", "racing.alpha=0"], "alpha between 0 and 1"),
        (["racing.alpha=1"], "alpha, share and lose between 0 and 1"),
        (["racing.first=0"], "first >= 1"),
        (["dataset.path=data/none"], "no such folder"),
        (["dataset.nam=x"], "dataset.nam: there is no such key; did you mean name?"),
    ],
)
def test_faults_are_said_in_a_line(
    searched: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert select(*words) == 1 if "model=" not in words[0] else main(["select", *words]) == 1
    message = capsys.readouterr().err
    assert said in message and "Traceback" not in message
    assert not (searched / "selection").exists() and asked(searched) == 0


@pytest.mark.parametrize("words", [["racing.alpha=0.000001"], ["racing=off", "racing.alpha=0.000001"]])
def test_what_is_significant_can_be_said_with_a_race_and_without(searched: Path, words: list[str]) -> None:
    def settled(*words: str) -> int:
        assert select("field=СНИЛС", *words) == 0
        record = selection_file.read(searched / OUT / "part/selection.json")
        return sum(one.settled for one in record.fields)

    assert settled() == 1 and settled("racing=off") == 1
    assert settled(*words) == 0


def test_documents_that_a_search_has_seen_are_no_test(searched: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A search of the same documents under other names, and a data set whose own split is a search's."""
    data = load(searched / "data/large")
    seen = {"search": sorted(document_digests(data.samples).values())}
    file = search_record.beside(searched / "prompts/reader/reader_sep_gpt.csv")
    record = SearchRecord("reader", "gpt", "g", "feedback", "mini", "d", 0, ("strip",), {}, {}, 0, seen)
    search_record.write(file, record)
    assert select() == 1
    assert "40 of 40 test documents were seen by the search of gpt on mini" in capsys.readouterr().err
    assert select("labels=edits", "dry_run=true") == 0
    assert select("overlap=true") == 0
    assert "careful: 40 of 40 test documents were seen" in capsys.readouterr().out
    assert "seen by the search of gpt" in selection_file.read(searched / OUT / "selection.json").warnings[0]

    file.unlink()
    make_data(searched / "data/mini", documents=40)
    assert select("dataset=mini", "replace=true") == 1
    assert "own split gives them to search, holdout" in capsys.readouterr().err.replace(
        "holdout, search", "search, holdout"
    )
    assert select("dataset=mini", "overlap=true", "replace=true") == 0
    assert "test documents are of another part of the data set's own split" in capsys.readouterr().out


def test_the_simulations_use_the_figures_of_the_configuration() -> None:
    import yaml
    from benchmarks import mixing, simulation

    conf = yaml.safe_load((Path(__file__).resolve().parents[2] / "conf/select.yaml").read_text("utf-8"))
    assert (conf["folds"], conf["doubt"], conf["indifference"]) == (mixing.FOLDS, mixing.DOUBT, simulation.ZONE)
