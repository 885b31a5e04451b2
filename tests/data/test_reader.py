from __future__ import annotations

import codecs
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from promptfit.data.reader import load
from promptfit.types import Field, PromptfitError

FIRST = "1;clean;images/1.png;Напиши Фамилия;Карбаинов;passport;Фамилия;"


def test_reads_vlmhyperbench_layout(make_dataset: Callable[..., Path]) -> None:
    root = make_dataset()
    dataset = load(root)
    first = dataset.samples[0]
    (warning,) = dataset.warnings
    assert '"test_clean" (from row 2 on, did you mean "test"), "clean" (from row 4 on)' in warning
    assert dataset.name == "demo_mini" and dataset.private
    assert [field.name for field in dataset.fields] == [
        *("passport Фамилия", "passport Место рождения", "СНИЛС", "invoice Продавец"),
    ]
    assert first.document == "1" and first.split == "test_clean" and first.box == (10, 20, 60, 40)
    assert first.image_digest == hashlib.sha256((root / "images/1.png").read_bytes()).hexdigest()
    assert dataset.samples[2].box is None
    assert dataset.samples[4].answer == 'ООО "Лимончик"; филиал'
    assert [sample.document for sample in dataset.of(Field("passport", "Фамилия"))] == ["1", "2"]
    assert [sample.document for sample in dataset.of(Field("passport", "Фамилия"), "clean")] == ["2"]


def test_reads_without_bom_without_boxes_and_with_windows_line_ends(make_dataset: Callable[..., Path]) -> None:
    header = "data_index;split;image_path;question;answer;doc_class;question_type"
    content = f"{header}\r\n{FIRST[:-1]}\r\n\r\n".encode()
    (sample,) = load(make_dataset(content=content)).samples
    assert sample.answer == "Карбаинов" and sample.box is None


def test_digest_follows_the_data_and_not_the_place(make_dataset: Callable[..., Path], tmp_path: Path) -> None:
    root = make_dataset()
    before = load(root).digest
    shutil.copytree(root, tmp_path / "elsewhere")
    assert load(tmp_path / "elsewhere").digest == before
    annotation = root / "annotation.csv"
    annotation.write_bytes(annotation.read_bytes().removeprefix(codecs.BOM_UTF8))
    assert load(root).digest == before
    one, three = root / "images/1.png", root / "images/3.png"
    swapped = one.read_bytes(), three.read_bytes()
    three.write_bytes(swapped[0])
    one.write_bytes(swapped[1])
    assert load(root).digest != before


def test_resolves_a_written_field_by_looking_it_up(make_dataset: Callable[..., Path]) -> None:
    dataset = load(make_dataset())
    assert dataset.resolve("passport Место рождения") == Field("passport", "Место рождения")
    assert dataset.resolve(" СНИЛС ") == Field("СНИЛС", "")
    with pytest.raises(PromptfitError, match='did you mean "passport Фамилия"'):
        dataset.resolve("Passport фамилии")
    with pytest.raises(PromptfitError, match=r"choose one\. It has: passport Фамилия, "):
        dataset.resolve("xyz")


def test_an_empty_truth_is_a_warning_and_stays(make_dataset: Callable[..., Path]) -> None:
    dataset = load(make_dataset("1;clean;images/1.png;Напиши Отчество;;passport;Отчество;"))
    assert dataset.samples[0].answer == ""
    assert len(dataset.warnings) == 2 and "row 2" in dataset.warnings[0] and "answer" in dataset.warnings[0]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("1;clean;images/9.png;q;a;passport;Имя;", "image_path", "missing"),
        ("1;clean;;q;a;passport;Имя;", "image_path", "missing"),
        ("1;clean;../secret.png;q;a;passport;Имя;", "image_path", "leaves"),
        ("1;clean;images/../../demo_mini/images/1.png;q;a;passport;Имя;", "image_path", "leaves"),
        ("1;clean;/etc/passwd;q;a;passport;Имя;", "image_path", "leaves"),
        ("1;clean;annotation.csv;q;a;passport;Имя;", "image_path", "not an image"),
        (f"1;clean;{'я' * 300}.png;q;a;passport;Имя;", "image_path", "cannot be read"),
        (";clean;images/1.png;q;a;passport;Имя;", "data_index", "empty"),
        ("1;clean;images/1.png;q;a;;Имя;", "doc_class", "empty"),
        (FIRST, "question_type", "row 2 has"),
        (FIRST.replace("images/", "./images/"), "question_type", "row 2 has"),
        ("1;clean;images/2.jpg;q;a;passport Фамилия;;", "question_type", "one way"),
        ("1;clean;images/2.jpg;q;a;passport;Имя;[1, 2, 3]", "answer_bbox", "no box"),
        ("1;clean;images/2.jpg;q;a;passport;Имя;[1, 2, 3, 4", "answer_bbox", "no box"),
        ("1;clean;images/2.jpg;q;a;passport;Имя;[1, 2, nan, 4]", "answer_bbox", "no box"),
        ("1;clean;images/2.jpg;q;a;passport;Имя;[9, 2, 3, 4]", "answer_bbox", "x1 < x2"),
        ("1;clean;images/2.jpg;q;a;passport;Имя;[1, 2, 101, 4]", "answer_bbox", "100x80"),
        ("1;clean;images/2.jpg;q;a;passport;Имя;[-1, 2, 3, 4]", "answer_bbox", "outside"),
    ],
)
def test_a_faulty_row_is_named(make_dataset: Callable[..., Path], row: str, column: str, says: str) -> None:
    with pytest.raises(PromptfitError) as caught:
        load(make_dataset(FIRST, row))
    message = str(caught.value)
    assert "annotation.csv" in message and f'row 3, column "{column}"' in message and says in message


