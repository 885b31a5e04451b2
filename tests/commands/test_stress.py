"""`promptfit stress` through the command line, with an answerer that loses letters as the ink fades."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PIL import Image

from promptfit.cli import main
from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.study.records import study_file
from promptfit.study.records.errors_json import ErrorsRecord
from promptfit.study.records.stress_json import StressRecord
from promptfit.support.files.table import read_table
from reading import make_data
from tracked import uri

PROMPTS = {
    "passport Фамилия": "Напиши Фамилия. Только значение. С заглавной буквы",
    "passport Имя": "Напиши Имя. Только значение. С заглавной буквы",
    "СНИЛС": "СНИЛС. Только значение",
}
OUT = "study/fading"
QUESTIONS = 18
"""Three fields of six documents each."""


def configure(home: Path, name: str = "fading", delay: float = 0.0) -> None:
    """Puts the answerer and two operations into a home; `augmentation=all` is one of them."""
    target = f"_target_: fading.Fading\n  log: {home / f'{name}.log'}\n  delay: {delay}\n"
    (home / f"conf/model/{name}.yaml").write_text(f'name: {name}\nsystem: ""\nanswerer:\n  {target}', "utf-8")
    for operation in ("fade", "wane"):
        fade = f"# @package augmentation.{operation}\n_target_: fading.Fade\nname: {operation}\n"
        (home / f"conf/augmentation/{operation}.yaml").write_text(fade, "utf-8")
    (home / "conf/augmentation/all.yaml").write_text("defaults:\n  - fade\n", "utf-8")


def keep(home: Path, prompts: dict[str, str], answerer: str = "fading") -> Path:
    path = home / f"selection/{answerer}/{answerer}_best.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    collection.write(path, [Row(field, text) for field, text in prompts.items()])
    return path


@pytest.fixture
def selected(tracked_home: Path) -> Path:
    """A data set and a best collection."""
    configure(tracked_home)
    make_data(tracked_home / "data/diverse")
    keep(tracked_home, PROMPTS)
    return tracked_home


def stress(*words: str) -> int:
    return main(["stress", "model=fading", *words])


def requests(home: Path, name: str = "fading") -> int:
    """Those that reached the answerer."""
    log = home / f"{name}.log"
    return log.read_text().count("1") if log.exists() else 0


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def record_of(home: Path, folder: str = OUT) -> StressRecord:
    return study_file.read(home / folder / "stress.json", StressRecord)


def test_every_condition_is_asked_and_everything_is_kept(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stress() == 0
    said = capsys.readouterr().out
    assert "clean: macro CER 0.0000" in said and f"asked fading {6 * QUESTIONS} new requests" in said
    assert requests(selected) == 6 * QUESTIONS
    record = record_of(selected)
    assert record.clean.cer == 0 and set(record.clean_fields) == set(PROMPTS) and record.prompts == PROMPTS
    cers = [one.overall.cer for one in record.conditions]
    assert [one.severity for one in record.conditions] == [1, 2, 3, 4, 5]
    assert cers == sorted(cers) and cers[0] == pytest.approx(0.2, abs=0.05)
    assert cers[-1] == 1, "a page without any text is scored as any other"
    (fade,) = record.robustness
    assert fade.mean_cer == pytest.approx(sum(cers) / 5) == fade.relative
    assert set(fade.breaks.values()) <= {2, 3} and fade.ratio is None
    source = record.source
    assert (source.requests, source.documents, source.left_out) == (6 * QUESTIONS, 12, {})
    assert source.collection == "selection/fading/fading_best.csv"
    assert all(isinstance(value, float) for value in record.metrics.values())
    assert record.metrics["cer/fade"] == fade.mean_cer


def test_the_table_the_errors_and_the_worst_answers(selected: Path) -> None:
    assert stress("worst=5") == 0
    table = read_table(selected / OUT / "stress.csv", [("augmentation", "severity", "field", "cer", "low", "change")])
    assert len(table.rows) == 6 * (1 + len(PROMPTS))
    last = table.rows[-1].cells
    assert (last["augmentation"], last["severity"], last["field"], last["cer"]) == ("fade", "5", "СНИЛС", "1.000000")
    assert last["change"] == "1.000000"
    errors = study_file.read(selected / OUT / "errors.json", ErrorsRecord)
    assert not errors.clean and errors.source == record_of(selected).source
    assert 0 < len(errors.worst) <= 5 and all(one.augmentation == "fade" and one.box is None for one in errors.worst)
    gone = [one for one in errors.worst if one.severity == 5]
    assert gone and {one.answer for one in gone} == {""}
    for one in gone:
        assert Image.open(selected / OUT / one.picture).convert("L").getextrema() == (255, 255), "as it was shown"
    assert stress("worst=2") == 0
    assert len(list((selected / OUT / "worst").iterdir())) <= 2, "older pictures are gone"


def test_a_second_run_asks_nobody_and_writes_the_same_bytes(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stress() == 0
    first = contents(selected / OUT)
    capsys.readouterr()
    assert stress() == 0
    assert requests(selected) == 6 * QUESTIONS and "asked fading 0 new requests" in capsys.readouterr().out
    assert contents(selected / OUT) == first


def test_what_mlflow_has_afterwards(selected: Path) -> None:
    from mlflow import MlflowClient

    assert stress("severities=[5,1]") == 0
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    runs = client.search_runs([client.get_experiment_by_name("promptfit/stress").experiment_id])
    (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
    children = {run.info.run_name: run for run in runs if run is not parent}
    assert set(children) == {"clean 0", "fade 1", "fade 5"} and {run.info.status for run in runs} == {"FINISHED"}
    assert children["fade 5"].data.params.items() >= {"augmentation": "fade", "severity": "5"}.items()
    assert children["fade 5"].data.metrics.items() >= {"cer": 1.0, "relative": 1.0, "cer/_SNILS": 1.0}.items()
    assert parent.data.metrics["cer_clean"] == 0 and parent.data.params["collection"].endswith("fading_best.csv")
    files = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert {"stress.json", "stress.csv", "errors.json", "robustness.csv", "conditions.json"} <= files
    assert record_of(selected).source.run_id == parent.info.run_id


def test_a_dry_run_asks_nothing(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stress("dry_run=true", "severities=[1,3]", "documents=2") == 0
    said = capsys.readouterr().out
    assert "6 samples of 4 documents, 3 prompts" in said
    assert "3 conditions: clean, and 1 augmentations at 2 severities each" in said and "18 requests to fading" in said
    assert requests(selected) == 0 and not (selected / "study").exists()


def test_fields_without_a_prompt_are_named_and_left_out(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(selected, {"СНИЛС": PROMPTS["СНИЛС"], "passport Адрес": "Адрес"})
    assert stress("severities=3") == 0
    said = capsys.readouterr().out
    assert "no prompt for passport Фамилия, passport Имя: 12 samples are left out" in said
    assert "the data set has no field passport Адрес" in said
    record = record_of(selected)
    assert record.source.left_out == {"no prompt: passport Фамилия": 6, "no prompt: passport Имя": 6}
    assert list(record.clean_fields) == ["СНИЛС"]


def test_a_part_leaves_the_whole_study_as_it_is(selected: Path) -> None:
    assert stress() == 0
    whole = contents(selected / OUT)
    assert stress("field=СНИЛС") == 0 and stress("augmentation=none") == 0 and stress("augmentation=wane") == 0
    assert {name: content for name, content in contents(selected / OUT).items() if "part" not in name} == whole
    assert list(record_of(selected, f"{OUT}/part").clean_fields) == ["СНИЛС"]
    clean = record_of(selected, f"{OUT}/part/none")
    assert clean.conditions == [] and clean.robustness == [] and "cer_corrupted" not in clean.metrics
    assert [one.augmentation for one in record_of(selected, f"{OUT}/part/wane").robustness] == ["wane"]


def test_a_sweep_over_augmentations_keeps_every_job(selected: Path) -> None:
    assert stress("-m", "augmentation=fade,wane", "severities=[2]") == 0
    assert [one.augmentation for one in record_of(selected, f"{OUT}/part/wane").robustness] == ["wane"]
    assert [one.augmentation for one in record_of(selected).robustness] == ["fade"], "here, fade is all there is"


def test_a_baseline_is_asked_the_same(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(selected, "other")
    assert stress("baseline=other", "severities=[2,5]") == 0
    assert "asked other 54 new requests" in capsys.readouterr().out
    record = record_of(selected)
    assert record.baseline == "other" and record.robustness[0].ratio == 1 and record.metrics["ratio"] == 1
    assert record.source.requests == 2 * 3 * QUESTIONS


def test_what_got_no_answer_is_never_scored_and_the_next_run_goes_on(
    selected: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (selected / "broken").touch()
    assert stress() == 1
    message = capsys.readouterr().err
    assert "fading, fade 1: 4 of 12 documents got no answer, more than missing=0.05 allows" in message
    assert "the network is down" in message
    assert "run again: what was answered is kept" in message and "Traceback" not in message
    assert requests(selected) == QUESTIONS + 14 and not (selected / "study").exists()
    assert stress("missing=0.4") == 0
    assert "of 12 documents got no answer and are left out for all prompts: " in capsys.readouterr().out
    left = {record_of(selected).clean.samples, *(one.overall.samples for one in record_of(selected).conditions)}
    assert len(left) == 1 and 9 < left.pop() < 18, "the same questions under every condition"
    (selected / "broken").unlink()
    assert stress() == 0
    assert requests(selected) == 6 * QUESTIONS, "only what was missing"
    assert record_of(selected).clean.samples == 18


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model=docvlm-tiny"], "make it: promptfit select model=docvlm-tiny, or name a collection: collection=FILE"),
        (["collection=nowhere.csv"], "nowhere.csv: cannot be read"),
        (["severities=[1,6]"], "whole numbers from 1 to 5"),
        (["severities=[]"], "whole numbers from 1 to 5"),
        (["severities=hard"], "whole numbers from 1 to 5"),
        (["documents=0"], "documents=0: a whole number from 1 on"),
        (["captures=some"], "captures=some: a whole number from 1 on"),
        (["threshold=none"], "threshold=none: a number is expected"),
        (["worst=-1"], "worst=-1: a whole number from 0 on"),
        (["baseline=nobody"], "baseline: there is no conf/model/nobody.yaml"),
        (["baseline=fading"], "baseline=fading is the answerer that is studied"),
        (["augmentation=fog"], "augmentation=fog: there is no conf/augmentation/fog.yaml"),
        (["field=Имя"], "Имя"),
        (["chain=[shout]"], "unknown normalisation step 'shout'"),
        (["dataset.path=data/none"], "no such folder"),
    ],
)
def test_faults_are_said_in_a_line(
    selected: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert stress(*words) == 1
    message = capsys.readouterr().err
    assert said in message and "Traceback" not in message and len(message.splitlines()) == 1
    assert not (selected / "study").exists() and requests(selected) == 0


def test_private_images_stay(selected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stress("dataset.private=true", "baseline=GPT4o") == 1
    assert "the data set is private, and model=GPT4o is not on this machine" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["documents=1", "severities=[1,3]", "field=[СНИЛС, passport Имя]"], ["captures=1", "chain=[strip,lower]"]]
)
def test_the_command_that_a_study_keeps_makes_the_same_again(
    selected: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert stress(*words) == 0
    folder = OUT + ("/part" if any(word.startswith("field") for word in words) else "")
    kept = shlex.split(record_of(selected, folder).source.command)
    assert kept[:2] == ["promptfit", "stress"]
    capsys.readouterr()
    composed = []
    for command in (["stress", "model=fading", *words], kept[1:]):
        assert main([*command, "show=true"]) == 0
        composed.append(capsys.readouterr().out)
    assert composed[0] == composed[1] and "fading" in composed[0]
    before = requests(selected)
    assert main(kept[1:]) == 0 and requests(selected) == before
