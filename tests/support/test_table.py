"""Tables as spreadsheets save them: read as they are meant, or refused with the remedy."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from promptfit.support.files.table import Table, read_table
from promptfit.types import PromptfitError

TEXT = 'поле;текст;число\nФамилия;"да; и, нет\tвот";1\nИмя;"две\nстроки";2\n'


def read(path: Path, content: bytes) -> Table:
    (path / "t.csv").write_bytes(content)
    return read_table(path / "t.csv", [("поле", "текст")])


def separated(mark: str) -> str:
    return (
        TEXT.replace(";число", f"{mark}число")
        .replace("поле;", f"поле{mark}")
        .replace("Фамилия;", f"Фамилия{mark}")
        .replace("Имя;", f"Имя{mark}")
        .replace('";', f'"{mark}')
    )


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.replace("\n", "\r\n").replace("две\r\n", "две\n").encode(),
        TEXT.replace("\n", "\r").replace("две\r", "две\n").encode(),
        separated(",").encode(),
        separated("\t").encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF16_LE + separated("\t").replace("\n", "\r\n").replace("две\r\n", "две\n").encode("utf-16-le"),
        b"sep=;\r\n" + TEXT.encode(),
        codecs.BOM_UTF8 + b'"sep=,"\n' + separated(",").encode(),
        b"sep=|\n" + separated("|").encode(),
        b"sep=;;;\n" + TEXT.encode(),
        (TEXT + "\n\n;;\n ; ;\n").encode(),
        TEXT.replace("число", "число;;").replace("1\n", "1;;\n").replace("2\n", "2;;\n").encode(),
        TEXT.replace("поле", "\ufeff поле\u00a0").encode(),
    ],
)
def test_what_spreadsheets_save_is_read(tmp_path: Path, content: bytes) -> None:
    table = read(tmp_path, content)
    assert [(row.number, row.cells["поле"], row.cells["текст"], row.cells["число"]) for row in table.rows] == [
        (2, "Фамилия", "да; и, нет\tвот", "1"),
        (3, "Имя", "две\nстроки", "2"),
    ]


def test_an_empty_row_within_keeps_the_numbers(tmp_path: Path) -> None:
    assert [row.number for row in read(tmp_path, "поле;текст\nа;б\n;\n\nв;г\n".encode()).rows] == [2, 5]


def test_the_content_is_the_same_whatever_the_encoding(tmp_path: Path) -> None:
    plain = read(tmp_path, TEXT.encode())
    assert plain.content == TEXT.encode() and plain.delimiter == ";"
    assert read(tmp_path, TEXT.encode("utf-16")) == read(tmp_path, b"sep=;\n" + TEXT.encode()) == plain


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("поле;текст\nа;Имя\n".encode("cp1251"), r'row 1, column "1": byte 0xef .*cp1251.*"CSV UTF-8"'),
        ("поле;текст\n".encode() + "а;Имя\n".encode("cp866"), r'row 2, column "поле": byte 0xa0 .*cp1251 or cp866'),
        ("поле\tтекст\nа".encode() + b"\t\xc8", r'row 2, column "текст": byte 0xc8'),
        ("поле;текст\nа;б\n".encode("utf-16")[:-1], "UTF-16.*save the file as UTF-8"),
        ("field;text\n".encode("utf-16-le"), "zero bytes, as in UTF-16.*UTF-8"),
        ('поле;текст\n"'.encode() + b"a" * 140_000 + b"\xc8", "line 2: byte 0xc8"),
        (b"PK\x03\x04 xlsx", "spreadsheet.*CSV UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1 xls", "spreadsheet.*CSV UTF-8"),
        (b"sep=,\n" + TEXT.encode(), 'missing column "поле".*separate columns by ","'),
        (b"sep=;\n", "is empty"),
        ("поле;текст\nа;б;в\n".encode(), "row 2: 3 cells under 2 columns"),
        ("поле,текст\nа;б\n".encode(), "row 2: 1 cells under 2 columns"),
    ],
)
def test_what_is_not_certain_is_refused_with_the_remedy(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(PromptfitError, match=rf"t\.csv: .*{says}"):
        read(tmp_path, content)
