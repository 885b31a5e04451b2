"""Rows whose images show the same picture are one document; look-alike documents are not."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from promptfit.data import fingerprints
from promptfit.data.annotation import write_annotation
from promptfit.data.grouping import document_digests
from promptfit.data.reader import load
from promptfit.data.split import split

HEAD = "data_index;split;image_path;question;answer;doc_class;question_type\n"


def form(value: str, size: tuple[int, int] = (620, 877)) -> Image.Image:
    """A page of a form, all alike but for the value."""
    page = Image.new("L", size, "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(16)
    for line in range(60, size[1] - 60, 28):
        draw.text((50, line), f"Line {line} of a form that looks the same for all", font=font)
    draw.text((400, 30), value, font=font)
    return page


def save(root: Path, rows: list[tuple[str, str, str]], pages: dict[str, Image.Image]) -> Path:
    """Writes a data set of (data_index, split, image)."""
    (root / "images").mkdir(parents=True)
    for name, page in pages.items():
        page.save(root / "images" / name)
    lines = [f"{index};{part};images/{name};q;{place};form;{place}\n" for place, (index, part, name) in enumerate(rows)]
    (root / "annotation.csv").write_text(HEAD + "".join(lines), "utf-8")
    return root


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path / "home"))


def test_a_row_number_as_data_index_makes_no_documents(tmp_path: Path) -> None:
    pages = {f"{n}.png": form(f"Value {n}") for n in range(4)}
    rows = [(str(3 * n + row), "", f"{n}.png") for n in range(4) for row in range(3)]
    data = load(save(tmp_path / "data", rows, pages))
    assert [sample.document for sample in data.samples] == [str(3 * n) for n in range(4) for _ in range(3)]
    (warning,) = data.warnings
    assert "annotation.csv: 4 document(s) stand under several data_index" in warning
    assert '"0" (row 2, 0.png), "1" (row 3, 0.png), "2" (row 4, 0.png); "3" (row 5' in warning
    parts = split(data)
    assert not {s.image for s in parts["search"]} & {s.image for s in parts["holdout"]}
    write_annotation(data.root, data.samples)
    assert [line.split(";")[0] for line in (data.root / "annotation.csv").read_text("utf-8-sig").splitlines()[1:]] == [
        str(n) for n in range(12)
    ]


def copies(page: Image.Image) -> dict[str, Image.Image]:
    bytes_ = io.BytesIO()
    page.save(bytes_, "JPEG", quality=60)
    return {
        "again.png": Image.open(bytes_),
        "smaller.png": page.resize((round(page.width * 0.8), round(page.height * 0.8)), Image.Resampling.BICUBIC),
        "lighter.png": ImageEnhance.Brightness(page).enhance(0.97),
        "turned.png": page,
    }


def test_the_same_picture_saved_anew_is_the_same_document_and_stays_in_one_split(tmp_path: Path) -> None:
    page = form("Kulikov")
    others = {f"{n}.png": form(f"Value {n}") for n in range(6)}
    rows = [("first", "search", "a.png"), *((name, "holdout", name) for name in copies(page))]
    rows += [(name, "search" if place % 2 else "holdout", name) for place, name in enumerate(others)]
    data = load(save(tmp_path / "data", rows, {"a.png": page, **copies(page), **others}))
    assert [s.document for s in data.samples[:5]] == ["first"] * 5 and {s.split for s in data.samples[:5]} == {"search"}
    assert len({s.document for s in data.samples}) == 7
    assert len(data.warnings) == 2 and "from holdout to search" in data.warnings[1]
    assert not {s.document for s in split(data)["holdout"]} & {"first"}
    again = load(data.root)
    assert again == data, "from the fingerprints that were kept"


def test_the_same_image_under_two_documents_is_one_in_one_split_and_both_rows_are_named(tmp_path: Path) -> None:
    pages = {name: form(name) for name in ("a.png", "b.png", "c.png")}
    rows = [
        ("a", "serach", "a.png"),
        ("b", "search", "b.png"),
        ("copy of a", "holdout", "a2.png"),
        ("c", "holdout", "c.png"),
    ]
    root = save(tmp_path / "data", rows, {**pages, "a2.png": pages["a.png"]})
    annotation = root / "annotation.csv"
    text = annotation.read_text("utf-8")
    annotation.write_text(text.replace(";0;form;0", ";Пётр;form;имя").replace(";2;form;2", ";Павел;form;имя"), "utf-8")
    data = load(root)
    assert [(one.document, one.split) for one in data.samples] == [
        *(("a", "holdout"), ("b", "search"), ("a", "holdout"), ("c", "holdout")),
    ], "the first split that is read"
    said = " ".join(data.warnings)
    assert (
        "1 document(s) stand under several data_index" in said
        and '"a" (row 2, a.png), "copy of a" (row 4, a2.png)' in said
    )
    assert '"a" from serach to holdout' in said
    assert "the same picture has different answers to one field; correct one of them: rows 2 and 4" in said


def test_forms_that_differ_in_a_value_are_different_documents(tmp_path: Path) -> None:
    values = ["Kulikov", "Kulikova", "Belov", "47 11 123456", "47 11 123457", "31.12.1999"]
    pages = {f"{place}.png": form(value) for place, value in enumerate(values)}
    data = load(save(tmp_path / "data", [(name, "", name) for name in pages], pages))
    assert len({sample.document for sample in data.samples}) == len(values) and not data.warnings


def test_pairs_are_found_block_by_block_and_blank_pages_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_AT_ONCE", 3)
    draw = np.random.default_rng(0)
    prints = {str(n): draw.normal(128, 30, (128, 128)).clip(0, 255).astype(np.uint8) for n in range(8)}
    prints["copy of 2"], prints["not of 5"] = prints["2"].copy(), prints["5"].copy()
    prints["copy of 2"][7, 7] ^= 4
    prints["not of 5"][7, 7] ^= 32
    prints |= {"blank": np.full((128, 128), 255, np.uint8), "another": np.full((128, 128), 255, np.uint8)}
    assert list(fingerprints.pairs({name: greys.tobytes() for name, greys in prints.items()})) == [("2", "copy of 2")]


def test_where_nothing_can_be_kept_fingerprints_are_made_anew(tmp_path: Path) -> None:
    page = tmp_path / "a.png"
    form("x").save(page)
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    found = fingerprints.fingerprints({"a": page, "b": tmp_path / "broken.png"}, tmp_path / "file" / "prints.sqlite")
    assert list(found) == ["a"] and len(found["a"]) == 128 * 128


def test_a_document_is_what_its_images_are(tmp_path: Path) -> None:
    pages = {"a.png": form("1"), "b.png": form("2")}
    one = load(save(tmp_path / "one", [("x", "", "a.png"), ("x", "", "b.png"), ("y", "", "b.png")][:2], pages))
    pages = {"c.png": form("2"), "d.png": form("1")}
    other = load(save(tmp_path / "other", [("z", "", "c.png"), ("z", "", "d.png")], pages))
    assert list(document_digests(one.samples).values()) == list(document_digests(other.samples).values())
