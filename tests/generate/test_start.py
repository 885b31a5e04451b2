"""Prompts to start from, out of collections of all kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.reader import Dataset
from promptfit.generate.start import read_start
from promptfit.types import Field, Prompt, PromptfitError, Sample

SNILS, NAME, SEX = Field("СНИЛС", ""), Field("passport", "Имя"), Field("passport", "Пол")
PROJECT = Path(__file__).parents[2]


@pytest.fixture
def data(home: Path) -> Dataset:
    samples = [Sample("d", home / "d.png", "d1", "?", "!", field, "search") for field in (SNILS, NAME, SEX)]
    return Dataset("mini", home, tuple(samples), private=False, digest="")


def test_all_files_give_their_distinct_prompts_in_order(home: Path, data: Dataset) -> None:
    ours, theirs = home / "prompts/m/m_sep_GPT-4o.csv", home / "prompts/x/x[1]_sep_b.csv"
    collection.write(ours, [Row("СНИЛС", "Только цифры", 0.1), Row("passport Имя", "=Имя; одно")])
    theirs.parent.mkdir()
    collection.write_vlmhyperbench(theirs, [Row("passport Имя", "имя"), Row("СНИЛС", "Только цифры")])
    found = read_start(["prompts/*/*_sep_*.csv", "prompts/x/x[1]_sep_b.csv", str(ours)], data, [NAME, SNILS, SEX])
    assert found == {
        NAME: (Prompt("=Имя; одно", "m_sep_GPT-4o.csv"), Prompt("имя", "x[1]_sep_b.csv")),
        SNILS: (Prompt("Только цифры", "m_sep_GPT-4o.csv"),),
    }


def test_what_is_not_wanted_is_left_out(home: Path, data: Dataset) -> None:
    collection.write(home / "c.csv", [Row("СНИЛС", "a"), Row("passport Имя", "b")])
    assert read_start(["c.csv"], data, [SNILS]) == {SNILS: (Prompt("a", "c.csv"),)}
    assert read_start([], data, [SNILS]) == {}


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("prompts/m/m_sep_GPT-4.csv", r"GPT-4\.csv: there is no such.*did you mean prompts/m/m_sep_GPT-4o\.csv"),
        ("nothing*.csv", r"nothing\*\.csv: there is no such.*there are prompts/m/m_sep_GPT-4o\.csv"),
        ("prompts/m", r"is a folder; write prompts/m/\*\.csv"),
        ("foreign.csv", r'foreign\.csv: no field "passport Им".*did you mean "passport Имя".*remove its row'),
        ("broken.csv", r"broken\.csv: row 3.*put a cell"),
        ("binary.csv", r"binary\.csv.*UTF-8"),
        ("other.csv", r'other\.csv: row 1: missing column "optimal prompt"'),
    ],
)
def test_faults_name_the_file_and_the_remedy(home: Path, data: Dataset, named: str, said: str) -> None:
    head = "doc type question type;optimal prompt;cer\n"
    collection.write(home / "prompts/m/m_sep_GPT-4o.csv", [Row("СНИЛС", "a")])
    (home / "foreign.csv").write_text(f"{head}passport Им;a;\n")
    (home / "broken.csv").write_text(f'{head}СНИЛС;a;\n"passport Имя;b;\n')
    (home / "binary.csv").write_bytes(b"\xff\xfe\x00\x01")
    (home / "other.csv").write_text("doc type question type;промпт\n")
    with pytest.raises(PromptfitError, match=f"(?s){said}"):
        read_start([named], data, [SNILS])


def test_without_any_collection_it_says_how_to_get_one(home: Path, data: Dataset) -> None:
    with pytest.raises(PromptfitError, match="promptfit search"):
        read_start(["prompts/a.csv"], data, [SNILS])


@pytest.mark.parametrize("path", sorted((PROJECT / "prompts/handwritten").glob("*.csv")), ids=lambda path: path.stem)
def test_the_handwritten_collections_have_every_field(path: Path) -> None:
    from promptfit.data.synth.documents import TRUTH

    fields = {Field(doc_type, question).name for doc_type, questions in TRUTH.items() for question in questions}
    rows = collection.read(path)
    assert {row.field for row in rows} == fields
    assert all(row.cer is None for row in rows)
    assert path.read_bytes().startswith("\ufeffdoc type question type;".encode())
