"""SROIE's own files, in both usual layouts, and real receipts where they are at hand."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from importing import card, imported, picture, planned, values
from promptfit.types import PromptfitError

KEY = {"company": "BOOK TA .K SDN BHD", "date": "25/12/2018", "total": "9.00", "address": "NO.53, JALAN SAGU"}
LINES = (
    "72,25,90,25,90,64,72,64,TAN WOON YANN\n"
    "5,8,70,8,70,12,5,12,BOOK TA .K SDN BHD\n"
    "5,20,60,20,60,24,5,24,NO.53,\n5,25,60,25,60,29,5,29,JALAN SAGU\n"
    "5,40,30,40,30,44,5,44,9.00\n"
)
REAL = Path(__file__).resolve().parents[4] / "shared/real/sroie"


def receipt(root: Path, name: str, number: int, key: dict[str, str] = KEY) -> None:
    picture(root / f"img/{name}.jpg", number)
    for folder in ("key", "box"):
        (root / folder).mkdir(exist_ok=True)
    (root / f"key/{name}.json").write_text(json.dumps(key), "utf-8")
    (root / f"box/{name}.csv").write_text(LINES, "utf-8")


def test_fields_images_and_boxes_of_the_lines(home: Path, tmp_path: Path) -> None:
    receipt(tmp_path / "data", "000", 1)
    receipt(tmp_path / "data", "001", 2, {"total": "8.99"})
    data = imported("sroie", tmp_path / "data", home / "datasets")
    assert values(data)[0] == ("000", "images/000.jpg", "receipt company", "BOOK TA .K SDN BHD")
    boxes = {(one.document, one.field.question_type): one.box for one in data.samples}
    assert boxes["000", "company"] == (5, 8, 70, 12) and boxes["000", "address"] == (5, 20, 60, 29)
    assert boxes["000", "date"] is None and boxes["001", "total"] is None
    assert "2 of 5 true values do not stand on their page" in card(data)
    assert "ICDAR 2019 SROIE" in card(data)


def test_the_layout_with_splits_and_text_files(home: Path, tmp_path: Path) -> None:
    for number, split in enumerate(("train", "test"), start=1):
        root = tmp_path / "SROIE2019" / split
        picture(root / "img/X1.jpg", number)
        (root / "entities").mkdir()
        (root / "entities/X1.txt").write_text(json.dumps({"total": str(number)}), "utf-8")
    data = imported("sroie", tmp_path / "SROIE2019", home / "datasets", {"splits": {"train": "search"}})
    assert [(one.split, one.answer) for one in data.samples] == [("test", "2"), ("search", "1")]
    assert len({one.image for one in data.samples}) == 2


def test_what_is_faulty_is_left_out_by_name(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "data"
    receipt(root, "000", 1)
    receipt(root, "001", 2)
    receipt(root, "002", 3)
    receipt(root, "003", 4)
    (root / "key/001.json").write_text("{", "utf-8")
    (root / "img/002.jpg").unlink()
    (root / "img/002.jpg").symlink_to(picture(tmp_path / "elsewhere.jpg", 7))
    (root / "key/003.json").write_text('{"total": ["a"]}', "utf-8")
    data = imported("sroie", root, home / "datasets", {"left_out": 0.5})
    assert {one.document for one in data.samples} == {"000"}
    for place in ("001.json", "002.json", "003.json"):
        assert place in card(data)


def test_another_folder_is_told_what_was_looked_for(home: Path, tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match=r"looked for key/\*\.json"):
        planned("sroie", tmp_path, home / "datasets")


@pytest.mark.skipif(not REAL.is_dir(), reason="the real receipts are not at hand: ../shared/real/sroie")
def test_real_receipts(home: Path, tmp_path: Path) -> None:
    keys: dict[str, dict[str, str]] = {}
    with (REAL / "annotation.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            keys.setdefault(row["image_path"], {})[row["question_type"]] = row["answer"]
    root = tmp_path / "data"
    for folder in ("key", "img"):
        (root / folder).mkdir(parents=True)
    for image, key in keys.items():
        shutil.copyfile(REAL / image, root / "img" / Path(image).name)
        (root / "key" / f"{Path(image).stem}.json").write_text(json.dumps(key), "utf-8")
    data = imported("sroie", root, home / "datasets")
    assert len(data.samples) == 96 and len({one.image_digest for one in data.samples}) == len(keys)
