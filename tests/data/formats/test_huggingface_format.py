"""Data sets of the hub: local copies of the shapes that are published, and a hub that can't be reached."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pillow

from importing import card, imported, picture, planned, values
from promptfit.data.formats import hub_rows
from promptfit.data.formats.found_value import ImageContent
from promptfit.data.formats.hub_rows import HubRows
from promptfit.data.formats.hub_source import HubSource
from promptfit.data.formats.tagged_words import tagged_values
from promptfit.types import PromptfitError

datasets = pytest.importorskip("datasets", reason="the extra `datasets` is not installed")
MakeHub = Callable[..., Path]


def shown(number: int) -> Pillow.Image:
    made = Pillow.new("RGB", (100, 80), "white")
    made.paste((number * 40, 0, 0), (number * 20, 10, number * 20 + 15, 60))
    return made


@pytest.fixture
def make_hub(tmp_path: Path) -> MakeHub:
    """A folder of parquet files as `hf download` makes it: a file a split."""

    def make(features: dict[str, Any], readme: str = "", config: str = "data", **splits: list[dict[str, Any]]) -> Path:
        root = tmp_path / "копия"
        (root / config).mkdir(parents=True, exist_ok=True)
        for split, rows in splits.items():
            columns = {name: [row[name] for row in rows] for name in features}
            made = datasets.Dataset.from_dict(columns, features=datasets.Features(features))
            made.to_parquet(root / config / f"{split}-00000-of-00001.parquet")
        if readme:
            (root / "README.md").write_text(readme, "utf-8")
        return root

    return make


def text() -> Any:
    return datasets.Value("string")


def texts() -> Any:
    return [datasets.Value("string")]


def test_docvqa(home: Path, make_hub: MakeHub) -> None:
    features = {
        **{"questionId": text(), "question": text(), "question_types": texts(), "image": datasets.Image()},
        **{"docId": datasets.Value("int64"), "answers": texts(), "data_split": text()},
    }
    shared = {"question_types": ["form"], "data_split": "val", "image": shown(1), "docId": 14465}
    rows = [
        {"questionId": "1", "question": "What is the date?", "answers": ["1/8/93", "January 8, 1993"], **shared},
        {"questionId": "2", "question": "Who is it to?", "answers": ["Paul"], **shared},
        {"questionId": "3", "question": "Who is it to?", "answers": ["P."], **shared},
    ]
    readme = (
        "---\nlicense: apache-2.0\nconfigs:\n- config_name: DocVQA\n  data_files:\n  - split: validation\n"
        "    path: DocVQA/validation-*\n  - split: test\n    path: DocVQA/test-*\n---\n"
    )
    untold = [{**rows[0], "answers": []}]
    root = make_hub(features, readme, "DocVQA", validation=rows, test=untold)
    order = {"splits": {"validation": "search"}, "left_out": 0.4}
    data = imported("docvqa", root, home / "datasets", order)
    assert [(one.document, one.field.name, one.answer, one.split) for one in data.samples] == [
        ("14465", "docvqa What is the date?", "1/8/93", "search"),
        ("14465", "docvqa Who is it to?", "Paul", "search"),
    ]
    assert "January 8, 1993" in data.samples[0].accepted
    assert "apache-2.0" in card(data) and "a value of this field already" in card(data)
    assert len({one.image for one in data.samples}) == 1
    with pytest.raises(PromptfitError, match="take=train: there is no such split; it has: "):
        planned("docvqa", root, home / "datasets", take="train")


def test_infographicvqa(home: Path, make_hub: MakeHub) -> None:
    features = {
        **{"questionId": text(), "question": text(), "answers": texts(), "answer_type": texts()},
        **{"image": datasets.Image(), "image_url": text(), "operation/reasoning": texts(), "ocr": text()},
    }
    row: dict[str, Any] = {
        "questionId": "98313",
        "question": "Which platform?",
        "answers": ["facebook"],
        "answer_type": ["single span"],
    }
    row |= {"image": shown(2), "image_url": "https://x", "operation/reasoning": [], "ocr": "['{}']"}
    root = make_hub(features, validation=[row])
    (sample,) = imported("infographicvqa", root, home / "datasets", config=None).samples
    assert (sample.field.question_type, sample.answer) == ("Which platform?", "facebook")


def test_cord(home: Path, make_hub: MakeHub) -> None:
    truth = {
        "gt_parse": {
            "menu": [{"nm": "Nasi", "price": "75,000"}],
            "sub_total": {"subtotal_price": "75,000", "tax_price": ""},
            "total": {"total_price": "80,000", "cashprice": ["50,000", "30,000"]},
        },
        "meta": {"version": "2.0.0"},
        "valid_line": [],
    }
    rows = [{"image": shown(1), "ground_truth": json.dumps(truth)}, {"image": shown(2), "ground_truth": "{}"}]
    root = make_hub({"image": datasets.Image(), "ground_truth": text()}, train=rows)
    data = imported("cord", root, home / "datasets", {"left_out": 0.5})
    assert [(one.field.name, one.answer) for one in data.samples] == [
        ("receipt sub_total.subtotal_price", "75,000"),
        ("receipt total.total_price", "80,000"),
        ("receipt total.cashprice", "50,000"),
    ]
    assert "there is no JSON object in ground" in card(data)


def test_sroie_by_marked_words(home: Path, make_hub: MakeHub) -> None:
    names = ["O", "B-COMPANY", "I-COMPANY", "B-DATE", "I-DATE", "B-ADDRESS", "I-ADDRESS", "B-TOTAL", "I-TOTAL"]
    features = {
        **{"words": texts(), "bboxes": [[datasets.Value("int64")]], "images": datasets.Image()},
        "ner_tags": [datasets.ClassLabel(names=names)],
    }
    words = ["BOOK", "TA", ".K", "25/12/2018", "NO.53,", "JALAN", "total", "9.00", "cash", "9.00"]
    tags = [1, 2, 2, 3, 5, 6, 0, 7, 0, 7]
    row = {"words": words, "bboxes": [[0, 0, 1, 1]] * 10, "ner_tags": tags, "images": shown(1)}
    data = imported("sroie_hub", make_hub(features, train=[row]), home / "datasets")
    assert [(one.field.question_type, one.answer) for one in data.samples] == [
        *[("company", "BOOK TA .K"), ("date", "25/12/2018"), ("address", "NO.53, JALAN"), ("total", "9.00")]
    ]


def test_marks_that_are_names_and_values_in_parts() -> None:
    assert tagged_values(["a", "b", "c"], ["S-DATE", "S-DATE", "O"], []) == {"date": "a b"}
    assert tagged_values(["a"], [9], ["O", "B-DATE"]) == {"date": ""}
    assert tagged_values(None, None, ["O", "B-DATE"]) == {"date": ""}


def mws(folder: Path) -> Path:
    """The layout of MWS-Vision-Bench: metadata.jsonl beside images."""
    record = json.dumps({"Поставщик": "ООО Ромашка", "Сумма": {"Всего": "12.50"}}, ensure_ascii=False)
    lines = [
        {"id": "1", "type": "key information extraction ru", "question": "Извлеки JSON", "answers": [record]},
        {"id": "2", "type": "reasoning VQA ru", "question": "Сколько строк?", "answers": ["3", "три"]},
        {"id": "3", "type": "document parsing ru", "question": "Переведи в Markdown", "answers": ["# Счёт"]},
    ]
    for number, line in enumerate(lines, start=1):
        picture(folder / f"images/{number}.png", number)
        line |= {"file_name": f"images/{number}.png", "dataset_name": "счета"}
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "metadata.jsonl").write_text(text, "utf-8")
    return folder


def test_mws_vision_bench(home: Path, tmp_path: Path) -> None:
    root = mws(tmp_path / "MWS-Vision-Bench")
    data = imported("mws_vision_kie", root, home / "kie")
    assert [(one.field.name, one.answer) for one in data.samples] == [
        ("счета Поставщик", "ООО Ромашка"),
        ("счета Сумма.Всего", "12.50"),
    ]
    data = imported("mws_vision_vqa", root, home / "vqa")
    assert [one[1:] for one in values(data)] == [("images/2.png", "счета Сколько строк?", "3")]


def test_what_nobody_said_is_guessed_as_of_tables(home: Path, make_hub: MakeHub) -> None:
    features = {"image": datasets.Image(), "Фамилия": text(), "Дата": text()}
    root = make_hub(features, train=[{"image": shown(1), "Фамилия": "Иванов", "Дата": "1"}])
    plan = planned("huggingface", root, home / "datasets")
    told = {one.part: one for one in plan.meanings}
    assert plan.guessed and told["the image"].taken == "image" and told["the fields"].taken == "Фамилия, Дата"
    assert told["the split"].taken == "(split)" and not told["the split"].guessed


def test_rows_come_as_a_stream_and_only_as_many_as_are_wanted(home: Path, make_hub: MakeHub) -> None:
    features = {"image": datasets.Image(), "Имя": text()}
    root = make_hub(features, train=[{"image": shown(number % 5), "Имя": str(number)} for number in range(50)])
    keys: dict[str, Any] = {"image": "image", "fields": ["Имя"]}
    data = imported("huggingface", root, home / "datasets", {"limit": 3}, **keys)
    assert [one.answer for one in data.samples] == ["0", "1", "2"]


def test_a_data_set_that_was_saved_to_disk(home: Path, tmp_path: Path) -> None:
    features = datasets.Features({"image": datasets.Image(), "Имя": text()})
    made = datasets.Dataset.from_dict({"image": [shown(1)], "Имя": ["Пётр"]}, features=features)
    datasets.DatasetDict({"train": made}).save_to_disk(tmp_path / "диск")
    (sample,) = imported("huggingface", tmp_path / "диск", home / "d", image="image", fields=["Имя"]).samples
    assert (sample.answer, sample.split) == ("Пётр", "train")


def test_no_file_of_this_machine_is_read_by_a_path_in_the_data(home: Path, make_hub: MakeHub, tmp_path: Path) -> None:
    secret = picture(tmp_path / "secret.png", 9)
    root = make_hub({"image": text(), "Имя": text()}, train=[{"image": str(secret), "Имя": "Пётр"}])
    with pytest.raises(PromptfitError, match="its image is not there"):
        imported("huggingface", root, home / "datasets", image="image", fields=["Имя"])
    hidden = datasets.Dataset.from_dict(
        {"image": [{"bytes": None, "path": str(secret)}], "Имя": ["Пётр"]},
        features=datasets.Features({"image": datasets.Image(decode=False), "Имя": text()}),
    )
    hidden.to_parquet(root / "data/train-00000-of-00001.parquet")
    content = io.BytesIO((root / "data/train-00000-of-00001.parquet").read_bytes())
    if secret.read_bytes() in content.getvalue():
        pytest.skip("the library put the image's bytes into the file as it was written")
    with pytest.raises(PromptfitError, match="its image is not there"):
        imported("huggingface", root, home / "datasets", image="image", fields=["Имя"])


def test_images_that_are_files_of_the_hub_are_fetched_from_their_own_data_set_alone(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, opened = picture(tmp_path / "x.png", 5).read_bytes(), []

    class Files:
        def open(self, path: str, mode: str) -> io.BytesIO:
            opened.append(path)
            return io.BytesIO(content)

    class Split(list[dict[str, Any]]):
        features = None

    own, other = "hf://datasets/a/b@sha/images/", "hf://datasets/a/c@sha/"
    paths = [f"{own}1.png", f"{other}2.png", "/etc/3.png", f"{own}../4.png"]
    rows = Split({"image": {"bytes": None, "path": path}, "Имя": path[-5]} for path in paths)
    source = HubSource("a/b", None, "sha")
    monkeypatch.setattr(hub_rows, "_parts", lambda source, config: {"train": rows})
    monkeypatch.setattr("huggingface_hub.HfFileSystem", Files)
    read = list(HubRows(source, None, None, None, None, "%d.%m.%Y").rows())
    assert [row.cells["image"] for row in read] == [ImageContent(content), *paths[1:]]
    assert set(opened) == {paths[0]}


def test_code_that_comes_with_a_copy_does_not_run(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "bad"
    root.mkdir()
    (root / "bad.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n", "utf-8")
    with pytest.raises(PromptfitError, match="no data set that the library datasets can read"):
        planned("huggingface", root, home / "datasets")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("said", ["lmms-lab/DocVQA", ""])
def test_a_hub_that_is_not_reachable_is_one_line_with_the_way_round(home: Path, said: str) -> None:
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "PROMPTFIT_HOME": str(home)}
    command = [sys.executable, "-c", "from promptfit.cli import main; raise SystemExit(main())", "import", "docvqa"]
    done = subprocess.run(
        [*command, *[said] * bool(said)], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "the hub does not give it" in done.stderr
    assert "hf download lmms-lab/DocVQA --repo-type dataset --local-dir FOLDER" in done.stderr


def test_sources_that_are_none(home: Path, tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="neither a folder here nor a name on the hub"):
        planned("huggingface", "нет такой", home / "datasets")
    with pytest.raises(PromptfitError, match="a folder has no revisions"):
        planned("huggingface", tmp_path, home / "datasets", revision="main")
    with pytest.raises(PromptfitError, match="which data set"):
        planned("huggingface", "", home / "datasets")
