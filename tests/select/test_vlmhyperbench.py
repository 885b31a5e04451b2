"""VLMHyperBench's tables against jiwer itself, called as its evaluator calls it."""

from __future__ import annotations

from pathlib import Path

import jiwer
import pandas
import pytest
from PIL import Image

from promptfit.data.reader import Dataset, load
from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.select.vlmhyperbench import write
from promptfit.types import Answer, Reading, Scored

ANSWERS = ("Фамилия: ИВАНОВ", "иван  петров", "", "1+1; да", ' "Ромашка" ', "123-456-789 00")
METRICS = ["wer_error", "cer_error"]


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    (tmp_path / "images").mkdir()
    rows = ["data_index;split;image_path;question;answer;doc_class;question_type;answer_bbox"]
    for i in range(6):
        Image.new("L", (20, 20), i).save(tmp_path / f"images/{i}.png")
        for kind, question, truth in (("passport", "Фамилия", f"Иванов{i}"), ("СНИЛС", "", f"12{i}-456 00")):
            part = "test" if i % 3 else "select"
            rows.append(f"{i};{part};images/{i}.png;Что?;{truth};{kind};{question};[1, 2.5, 3, 4]")
    (tmp_path / "annotation.csv").write_text("\n".join(rows) + "\n", "utf-8-sig")
    return load(tmp_path)


@pytest.fixture
def tables(data: Dataset, tmp_path: Path) -> dict[str, pandas.DataFrame]:
    tested = [sample for sample in data.samples if sample.split == "test"][::-1]
    answers = [ANSWERS[place % len(ANSWERS)] for place in range(len(tested))]
    counts = count([one.answer for one in tested], answers, Chain(["strip", "lower"]))  # the person's own chain
    scored = [Scored(s, Answer(text), Reading(text), c) for s, text, c in zip(tested, answers, counts, strict=True)]
    files = write(tmp_path / "out", data, scored)
    return {
        file.stem: pandas.read_csv(file, sep=";", encoding="utf-8-sig", keep_default_na=False, dtype={"answer": str})
        for file in files
    }


def errors(rows: pandas.DataFrame) -> list[float]:
    truths, answers = rows["answer"].tolist(), rows["model_answer"].tolist()
    return [jiwer.wer(truths, answers), jiwer.cer(truths, answers)]


def test_every_aggregation_is_jiwers(tables: dict[str, pandas.DataFrame]) -> None:
    by_id = tables["by_id"]
    for _, row in by_id.iterrows():
        own = [jiwer.wer(row["answer"], row["model_answer"]), jiwer.cer(row["answer"], row["model_answer"])]
        assert row[METRICS].tolist() == own
    for name, keys in (("by_doc_type", ["doc_class"]), ("by_doc_question", ["doc_class", "question_type"])):
        groups = list(by_id.groupby(keys))
        assert list(tables[name].itertuples(index=False, name=None)) == [(*key, *errors(rows)) for key, rows in groups]
    assert tables["general"].iloc[0].tolist() == errors(by_id)


def test_the_columns_and_ids_are_theirs(data: Dataset, tables: dict[str, pandas.DataFrame]) -> None:
    annotation = pandas.read_csv(
        data.root / "annotation.csv", sep=";", encoding="utf-8-sig", keep_default_na=False, dtype={"answer": str}
    )
    annotation["id"] = annotation.index
    merged = pandas.merge(tables["answers"], annotation, on="id", how="inner")
    assert list(tables["by_id"].columns) == [*merged.columns, *METRICS]
    pandas.testing.assert_frame_equal(tables["by_id"][merged.columns], merged)
    assert list(tables["general"].columns) == METRICS