def test_faults_come_together_and_the_first_ten_are_shown(make_dataset: Callable[..., Path]) -> None:
    rows = [f"{number};clean;images/none{number}.png;q;a;passport;Имя;" for number in range(13)]
    with pytest.raises(PromptfitError) as caught:
        load(make_dataset(*rows))
    message = str(caught.value)
    assert "13 faulty" in message and "row 11," in message and "row 12," not in message and "3 more" in message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (codecs.BOM_UTF8 + b"\n", "is empty"),
        (b"data_index;split;image_path;question;answer;doc_class;question_type\n", "no rows"),
        (b"data_index;split;image_path;question;answer;doc_class\n", 'missing column "question_type"'),
        (b"split;split;data_index;image_path;question;answer;doc_class;question_type\n", "there twice"),
        (
            "data_index;split;image_path;question;answer;doc_class;question_type\n1;clean;i;q;Имя".encode("cp1251"),
            'row 2, column "answer": byte 0xc8',
        ),
        ("data_index;split;image_path\n".encode("utf-16"), 'missing column "question".*UTF-8'),
        (
            'data_index;split;image_path;question;answer;doc_class;question_type\n1;c;i;q;"Лимон" ООО;d;t\n'.encode(),
            "row 2 .*quotes",
        ),
        (
            'data_index;split;image_path;question;answer;doc_class;question_type\n1;c;i;q;"Лимон;d;t\n'.encode(),
            "row 2 .*quotes",
        ),
        (
            "data_index;split;image_path;question;answer;doc_class;question_type\n1;c;i;q;ООО; филиал;d;t\n".encode(),
            "row 2: 8 cells under 7",
        ),
    ],
)
def test_a_faulty_file_is_named(make_dataset: Callable[..., Path], content: bytes, says: str) -> None:
    with pytest.raises(PromptfitError, match=f"annotation.csv.*{says}"):
        load(make_dataset(content=content))


def test_no_annotation(tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="a data set is a folder"):
        load(tmp_path)


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_not(
    make_dataset: Callable[..., Path], tmp_path: Path
) -> None:
    root = make_dataset(FIRST)
    outside = (root / "images/1.png").rename(tmp_path / "outside.png")
    (root / "images/1.png").symlink_to(outside)
    with pytest.raises(PromptfitError, match=r'column "image_path".*link that leaves'):
        load(root)
    (root / "images/1.png").unlink()
    (root / "images/1.png").symlink_to("3.png")
    assert load(root).samples[0].image == root / "images/1.png"
    (root / "images/1.png").unlink()
    (root / "images/1.png").symlink_to("1.png")
    with pytest.raises(PromptfitError, match='column "image_path"'):
        load(root)


@pytest.mark.parametrize(("image", "row"), [("1.png", FIRST), ("2.jpg", FIRST.replace("1.png", "2.jpg"))])
def test_a_cut_image_is_refused(make_dataset: Callable[..., Path], image: str, row: str) -> None:
    path = make_dataset(row) / "images" / image
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(PromptfitError, match='row 2, column "image_path"'):
        load(path.parent.parent)


def test_a_box_is_held_against_the_image_as_it_is_shown(make_dataset: Callable[..., Path]) -> None:
    root = make_dataset("1;clean;images/2.jpg;q;a;passport;Имя;[1, 2, 79, 99]")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (100, 80)).save(root / "images/2.jpg", exif=exif)
    assert load(root).samples[0].box == (1, 2, 79, 99)
