"""FUNSD's and XFUND's own files: questions linked to answers, with boxes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importing import card, imported, picture, planned, values
from promptfit.data.formats.linked_form import linked_values
from promptfit.types import PromptfitError

FORM: list[dict[str, Any]] = [
    {"id": 0, "text": "Date :", "box": [1, 1, 20, 9], "label": "question", "linking": [[0, 1]], "words": []},
    {"id": 1, "text": "12 /10 /98", "box": [22, 1, 60, 9], "label": "answer", "linking": [[0, 1]], "words": []},
    {"id": 2, "text": "TO:", "box": [1, 20, 20, 29], "label": "question", "linking": [[2, 3], [2, 4]], "words": []},
    {"id": 3, "text": "George", "box": [22, 20, 40, 29], "label": "answer", "linking": [[2, 3]], "words": []},
    {"id": 4, "text": "Baroody", "box": [42, 20, 70, 29], "label": "answer", "linking": [[2, 4]], "words": []},
    {"id": 5, "text": "Fax", "box": [1, 40, 20, 49], "label": "question", "linking": [], "words": []},
    {"id": 6, "text": "Phone", "box": [1, 50, 20, 59], "label": "question", "linking": [[6, 3]], "words": []},
    {"id": 7, "text": "Phone", "box": [1, 60, 20, 69], "label": "question", "linking": [[7, 3]], "words": []},
    {"id": 8, "text": "COVER SHEET", "box": [1, 70, 20, 79], "label": "header", "linking": [], "words": []},
]


def form(root: Path, name: str, number: int, entities: Any = FORM) -> None:
    picture(root / f"images/{name}.png", number)
    (root / "annotations").mkdir(exist_ok=True)
    (root / f"annotations/{name}.json").write_text(json.dumps({"form": entities}), "utf-8")


def test_questions_are_fields_and_linked_answers_their_values(home: Path, tmp_path: Path) -> None:
    form(tmp_path / "dataset/training_data", "0000", 1)
    form(tmp_path / "dataset/testing_data", "0001", 2)
    data = imported("funsd", tmp_path / "dataset", home / "datasets")
    assert values(data)[2:] == [
        ("0000", "images/training_data/0000.png", "form Date", "12 /10 /98"),
        ("0000", "images/training_data/0000.png", "form TO", "George Baroody"),
    ]
    assert [one.split for one in data.samples] == ["test", "test", "train", "train"]
    assert data.samples[1].box == (22, 20, 70, 29)
    assert "2 left out: a question without a linked answer" in card(data)
    assert "4 left out: a question that stands several times" in card(data)


def test_many_forms_in_one_file(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "xfund"
    picture(root / "zh.train/zh_train_0.jpg", 3)
    entities = [{**FORM[0], "text": "日期："}, FORM[1]]
    said = {
        "lang": "zh",
        "documents": [
            {"id": "zh_train_0", "uid": "0", "document": entities, "img": {"fname": "zh_train_0.jpg", "width": 1}},
            {"id": "zh_train_1", "uid": "1", "document": entities, "img": {"fname": "../zh_train_0.jpg"}},
            {"id": "zh_train_2", "document": entities},
        ],
    }
    (root / "zh.train.json").write_text(json.dumps(said), "utf-8")
    data = imported("funsd", root, home / "datasets", {"left_out": 0.8}, doc_type="表")
    assert values(data) == [("zh_train_0", "images/zh_train_0.jpg", "表 日期", "12 /10 /98")]
    assert data.samples[0].split == "train" and "leaves the images' folder" in card(data)


@pytest.mark.parametrize("entities", [None, "x", [1], [{"id": 1}], [{"id": 1, "text": None}]])
def test_a_faulty_form_is_left_out_by_name(home: Path, tmp_path: Path, entities: Any) -> None:
    form(tmp_path / "d", "0", 1)
    form(tmp_path / "d", "1", 2, entities)
    data = imported("funsd", tmp_path / "d", home / "datasets", {"left_out": 0.5})
    assert {one.document for one in data.samples} == {"0"} and "annotations/1.json" in card(data)


def test_links_that_lead_nowhere_and_boxes_that_are_none() -> None:
    entities = [
        {"id": "q", "text": "A", "label": "question", "linking": [["q", "none"], ["q"], 7, ["q", "a"]], "box": None},
        {"id": "a", "text": "b", "label": "answer", "linking": None, "box": [5, 5, 5, 9]},
    ]
    (found,) = linked_values(entities)
    assert (found.answer, found.boxes) == ("b", ())


def test_another_folder_is_told_what_was_looked_for(home: Path, tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="no files of FUNSD or XFUND"):
        planned("funsd", tmp_path, home / "datasets")
