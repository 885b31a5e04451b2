"""Stage 0 through the command line, with scripted answerers."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from promptfit.cli import main
from promptfit.commands.screen import keep, verdict
from promptfit.support.files.formulas import unguard
from promptfit.support.files.table import read_table
from promptfit.types import Answer, NoAnswer, Request
from reading import Reader, asked, environment
from tracked import uri

PROJECT = Path(__file__).resolve().parents[2]


class Shy(Reader):
    """A scripted answerer that has no answer about some images."""

    def __init__(self, log: str, delay: float = 0.0) -> None:
        super().__init__(log, delay)
        self.identity = '{"checkpoint":"shy"}'

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        dark = {i: "too dark" for i, request in enumerate(requests) if request.image.name.startswith("s")}
        seen = [i for i in range(len(requests)) if i not in dark]
        for index, answer in super().answer([requests[i] for i in seen]):
            yield seen[index], answer
        yield from ((index, NoAnswer(why)) for index, why in dark.items())


@pytest.fixture
def models(project: Path) -> Path:
    """A project with two answerers more: `shy`, and `broken`, which can't be made."""
    reader = (project / "conf/model/reader.yaml").read_text("utf-8")
    for name, target in (("shy", "test_screen.Shy"), ("broken", "reading.Raeder")):
        text = reader.replace("name: reader", f"name: {name}").replace("reading.Reader", target)
        (project / f"conf/model/{name}.yaml").write_text(text, "utf-8")
    return project


def screen(*words: str) -> int:
    return main(["screen", "model=reader", *words])


def page(home: Path) -> str:
    (path,) = (home / "screen").glob("*.html")
    return path.read_text("utf-8")


def verdicts(home: Path) -> list[dict[str, str]]:
    rows = read_table(home / "screen" / "verdicts.csv", [keep.COLUMNS]).rows
    return [{column: unguard(cell) for column, cell in row.cells.items()} for row in rows]


