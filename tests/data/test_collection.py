from __future__ import annotations

import errno
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from promptfit.data.collection import Row, read, write, write_vlmhyperbench
from promptfit.support.files.formulas import guard, unguard
from promptfit.support.system_text import joined
from promptfit.types import PromptfitError

AWKWARD = [
    *("=1+1", "+7", "@имя", "-", "'", "''", "'=x", "'Фамилия' без кавычек", '"Только" значение', "a;b,c"),
    *("две\nстроки", "с\rвозвратом\r\n", " с пробелами ", "\ufeffметка", "\x00\u2028\x85", "🙂 ё"),
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip) | st.sampled_from(AWKWARD)
ROWS = st.lists(
    st.builds(Row, TEXTS, TEXTS, st.none() | st.integers(0, 40000).map(lambda value: value / 10000)),
    unique_by=lambda row: row.field.strip(),
    max_size=5,
)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
@pytest.mark.parametrize("writer", [write, write_vlmhyperbench])
def test_any_collection_survives(
    tmp_path: Path, writer: Callable[[Path, Sequence[Row]], None], rows: list[Row]
) -> None:
    writer(tmp_path / "c.csv", rows)
    assert read(tmp_path / "c.csv") == rows


def test_the_bytes_are_as_designed(tmp_path: Path) -> None:
    path = tmp_path / "prompts" / "m_sep_edits.csv"
    write(path, [Row("passport Фамилия", '=Пример; "Куликов"', 0.03125), Row("СНИЛС", "Только цифры", None)])
    assert path.read_bytes().decode() == (
        "\ufeffdoc type question type;optimal prompt;cer\n"
        'passport Фамилия;"\'=Пример; ""Куликов""";0.0312\n'
        "СНИЛС;Только цифры;\n"
    )


@pytest.mark.parametrize("prompt", AWKWARD)
def test_a_guarded_cell_is_no_formula_and_comes_back(prompt: str) -> None:
    assert not guard(prompt).startswith(("=", "+", "@", "-"))
    assert unguard(guard(prompt)) == prompt


@pytest.mark.parametrize(
    "text",
    [
        'doc type question type,optimal prompt,cer\nпаспорт Имя,\'=A1,"0,05"\n',
        "\ufeffcer;optimal prompt;doc type question type\r\n0.05;'=A1;паспорт Имя\r\n",
        "prompt;doc_class_question_type;cer\n=A1;паспорт Имя;0.05\n",
        "prompt,doc_class_question_type,cer\n=A1,паспорт Имя,0.05\n",
    ],
)
def test_reads_what_others_write(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert read(path) == [Row("паспорт Имя", "=A1", 0.05)]


def test_cer_may_be_left_out_and_a_raw_apostrophe_stays(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("optimal prompt;doc type question type\n'Имя' — что это?;СНИЛС\n", encoding="utf-8")
    assert read(path) == [Row("СНИЛС", "'Имя' — что это?", None)]


def test_a_system_prompt_has_a_column_where_any_row_has_one(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = [Row("passport *", joined("=Ты; эксперт", "Верни JSON"), 0.5), Row("СНИЛС *", "JSON")]
    write(path, rows)
    assert path.read_text("utf-8-sig").splitlines()[:2] == [
        "doc type question type;optimal prompt;cer;system prompt",
        'passport *;Верни JSON;0.5000;"\'=Ты; эксперт"',
    ]
    assert read(path) == rows
    with pytest.raises(PromptfitError, match=r'no column for the system prompt of "passport \*"'):
        write_vlmhyperbench(tmp_path / "theirs.csv", rows)
    assert not (tmp_path / "theirs.csv").exists()


OURS = "doc type question type;optimal prompt;cer\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("doc type question type;cer\n", 'missing column "optimal prompt"'),
        ("prompt,cer\n", 'missing column "doc_class_question_type"'),
        (OURS + "a;b;0\na;c;0\n", 'row 3, column "doc type question type": "a" stands in row 2'),
        (OURS + "a;;0\n", 'row 2, column "optimal prompt": is empty'),
        (OURS + ";b;0\n", 'row 2, column "doc type question type": is empty'),
        (OURS + "a;b;плохо\n", 'row 2, column "cer": "плохо"'),
        (OURS + "a;b;nan\n", 'row 2, column "cer"'),
        (OURS + "a;b;-1\n", 'row 2, column "cer"'),
        (OURS + "a;b; c;0\n", "row 2: 4 cells"),
    ],
)
def test_faults_are_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PromptfitError) as caught:
        read(path)
    assert "c.csv" in str(caught.value) and says in str(caught.value)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="cannot be read"):
        read(tmp_path / "none.csv")


@pytest.mark.parametrize("rows", [[Row("a", "")], [Row("", "b")], [Row("a", "b"), Row("a ", "c")], [Row("a", "b", -1)]])
def test_what_could_not_be_read_is_not_written(tmp_path: Path, rows: list[Row]) -> None:
    with pytest.raises(PromptfitError, match=r"c\.csv: row "):
        write(tmp_path / "c.csv", rows)
    assert not (tmp_path / "c.csv").exists()


def test_a_full_disk_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "c.csv", [Row("a", "старый")])

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PromptfitError, match="No space left"):
        write(tmp_path / "c.csv", [Row("a", "новый")])
    assert read(tmp_path / "c.csv") == [Row("a", "старый")]
    assert [path.name for path in tmp_path.iterdir()] == ["c.csv"]


def test_no_half_characters(tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="no Unicode text"):
        write(tmp_path / "c.csv", [Row("a", "половина \ud83d")])


def test_what_a_killed_process_left_goes_with_the_next_writing(tmp_path: Path) -> None:
    lost, other = tmp_path / ".c.csv.999999999.tmp", tmp_path / f".c.csv.{os.getppid()}.tmp"
    lost.touch()
    other.touch()
    write(tmp_path / "c.csv", [Row("a", "b")])
    assert not lost.exists() and other.exists()
