"""`promptfit look` through the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image

import sighted
from promptfit.cli import main
from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.study.records import study_file
from promptfit.study.records.look_json import LookRecord
from reading import asked
from tracked import uri

PROJECT = Path(__file__).resolve().parents[2]
OUT = "study/sighted"
QUESTIONS = 16
"""Three fields of six documents, less the two of a document without boxes."""


@pytest.fixture
def selected(tracked_home: Path) -> Path:
    """A data set with boxes and a best collection."""
    target = f"_target_: sighted.Sighted\n  log: {tracked_home / 'asked.log'}\n"
    model = f'name: sighted\nsystem: ""\nanswerer:\n  {target}'
    (tracked_home / "conf/model/sighted.yaml").write_text(model, "utf-8")
    sighted.make_data(tracked_home / "data/diverse")
    keep(tracked_home, sighted.prompts())
    return tracked_home


def keep(home: Path, prompts: dict[str, str], answerer: str = "sighted") -> None:
    path = home / f"selection/{answerer}/{answerer}_best.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    collection.write(path, [Row(field, text) for field, text in prompts.items()])


def look(*words: str) -> int:
    return main(["look", "model=sighted", *words])


def record_of(home: Path, folder: str = OUT) -> LookRecord:
    return study_file.read(home / folder / "look.json", LookRecord)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_answer_gets_its_verdict_and_everything_is_kept(
    selected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look("overlays=4") == 0
    said = capsys.readouterr().out
    assert "2 samples are left out: no box" in said and f"asked {7 * QUESTIONS} new requests" in said
    assert "Sighted gives no attention" in said and "without looking" in said
    record = record_of(selected)
    counts = {one.verdict: one.fields for one in record.verdicts if one.answers}
    assert counts == {
        "read": {"passport Фамилия": 5, "passport Имя": 5},
        "without looking": {"СНИЛС": 6},
    }
    assert record.attention is None and record.fills == ["background", "blur", "noise"]
    assert record.metrics["share_read"] == 10 / 16 and record.right_looking.value == 1
    source = record.source
    assert (source.requests, source.documents, source.left_out) == (7 * QUESTIONS, 11, {"no box": 2})
    assert source.collection == "selection/sighted/sighted_best.csv"
    assert len(record.overlays) == 4
    for one in record.overlays:
        assert one.heat == "" and one.mass is None
        assert Image.open(selected / OUT / one.covered).size == Image.open(selected / OUT / one.elsewhere).size


@pytest.mark.slow
def test_a_second_run_asks_nobody_and_writes_the_same_bytes(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert look("fills=[blur,white]") == 0
    before, first = asked(selected), contents(selected / "study")
    assert before == 5 * QUESTIONS
    assert look("fills=[blur,white]") == 0
    assert asked(selected) == before and contents(selected / "study") == first
    assert f"asked 0 new requests, {before} were kept" in capsys.readouterr().out
    assert look("fills=[blur,white,gray]") == 0
    assert asked(selected) == before + 2 * QUESTIONS, "only the new fill is asked"


def test_a_study_that_was_cut_off_goes_on(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (selected / "broken").touch()
    assert look() == 1
    assert "the network is down" in capsys.readouterr().err
    assert not (selected / OUT / "look.json").exists()
    so_far = asked(selected)
    (selected / "broken").unlink()
    assert look() == 0
    assert 0 < so_far < asked(selected) == 7 * QUESTIONS


def test_what_mlflow_has_afterwards(selected: Path) -> None:
    from mlflow import MlflowClient

    assert look("overlays=1") == 0
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    (run,) = client.search_runs([client.get_experiment_by_name("promptfit/look").experiment_id])
    assert run.info.status == "FINISHED" and run.info.run_id == record_of(selected).source.run_id
    assert run.data.params["fills"] == "background,blur,noise" and run.data.params["answerer"] == "sighted"
    assert run.data.metrics["share_read"] == 10 / 16
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert {"verdicts.json", "answers.json", "look.json", "001-covered.png", "001-elsewhere.png"} <= files


def test_a_dry_run_asks_nothing(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert look("dry_run=true", "documents=2") == 0
    said = capsys.readouterr().out
    assert "documents, 3 prompts" in said and "requests to sighted" in said
    assert asked(selected) == 0 and not (selected / "study").exists()


def test_a_model_without_attention_is_told_before_it_is_asked(
    selected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look("dry_run=true", "documents=2") == 0
    assert "careful: Sighted gives no attention; checkpoints on this machine do" in capsys.readouterr().out


def test_some_fields_alone_leave_the_whole_study_as_it_is(selected: Path) -> None:
    assert look() == 0
    whole = contents(selected / OUT)
    assert look("field=СНИЛС", "fills=white", "overlays=0") == 0
    part = record_of(selected, f"{OUT}/part")
    assert part.fills == ["white"] and part.metrics["share_without_looking"] == 1 and not part.overlays
    assert {name: data for name, data in contents(selected / OUT).items() if "part" not in name} == whole


def test_a_model_says_that_its_attention_was_taught() -> None:
    from omegaconf import OmegaConf

    conf = PROJECT / "conf/model"
    taught = [path.stem for path in conf.glob("*.yaml") if OmegaConf.load(path).get("attention_taught")]
    assert taught == ["docvlm-tiny"], "its card says so"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fills=[tar]"], "no such fill; there are: background, gray, blur, noise, white"),
        (["fills=[]"], "no such fill"),
        (["overlays=-1"], "overlays=-1: a whole number from 0 on"),
        (["documents=0"], "documents=0"),
        (["collection=nowhere.csv"], "nowhere.csv"),
        (["model=tesseract"], "promptfit select model=tesseract"),
        (["chain=[smooth]"], "smooth"),
    ],
)
def test_faults_are_said_in_a_line(
    selected: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["look", *([] if "model=" in words[0] else ["model=sighted"]), *words]) == 1
    message = capsys.readouterr().err
    assert said in message and "Traceback" not in message and asked(selected) == 0


def test_data_without_boxes_is_refused_with_the_remedy(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import reading

    shutil.rmtree(selected / "data/diverse")
    reading.make_data(selected / "data/diverse")
    assert look() == 1
    assert "no sample to look at (18 no box)" in capsys.readouterr().err


@pytest.mark.slow
def test_the_built_in_model_from_documents_to_pictures(tracked_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("data", "models"):
        (tracked_home / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "prompts/handwritten", tracked_home / "prompts/handwritten")
    words = ["look", "collection=prompts/handwritten/strict.csv", "documents=2", "captures=1", "fills=[blur]"]
    assert main([*words, "overlays=3"]) == 0
    assert "its training taught it where to look" in capsys.readouterr().out
    record = record_of(tracked_home, "study/docvlm-tiny")
    told = record.attention
    assert told and told.taught and len(told.layers) == 5 and len(told.fields) == 17
    assert told.absolute_right.value and told.absolute_wrong.value, "some of its answers are right, and some are not"
    mass, area = told.layers[told.layer].value, told.area.value
    assert mass and area and mass > 2 * area, "it looks at what it reads"
    assert told.pointing.value and told.pointing.value > 5 * area
    changed = sum(one.answers for one in record.verdicts if one.covered_changes)
    assert changed > 0.7 * record.metrics["answers"] == 0.7 * 34
    for one in record.overlays:
        assert one.mass is not None and Image.open(tracked_home / "study/docvlm-tiny" / one.heat).width >= 480
    first = contents(tracked_home / "study")
    assert main([*words, "overlays=3"]) == 0
    assert "asked 0 new requests" in capsys.readouterr().out and contents(tracked_home / "study") == first