def test_the_data_sets_own_images_and_questions(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert screen("count=2", "verdict=y", "note==1+1; «читает»") == 0
    out = capsys.readouterr().out
    assert asked(project) in (2, 3), "one question twice about an image is asked once"
    assert "CER" in out
    assert "worth it" in out
    html = page(project)
    assert html.count("<img src=") == 2
    assert "=1+1; «читает»" in html
    (row,) = verdicts(project)
    assert row["answerer"] == "reader"
    assert row["verdict"] == "worth it"
    assert row["note"] == "=1+1; «читает»"
    assert b"'=1+1" in (project / "screen/verdicts.csv").read_bytes(), "no spreadsheet runs it"
    assert (project / "screen" / row["page"]).is_file()
    assert screen("count=2", "seed=1", "verdict=n") == 0
    assert [row["verdict"] for row in verdicts(project)] == ["worth it", "not worth it"]


def test_only_the_search_split_is_drawn_from(project: Path) -> None:
    for seed in range(4):
        assert screen(f"seed={seed}", "count=3") == 0
    shown = ", ".join(row["images"] for row in verdicts(project)).split(", ")
    assert {int(name[1:-4]) % 2 for name in shown} == {1}
    assert {name[0] for name in shown} == {"p", "s"}


def test_own_images_and_free_questions_need_no_data_set(project: Path) -> None:
    photo = project / "фото 1.png"
    shutil.copy(project / "data/mini/images/p0.png", photo)
    photo.with_suffix(".txt").write_text("Фамилия=Орлова\nИмя=Анна", "utf-8")
    shutil.rmtree(project / "data")
    assert screen("фото 1.png", "Какая Фамилия, имя = 'что'?", "Имя, только значение: ${x}") == 0
    assert asked(project) == 2
    html = page(project)
    assert "Какая Фамилия, имя = &#39;что&#39;?" in html
    assert "${x}" in html
    assert "ОРЛОВА" in html
    assert "CER" not in html
    assert verdicts(project)[0]["verdict"] == "undecided"


def test_the_truth_of_a_data_sets_image_is_known(project: Path) -> None:
    assert screen("data/mini/images/s1.png", "questions=[Вопрос?]") == 0
    assert "123-456-789 01" in page(project)
    assert "CER" in page(project)


def test_answerers_side_by_side_and_one_that_fails_stops_nobody(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert screen("models=[reader,shy,broken]", "count=2", "verdict=[y,n,?]", "language=en") == 0
    out, html = capsys.readouterr().out, page(models)
    assert "Raeder" in out
    assert "Raeder" in html
    assert html.count("too dark") == 1
    assert [row["verdict"] for row in verdicts(models)] == ["worth it", "not worth it", "undecided"]
    assert "1 of 2" in out


def test_what_mlflow_has_afterwards(models: Path) -> None:
    from mlflow import MlflowClient

    assert screen("models=[reader,shy]", "count=2", "verdict=y", "note=неплохо") == 0
    client = MlflowClient(tracking_uri=uri(), registry_uri=uri())
    (run,) = client.search_runs([client.get_experiment_by_name("promptfit/screen").experiment_id])
    assert run.info.status == "FINISHED"
    assert run.data.params["verdict"] == "reader: worth it; shy: worth it"
    assert run.data.params["note"] == "reader: неплохо; shy: неплохо"
    assert {"reader/cer", "reader/seconds", "shy/tokens_out", "shy/failed"} <= run.data.metrics.keys()
    kept = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert kept == {"answers.json", "verdicts.json", verdicts(models)[0]["page"]}


def test_nothing_is_asked_twice_and_dry_run_asks_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert screen("dry_run=true", "count=1") == 0
    assert "requests to reader" in capsys.readouterr().out
    assert asked(project) == 0
    assert not (project / "screen").exists()
    screen()
    before = asked(project)
    screen()
    assert asked(project) == before
    assert len(list((project / "screen").glob("*.html"))) == 2


def test_ctrl_c_at_the_verdict_keeps_the_page(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(verdict, "someone_there", lambda: True)
    monkeypatch.setattr("builtins.input", interrupted)
    assert screen("count=1") == 130
    assert "не решено" in page(project)
    assert not (project / "screen" / "verdicts.csv").exists()


@pytest.mark.parametrize(
    ("lines", "judged", "note"),
    [
        (["y читает фамилии"], "worth it", "читает фамилии"),
        (["Нет, не читает"], "not worth it", "не читает"),
        ([""], "undecided", ""),
        (["плохо", "n плохо"], "not worth it", "плохо"),
        (["? \udcff"], "undecided", "?"),
    ],
)
def test_a_verdict_is_asked_until_it_is_one(
    lines: list[str], judged: str, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(lines)
    monkeypatch.setattr("builtins.input", lambda _: next(typed))
    assert verdict.asked("reader") == (judged, note)
    assert not list(typed)


def test_an_image_of_several_pages_is_told(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = Image.open(models / "data/mini/images/p0.png")
    page.save(models / "scan.tiff", save_all=True, append_images=[page])
    assert screen("scan.tiff", "Имя?", "dry_run=true") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert 'several pages, of which only the first is read: "scan.tiff" (2)' in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing.jpg", "Имя?"], "no such image"),
        (["data/mini/annotation.csv", "Имя?"], "not an image"),
        ([f"data/mini/images/p{i}.png" for i in range(4)], "at most 3"),
        (["data/mini/images/p0.png", " "], "empty"),
        (["count=4"], "count=4"),
        (["models=[reader,gpt]"], "conf/model/gpt.yaml"),
        (["models=broken"], "Raeder"),
        (["verdict=maybe"], "verdict=maybe"),
        (["verdict=[y,n]"], "one for all"),
        (["language=de"], "ru, en"),
        (["field=passport"], "no field"),
        (["dataset.path=data/none"], "dvc pull"),
    ],
)
def test_faults(models: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert screen(*words) == 1
    message = capsys.readouterr().err
    assert said in message
    assert "Traceback" not in message
    assert not list(models.glob("screen/*"))


def test_the_name_of_another_models_file_leads_nowhere(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (models / "conf/model/reader.yaml").read_text("utf-8")
    (models / "conf/model/hostile.yaml").write_text(text.replace("name: reader", "name: ../../out"), "utf-8")
    assert screen("models=[reader,hostile]") == 1
    assert "conf/model/hostile.yaml: name='../../out' can't be a part" in capsys.readouterr().err


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    modules = ", ".join(
        f"promptfit.commands.screen.{path.stem}"
        for path in (PROJECT / "src/promptfit/commands/screen").glob("[a-z]*.py")
    )
    code = f"import sys, {modules}, promptfit.report.page; print({{'gradio', 'jinja2'}} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.slow
def test_a_person_at_a_real_terminal_is_asked(project: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", "import sys; from promptfit.cli import main; sys.exit(main())", "screen"]
    child = subprocess.Popen(
        [*command, "model=reader", "count=1"], env=environment(project), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    while b"note: " not in shown:
        shown += os.read(ours, 1 << 16)
    os.write(ours, "y хорошо читает\n".encode())
    while child.poll() is None:
        try:
            shown += os.read(ours, 1 << 16)
        except OSError:  # the terminal is closed with the child
            break
    os.close(ours)
    assert child.wait() == 0, shown.decode("utf-8", "replace")
    assert [(row["verdict"], row["note"]) for row in verdicts(project)] == [("worth it", "хорошо читает")]


@pytest.mark.slow
def test_the_built_in_model(tracked_home: Path) -> None:
    for name in ("models", "data"):
        (tracked_home / name).symlink_to(PROJECT / name)
    assert main(["screen", "field=passport Фамилия", "count=1", "verdict=y"]) == 0
    assert "docvlm-tiny" in page(tracked_home)
    assert verdicts(tracked_home)[0]["images"].startswith("passport-")


def test_a_record_is_asked_and_shown_by_its_fields(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = "record_question=С заглавной буквы сбивчиво верни JSON: {keys}"
    assert screen("ask=record", question, "images=[data/mini/images/p1.png]", "language=en", "verdict=y") == 0
    assert asked(project) == 1
    out, html = capsys.readouterr().out, page(project)
    assert "С заглавной буквы сбивчиво верни JSON: Фамилия, Имя" in html
    assert "<dt>Фамилия</dt>" in html and "no such key" in html and "passport *" in html
    assert "record CER" in out and "0.500" in out


def test_both_ask_fields_and_records(project: Path) -> None:
    assert screen("ask=both", "images=[data/mini/images/p1.png]") == 0
    html = page(project)
    assert html.count("<h3") == 2, "the fixture's fields have one question, and the record is another"
    assert "passport *" in html


def test_a_typed_question_stays_a_field_s(project: Path) -> None:
    assert screen("data/mini/images/s1.png", "questions=[Вопрос?]", "ask=record") == 0
    assert "123-456-789 01" in page(project) and 'pf-record">' not in page(project)
