"""VLMHyperBench's layout since 0.2: a file a record beside its image, in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from promptfit.data.formats.vlmhyperbench_format import export_vlmhyperbench, import_vlmhyperbench
from promptfit.data.marks import PRIVATE
from promptfit.data.reader import load
from promptfit.types import Field, PromptfitError

LINES = [[16, 24, 20.5, 25], [16, 27, 40, 28]]
RECORD = {
    "Полное имя": {"value": "ЁЛКИНА АННА", "bboxes": LINES},
    "Номер СНИЛС": {"value": "001-002-003 04", "bboxes": [[29, 19, 36, 20]]},
    "Пол": {"value": None, "bboxes": []},
}


@pytest.fixture
def snils(tmp_path: Path) -> Path:
    """Two documents, the second one photographed twice."""
    root = tmp_path / "snils"
    for place in ("clean/2.png", "clean/10.jpg", "noisy/10.jpg"):
        (root / "images" / place).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (100, 80), (len(place) * 9, 90, 120)).save(root / "images" / place)
    write(root, "2", {"fields": RECORD, "index": 2})
    write(root, "10", '{"fields": {"Полное имя": "ИВАНОВ ПЁТР", "Номер СНИЛС": {"value": 12.50}}}')
    return root


def write(root: Path, stem: str, said: Any) -> None:
    (root / "jsons").mkdir(exist_ok=True)
    (root / "jsons" / f"{stem}.json").write_text(
        said if isinstance(said, str) else json.dumps(said, ensure_ascii=False), encoding="utf-8"
    )


def test_records_become_rows(snils: Path, tmp_path: Path) -> None:
    taken = import_vlmhyperbench(snils, tmp_path / "datasets")
    data = load(taken)
    found = [
        (one.document, one.image.relative_to(taken).as_posix(), one.field.name, one.answer) for one in data.samples
    ]
    assert found == [
        ("2", "images/clean/2.png", "snils Полное имя", "ЁЛКИНА АННА"),
        ("2", "images/clean/2.png", "snils Номер СНИЛС", "001-002-003 04"),
        ("2", "images/clean/2.png", "snils Пол", ""),
        ("10", "images/clean/10.jpg", "snils Полное имя", "ИВАНОВ ПЁТР"),
        ("10", "images/clean/10.jpg", "snils Номер СНИЛС", "12.50"),
        ("10", "images/noisy/10.jpg", "snils Полное имя", "ИВАНОВ ПЁТР"),
        ("10", "images/noisy/10.jpg", "snils Номер СНИЛС", "12.50"),
    ]  # fmt: skip
    assert [one.box for one in data.samples[:3]] == [(16, 24, 40, 28), (29, 19, 36, 20), None], (
        "one box around all lines"
    )
    assert data.private and (taken / PRIVATE).is_file()
    assert not (taken / "jsons").exists()


def test_lines_are_handed_back_as_they_came(snils: Path, tmp_path: Path) -> None:
    taken = import_vlmhyperbench(snils, tmp_path / "datasets", doc_type="СНИЛС")
    given = export_vlmhyperbench(taken, tmp_path / "out")
    said = json.loads((given / "jsons/2.json").read_text("utf-8"))
    assert said == {"fields": {**RECORD, "Пол": {"value": "", "bboxes": []}}, "doc_class": "СНИЛС", "index": 2}
    (given / "annotation.csv").unlink()
    assert load(import_vlmhyperbench(given, tmp_path / "again")).digest == load(taken).digest
    text = (taken / "annotation.csv").read_text("utf-8-sig")
    (taken / "annotation.csv").write_text(text.replace("[16, 24, 40, 28];", "[16, 24, 50, 28];"), encoding="utf-8")
    moved = export_vlmhyperbench(taken, tmp_path / "moved")
    assert json.loads((moved / "jsons/2.json").read_text("utf-8"))["fields"]["Полное имя"]["bboxes"] == [
        [16, 24, 50, 28]
    ]


def test_our_data_sets_get_a_file_a_record(
    make_dataset: Callable[..., Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = export_vlmhyperbench(make_dataset(), tmp_path / "out")
    assert json.loads((given / "jsons/3.json").read_text("utf-8")) == {
        "fields": {"СНИЛС": {"value": "112-233-445 95", "bboxes": [[0, 0, 100, 80]]}},
        "doc_class": "СНИЛС",
        "index": 3,
    }
    (given / "annotation.csv").unlink()
    again = load(import_vlmhyperbench(given, tmp_path / "again"))
    assert [one.field for one in again.samples][-2:] == [Field("СНИЛС", ""), Field("invoice", "Продавец")]
    rows = ("1;;images/1.png;q;a;passport;Имя;", "2;;images/more/1.png;q;б;passport;Имя;")
    source = make_dataset(*rows, name="twice")
    (source / "images/more").mkdir()
    Image.new("RGB", (90, 80), (1, 2, 3)).save(source / "images/more/1.png")
    assert not (export_vlmhyperbench(source, tmp_path / "out") / "jsons").exists()
    assert 'two images are called "1", with different records' in caplog.text


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("{", r"2\.json: no JSON \(.*line 1"),
        ("[]", r"2\.json: no fields; write"),
        ({"fields": {}}, r"2\.json: no fields"),
        ('{"fields": {"Имя": "a", "Имя": "b"}}', r'2\.json: no JSON \(the key "Имя" is there twice\)'),
        ({"fields": {"Имя": "a", " Имя": "b"}}, r'2\.json: the field "Имя" has no name of its own'),
        ({"fields": {"Имя": {"value": ["a", "b"]}}}, r'2\.json: "Имя": the value is neither text nor number'),
        ({"fields": {"Имя": {"value": "a", "bboxes": [[1, 2, 3]]}}}, r'2\.json: "Имя": the bboxes are no list of'),
        ({"fields": {"Имя": {"value": "a", "bboxes": [[5, 2, 3, 9]]}}}, r"with x1 < x2 and y1 < y2"),
        ('{"fields": {"Имя": {"value": "a", "bboxes": [[1, 2, NaN, 1e999]]}}}', r"the bboxes are no list of"),
        ({"fields": {"Имя": {"value": "a", "bboxes": [[1, 2, 101, 9]]}}}, r"outside the image of 100x80 pixels"),
        ('{"fields": ' + "[" * 100_000, r"2\.json: its brackets are nested too deep"),
        ('{"fields": {"Имя": "\\ud83d"}}', r"is no Unicode text"),
    ],
)
def test_a_faulty_record_is_named_and_leaves_nothing(snils: Path, tmp_path: Path, said: Any, fault: str) -> None:
    write(snils, "2", said)
    with pytest.raises(PromptfitError, match=fault) as raised:
        import_vlmhyperbench(snils, tmp_path / "datasets")
    assert str(raised.value).startswith(str(snils))
    assert not list((tmp_path / "datasets").glob("*"))


def test_images_and_records_belong_together(snils: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Image.new("RGB", (9, 9)).save(snils / "images/clean/3.png")
    (snils / "images/clean/2.txt").write_text("no image", encoding="utf-8")
    import_vlmhyperbench(snils, tmp_path / "datasets")
    assert "1 image(s) have no record and are left out: images/clean/3.png" in caplog.text
    write(snils, "7", {"fields": RECORD})
    with pytest.raises(PromptfitError, match=r"no image images/\*\*/N\.\* of 7\.json; put it there"):
        import_vlmhyperbench(snils, tmp_path / "more")
    (snils / "images/clean/7.png").write_text("no image", encoding="utf-8")
    with pytest.raises(PromptfitError, match=r'7\.json: "images/clean/7\.png": '):
        import_vlmhyperbench(snils, tmp_path / "more")


def test_a_folder_of_neither_layout_is_told_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "empty/jsons").mkdir(parents=True)
    with pytest.raises(PromptfitError, match=r"jsons: no N\.json in it"):
        import_vlmhyperbench(tmp_path / "empty", tmp_path / "datasets")
    (tmp_path / "other/images").mkdir(parents=True)
    with pytest.raises(PromptfitError, match=r"looked for annotation\.csv beside images/ .* jsons/N\.json beside"):
        import_vlmhyperbench(tmp_path / "other", tmp_path / "datasets")
