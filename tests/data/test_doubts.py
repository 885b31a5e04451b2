"""What an annotation says that is hardly meant so is said at loading, with rows; healthy ones say nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from promptfit.data.reader import Dataset, load
from promptfit.types import Field, PromptfitError

MakeDataset = Callable[..., Path]


def row(
    number: int, answer: str = "Имя", split: str = "", field: str = "passport;Имя", index: str = "", box: str = ""
) -> str:
    suffix = "jpg" if number == 2 else "png"
    return f"{index or number};{split};images/{number}.{suffix};Вопрос;{answer};{field};{box}"


def warned(data: Dataset, part: str) -> str:
    """The one warning that has these words."""
    (line,) = [line for line in data.warnings if part in line]
    assert "annotation.csv: " in line
    return line


def test_texts_are_read_in_nfc(make_dataset: MakeDataset) -> None:
    rows = [row(1, "Куйбышев", "search", "паспорт;Район"), row(2, "Йод", "holdout", "паспорт;Район")]
    data = load(make_dataset(*(unicodedata.normalize("NFD", one) for one in rows)))
    assert [one.answer for one in data.samples] == ["Куйбышев", "Йод"]
    assert data.fields == [Field("паспорт", "Район")] and not data.warnings
    assert data.resolve(unicodedata.normalize("NFD", "паспорт Район")) == data.fields[0]


def test_stray_spaces_make_no_second_field_split_document_or_image(make_dataset: MakeDataset) -> None:
    rows = [
        row(1, split="search"),
        "1 ; search;images/3.png ;Вопрос;Имя ;passport ; Имя\u00a0;",
        "2\u200b;holdout\u2009;images/2.jpg;Вопрос;Имя;pass\u00adport;Имя;",
        "4;holdout;images/4.png;Вопрос;Имя;passport;\ufeffИмя;",
    ]
    data = load(make_dataset(*rows))
    assert data.fields == [Field("passport", "Имя")] and not data.warnings
    assert [one.document for one in data.samples] == ["1", "1", "2", "4"]
    assert [one.split for one in data.samples] == ["search", "search", "holdout", "holdout"]
    assert data.samples[1].answer == "Имя ", "what an answer is compared by is the chain's to say"


@pytest.mark.parametrize("written", ["images\\1.png", " images/1.png ", ".\\images\\1.png"])
def test_an_image_is_found_as_windows_writes_it(make_dataset: MakeDataset, written: str) -> None:
    (sample,) = load(make_dataset(row(1).replace("images/1.png", written))).samples
    assert sample.image.name == "1.png" and sample.image.is_file()


@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_an_image_is_found_in_either_form_of_its_letters(
    make_dataset: MakeDataset, form: Literal["NFC", "NFD"], other: Literal["NFC", "NFD"]
) -> None:
    root = make_dataset(row(1).replace("1.png", unicodedata.normalize(other, "Йод.png")))
    (root / "images/1.png").rename(root / "images" / unicodedata.normalize(form, "Йод.png"))
    assert load(root).samples[0].image.is_file()


@pytest.mark.parametrize(
    "written", ["..\\secret.png", "C:\\scans\\1.png", "\\\\server\\1.png", "images\\..\\..\\x.png"]
)
def test_no_backslash_leaves_the_folder(make_dataset: MakeDataset, written: str) -> None:
    with pytest.raises(PromptfitError, match=r'row 2, column "image_path".*leaves'):
        load(make_dataset(row(1).replace("images/1.png", written)))


def test_spaces_of_other_kinds_are_named_with_rows_and_the_step(make_dataset: MakeDataset) -> None:
    answers = ["гор.\u00a0Псков", "Имя\u00a0", "гор.\u202fТула", "Ка\u00adлуга"]
    line = warned(load(make_dataset(*(row(place, text) for place, text in enumerate(answers, 1)))), "plain_spaces")
    assert "3 row(s)" in line and "row 2, 4, 5" in line, "a space at the end is stripped anyway"
    assert "no-break space U+00A0, narrow no-break space U+202F, soft hyphen U+00AD" in line
    assert 'chain=[plain_spaces,strip], which compares "гор.<U+00A0>Псков" as "гор. Псков"' in line


def test_look_alikes_are_named_with_rows_and_letters(make_dataset: MakeDataset) -> None:
    rows = [row(1, "Иванoв"), row(2, "ООО Лютик"), row(3, "OOO Ромашка"), row(4, "Wi-Fi")]
    line = warned(load(make_dataset(*rows)), "only look right")
    assert line.endswith(
        "2 row(s) have letters of another script that only look right, and count as errors; type them anew: "
        'row 2 "Иванoв" (o: Latin), row 4 "OOO Ромашка" (O: Latin)'
    )


def test_fields_that_look_alike_are_named(make_dataset: MakeDataset) -> None:
    data = load(make_dataset(row(1, "1", field="СНИЛС;"), row(2, "2", field="CНИЛC;"), row(3, "3", field="снилс;")))
    line = warned(data, "asked apart")
    assert '"СНИЛС" (row 2) and "CНИЛC" (row 3) and "снилс" (row 4)' in line
    with pytest.raises(PromptfitError, match=r'did you mean ".НИЛ."\? In "CНИЛС" letters only look alike: C Latin'):
        load(make_dataset(row(1, "1", field="СНИЛС;"), name="other")).resolve("CНИЛС")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("7,70708E+11", 'a number that a spreadsheet shortened; format its column as text: row 2 "7,70708E+11"'),
        ("Петр\ufffdв", "have lost letters"),
        ("?????? ????", "have lost letters"),
        ("Иванов".encode().replace(b"\x98", b"\x99").decode("cp1251"), "are UTF-8 read as something else"),
        ("Петров".encode().decode("latin-1"), "are UTF-8 read as something else"),
        ("", 'have an empty "answer": nothing is there, and whoever says so is right: row 2'),
    ],
)
def test_texts_that_a_program_spoilt_are_named(make_dataset: MakeDataset, answer: str, said: str) -> None:
    assert said in warned(load(make_dataset(row(1, answer))), "row(s)")


@pytest.mark.parametrize("answer", ["СЁРЁ", "Что это??", "1E5", "Sørensen", "ГОР. СЄВЄР"])
def test_what_is_only_unusual_is_no_doubt(make_dataset: MakeDataset, answer: str) -> None:
    assert not load(make_dataset(row(1, answer))).warnings


def test_splits_that_nobody_reads_are_named(make_dataset: MakeDataset) -> None:
    rows = [row(1, split="search"), row(2, split="serach"), row(3, split="val"), row(4, split="holdout")]
    line = warned(load(make_dataset(*rows)), "splits that are read")
    assert "documents of others are dealt out to select, test: " in line
    assert '"serach" (from row 3 on, did you mean "search" or "select"), "val" (from row 4 on' in line
