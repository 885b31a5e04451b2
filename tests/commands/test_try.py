"""The mini-benchmark through the command line, with a scripted answerer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from promptfit.cli import main
from promptfit.data import collection
from promptfit.data.collection import Row
from reading import asked

GOOD = "Фамилия, только значение, с заглавной буквы"


def attempt(home: Path, *words: str) -> int:
    return main(["try", "model=reader", *words])


def test_a_prompt_is_measured_on_the_search_split_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert attempt(project, "Напиши Фамилия: {имя} = 'что', \"где\"?", "field=passport Фамилия") == 0
    out = capsys.readouterr().out
    assert asked(project) == 3
    assert "Напиши Фамилия: {имя} = 'что', \"где\"?" in out
    assert "Фамилия: КУЛИКОВ" in out, "the worst answers are shown"


def test_save_measures_the_holdout_once_and_merges(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "prompts/reader/reader_sep_мой-ярлык.csv"
    collection.write(path, [Row("СНИЛС", "старое", 0.5)])
    assert attempt(project, GOOD, "field=passport Фамилия", "save=мой-ярлык") == 0
    assert asked(project) == 6
    assert collection.read(path) == [Row("СНИЛС", "старое", 0.5), Row("passport Фамилия", GOOD, 0.0)]
    assert attempt(project, GOOD, "field=passport Фамилия", "save=мой-ярлык") == 0
    assert asked(project) == 6


def test_a_collection_is_measured_row_by_row(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection.write(project / "mine.csv", [Row("СНИЛС", "СНИЛС"), Row("passport Фамилия", GOOD)])
    assert attempt(project, "collection=mine.csv") == 0
    out = capsys.readouterr().out
    assert "mean" in out
    assert asked(project) == 6


def test_a_prompt_with_a_true_answer_in_it_is_said_and_not_kept(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaking = "Фамилия, только значение, с заглавной буквы: Куликов, Павлов"
    assert attempt(project, leaking, "field=passport Фамилия") == 0
    said = capsys.readouterr().out.replace("\n", " ")
    assert "careful: the prompt for passport Фамилия has a true answer in it, 'карбаинов'" not in said
    assert "careful: the prompt for passport Фамилия has a true answer in it, 'куликов'" in said
    before = asked(project)
    assert attempt(project, leaking, "field=passport Фамилия", "save=мой") == 1
    assert "Take the answer out, or try it without save=" in capsys.readouterr().err
    assert asked(project) == before and not (project / "prompts/reader/reader_sep_мой.csv").exists()


def test_what_the_data_set_has_to_say_is_said_once_with_what_a_step_of_the_chain_would_give(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    annotation = project / "data/mini/annotation.csv"
    annotation.write_text(
        annotation.read_text("utf-8-sig").replace("Куликов", "Кули\u00adков").replace("passport", "passport "), "utf-8"
    )
    words = (GOOD, "field=passport Фамилия ")
    assert attempt(project, *words) == 0
    out = capsys.readouterr().out
    assert out.count("1 row(s) have characters") == 1 and "soft hyphen U+00AD" in out
    cer = 1 / len("Кули\u00adковОрловаЗайцева")
    assert "with chain=[plain_spaces,strip]" in out and f"passport Фамилия {cer:.4f} -> 0.0000" in out
    assert attempt(project, *words, "chain=[plain_spaces,strip]") == 0
    again = capsys.readouterr().out
    assert "would be" not in again and "0.0000" in again


def test_what_is_amiss_with_the_data_set_is_said_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    image = project / "data/mini/images/p0.png"
    page = Image.open(image)
    page.save(image, "TIFF", save_all=True, append_images=[page, page])
    assert attempt(project, "Напиши имя", "field=passport Имя", "dry_run=true") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count('1 image(s) have several pages, of which only the first is read: "p0.png" (3)') == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "either a prompt"),
        (["Напиши"], "which field"),
        (["", "field=СНИЛС"], "empty"),
        (["Напиши", "field=Фамилия"], "no field"),
        (["Напиши", "field=CНИЛC"], 'did you mean "СНИЛС"? In "CНИЛC" letters only look alike: C Latin'),
        (["Напиши", "имя", "field=СНИЛС"], "in quotes"),
        (["collection=nothing.csv"], "nothing.csv"),
    ],
)
def test_faults(project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert attempt(project, *words) == 1
    assert said in capsys.readouterr().err
    assert asked(project) == 0
