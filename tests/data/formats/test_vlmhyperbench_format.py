from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.data.formats.vlmhyperbench_format import export_vlmhyperbench, import_vlmhyperbench, is_dataset
from promptfit.data.reader import load
from promptfit.types import PromptfitError

FIRST = "1;clean;images/1.png;Напиши Фамилия;Карбаинов;passport;Фамилия;"
THEIRS = (
    "prompt;doc_class_question_type;cer\n"
    "Напиши Фамилия. Пример: Куликов.;passport Фамилия;0.0\n"
    '"-Укажи только номер; ""123""";СНИЛС;0.25\n'
)


def test_a_data_set_goes_in_and_out_without_loss(make_dataset: Callable[..., Path], tmp_path: Path) -> None:
    source = make_dataset()
    raw = (source / "annotation.csv").read_bytes().removeprefix(codecs.BOM_UTF8)
    (source / "annotation.csv").write_bytes(raw)
    taken = import_vlmhyperbench(source, tmp_path / "data", name="mini")
    given = export_vlmhyperbench(taken / "annotation.csv", tmp_path / "out")
    assert taken == tmp_path / "data/mini" and given == tmp_path / "out/mini"
    assert load(taken).digest == load(given).digest == load(source).digest
    assert (taken / "annotation.csv").read_bytes() == codecs.BOM_UTF8 + raw
    assert sorted(path.name for path in (given / "images").iterdir()) == ["1.png", "2.jpg", "3.png", "4.png"]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["mini"]


def test_columns_of_their_own_are_kept(make_dataset: Callable[..., Path], tmp_path: Path) -> None:
    header = "data_index;split;image_path;question;answer;doc_class;question_type;note"
    source = make_dataset("1;clean;images/1.png;q;a;passport;Имя;своё", header=header)
    taken = import_vlmhyperbench(source, tmp_path / "data")
    assert "своё" in (taken / "annotation.csv").read_text(encoding="utf-8-sig")


def test_what_a_spreadsheet_saved_is_handed_over_as_vlmhyperbench_reads_it(
    make_dataset: Callable[..., Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    source = make_dataset(FIRST)
    text = (source / "annotation.csv").read_text("utf-8-sig")
    for name, content in (
        ("commas", text.replace(";", ",").encode()),
        ("tabs", text.replace(";", "\t").encode("utf-16")),
        ("wide", ("sep=;\n" + text + ";;;;;;;\n").encode("utf-16")),
    ):
        (source / "annotation.csv").write_bytes(content)
        taken = import_vlmhyperbench(source, tmp_path / "data", name=name)
        assert (taken / "annotation.csv").read_bytes().startswith(codecs.BOM_UTF8 + text.encode())
        assert load(taken).samples[0].answer == "Карбаинов" and "splits that are read" in caplog.text


def test_a_collection_goes_in_and_out_without_loss(tmp_path: Path) -> None:
    source = tmp_path / "JuliaJu_demo.csv"
    source.write_text(THEIRS, encoding="utf-8")
    taken = import_vlmhyperbench(source, tmp_path / "prompts", name="Qwen2-VL-2B_sep_JuliaJu")
    assert taken.name == "Qwen2-VL-2B_sep_JuliaJu.csv"
    assert "'-Укажи" in taken.read_text(encoding="utf-8-sig")
    assert collection.read(taken) == [
        Row("passport Фамилия", "Напиши Фамилия. Пример: Куликов.", 0.0),
        Row("СНИЛС", '-Укажи только номер; "123"', 0.25),
    ]
    given = export_vlmhyperbench(taken, tmp_path / "out")
    assert given.read_text(encoding="utf-8-sig") == THEIRS


def test_nothing_is_overwritten_and_a_faulty_source_leaves_nothing(
    make_dataset: Callable[..., Path], tmp_path: Path
) -> None:
    source = make_dataset("1;clean;../x.png;q;a;passport;Имя;")
    with pytest.raises(PromptfitError, match="leaves the data set's folder"):
        import_vlmhyperbench(source, tmp_path / "data")
    assert not (tmp_path / "data").exists()
    with pytest.raises(PromptfitError, match="exists already"):
        import_vlmhyperbench(source, tmp_path)
    with pytest.raises(PromptfitError, match="no such file or folder"):
        import_vlmhyperbench(tmp_path / "none", tmp_path)


def test_what_a_path_is(make_dataset: Callable[..., Path], tmp_path: Path) -> None:
    root = make_dataset()
    assert is_dataset(root) and is_dataset(root / "annotation.csv") and not is_dataset(tmp_path / "c.csv")
