"""Label Studio's export: rectangles in percent, text areas, choices, several annotators."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from importing import card, imported, picture, planned, values
from promptfit.types import PromptfitError


def region(number: str, label: str, text: str, x: float = 10, y: float = 10, **more: Any) -> list[dict[str, Any]]:
    place = {"x": x, "y": y, "width": 20, "height": 10, "rotation": 0, **more}
    shared = {"id": number, "to_name": "image", "original_width": 100, "original_height": 80, "image_rotation": 0}
    return [
        {**shared, "from_name": "bbox", "type": "rectangle", "value": place},
        {**shared, "from_name": "label", "type": "labels", "value": {**place, "labels": [label]}},
        {**shared, "from_name": "text", "type": "textarea", "value": {**place, "text": [text] if text else []}},
    ]


def choice(name: str, value: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": "image", "type": "choices", "value": {"choices": [value]}}


def made(result: list[Any], who: Any = 1, at: str = "2026-01-01", **more: Any) -> dict[str, Any]:
    return {"id": 5, "completed_by": who, "result": result, "was_cancelled": False, "updated_at": at, **more}


def task(number: int, image: str, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "data": {"image": image}, "annotations": list(annotations), "predictions": []}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 3):
        picture(tmp_path / f"проект/scans/{number}.png", number)
    return tmp_path / "проект"


def export(folder: Path, *tasks: Any) -> Path:
    (folder / "export.json").write_text(json.dumps(tasks, ensure_ascii=False), "utf-8")
    return folder / "export.json"


def test_regions_become_values_with_boxes_in_pixels(home: Path, folder: Path) -> None:
    result = [
        *region("a", "Адрес", "ул. Мира", y=40),
        *region("b", "Адрес", "г. Псков", y=25),
        *region("c", "Имя", "Пётр", x=90, width=20),
        *region("d", "Подпись", ""),
        choice("тип", "паспорт"),
        choice("качество", "хорошее"),
    ]
    path = export(folder, task(7, "/data/upload/1/1a2b3c4d-1.png", made(result)))
    data = imported("label_studio", path, home / "datasets", doc_type="тип")
    assert values(data) == [
        ("7", "images/scans/1.png", "паспорт качество", "хорошее"),
        ("7", "images/scans/1.png", "паспорт Адрес", "г. Псков ул. Мира"),
        ("7", "images/scans/1.png", "паспорт Имя", "Пётр"),
    ]
    assert [one.box for one in data.samples] == [None, (10, 20, 30, 40), (90, 8, 100, 16)]
    assert "[[10, 20, 30, 28], [10, 32, 30, 40]]" in (data.root / "annotation.csv").read_text("utf-8-sig")
    assert "a rectangle in which nobody typed a text" in card(data) and "Подпись" in card(data)


@pytest.mark.parametrize(
    "address",
    [
        "/data/local-files/?d=scans/1.png",
        "/data/local-files/?d=scans%2F1.png",
        "s3://bucket/folder/1.png",
        "https://example.org/a/1.png?token=1",
        "/data/upload/3/0badc0de-1.png",
        "1.png",
    ],
)
def test_images_are_found_wherever_label_studio_had_them(home: Path, folder: Path, address: str) -> None:
    path = export(folder, task(1, address, made(region("a", "Имя", "Пётр"))))
    (sample,) = imported("label_studio", path, home / "datasets", images="scans").samples
    assert sample.image.name == "1.png" and sample.field.doc_type == "export"


def test_no_image_is_taken_from_elsewhere(home: Path, folder: Path) -> None:
    picture(folder.parent / "secret.png", 9)
    path = export(folder, task(1, "/data/local-files/?d=../secret.png", made(region("a", "Имя", "Пётр"))))
    with pytest.raises(PromptfitError, match="leaves the images' folder"):
        imported("label_studio", path, home / "datasets")


def several(folder: Path) -> Path:
    one, two = region("a", "Имя", "Пётр"), region("b", "Имя", "Петр")
    return export(
        folder,
        task(1, "1.png", made(one, 1, "2026-01-01"), made(two, 2, "2026-01-02"), made(one, {"id": 3, "email": "c@d"})),
        task(2, "2.png", made(one, 1), made(two, 2, "2026-01-02", ground_truth=True), made(one, 3, "2026-01-03")),
        task(
            3,
            "3.png",
            made([*one, *region("c", "Год", "1990", y=60)], 2),
            made(region("d", "Имя", "x"), 1, was_cancelled=True),
        ),
    )


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ("agreed", ["Пётр", "Петр", "Пётр", "1990"]),
        ("latest", ["Петр", "Пётр", "Пётр", "1990"]),
        ("2", ["Петр", "Петр", "Пётр", "1990"]),
        ("c@d", ["Пётр"]),
    ],
)
def test_one_of_several_annotators_is_taken_by_rule(home: Path, folder: Path, rule: str, names: list[str]) -> None:
    data = imported("label_studio", several(folder), home / "datasets", annotator=rule)
    assert [one.answer for one in data.samples] == names
    if rule in ("agreed", "latest"):
        assert "2 task(s) have several annotations, which agree in 33% of 6 values" in card(data)


def test_an_export_without_results_is_told(home: Path, folder: Path) -> None:
    empty = [task(1, "1.png"), task(2, "2.png", made([])), {**task(3, "3.png"), "annotations": None}]
    with pytest.raises(PromptfitError, match="3 left out: nobody has annotated it"):
        imported("label_studio", export(folder, *empty), home / "datasets")
    for said, fault in (
        ('[{"image": "1.png", "label": []}]', "JSON-MIN"),
        ('{"id": 1}', "no list of tasks"),
        ("[", "no JSON"),
        ("[]", "no value in it can be taken"),
    ):
        (folder / "export.json").write_text(said, "utf-8")
        with pytest.raises(PromptfitError, match=fault):
            imported("label_studio", folder / "export.json", home / "datasets")
    with pytest.raises(PromptfitError, match="no such file; give Label Studio's export"):
        planned("label_studio", folder / "none.json", home / "datasets")


def test_results_of_any_shape_are_survived(home: Path, folder: Path) -> None:
    odd = [None, 5, {}, {"value": None}, {"value": {"x": "a", "width": [], "text": 7}}, {"value": {"choices": "a"}}]
    path = export(folder, task(1, "1.png", made([*odd, *region("a", "Имя", "Пётр", x=1e9)])))
    (sample,) = imported("label_studio", path, home / "datasets").samples
    assert (sample.answer, sample.box) == ("Пётр", None)
