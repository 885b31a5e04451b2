"""Collections side by side: who is best, what was spent, and what the figures' differences may come from."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from promptfit.data import collection, search_record
from promptfit.data.collection import Row
from promptfit.data.comparison import SPENT, Comparison, compare
from promptfit.data.search_record import FieldRecord, SearchRecord
from promptfit.types import PromptfitError

TAKEN = FieldRecord(
    "", 0.1, 0.1, requests=300, calls=4, tokens_in=900, tokens_out=80, cost=0.02, seconds=6.5, prompts=9
)


def keep(folder: Path, label: str, cers: dict[str, float | None], searched: bool = True, seed: int = 0) -> Path:
    path = folder / f"vlm_sep_{label}.csv"
    prompts = {field: f"={label} {field}" for field in cers}
    collection.write(path, [Row(field, prompts[field], cer) for field, cer in cers.items()])
    if searched:
        fields = {field: replace(TAKEN, prompt=prompts[field]) for field in cers}
        record = SearchRecord("vlm", label, "g", "s", "mini", "d" * 64, seed, ("strip",), fields, {}, 0, {})
        search_record.write(search_record.beside(path), record)
    return path


@pytest.fixture
def three(tmp_path: Path) -> Path:
    keep(tmp_path, "b", {"СНИЛС": 0.25, "паспорт Имя": 0.5, "паспорт Пол": None})
    keep(tmp_path, "A", {"СНИЛС": 0.25, "паспорт Имя": 0.125, "паспорт Пол": 0.5})
    keep(tmp_path, "руками", {"СНИЛС": 0.75}, searched=False)
    keep(tmp_path, "of another answerer", {"СНИЛС": 0.0}).rename(tmp_path / "vlm2_sep_x.csv")
    (tmp_path / "vlm_sep_of another answerer.json").unlink()
    return tmp_path


def compared(folder: Path, labels: list[str] | None = None, fields: list[str] | None = None) -> Comparison:
    return compare(folder, "vlm", labels, fields)


def test_the_best_of_each_field_with_ties(three: Path) -> None:
    found = compared(three)
    assert [column.label for column in found.columns] == ["A", "b", "руками"]
    assert found.fields == ("СНИЛС", "паспорт Имя", "паспорт Пол")
    assert found.best("СНИЛС") == ["A", "b"]
    assert found.best("паспорт Имя") == ["A"]
    assert found.best("паспорт Пол") == [], "one alone has beaten nobody"
    assert [found.won(label) for label in ("A", "b", "руками")] == [["СНИЛС", "паспорт Имя"], ["СНИЛС"], []]


def test_a_mean_over_fewer_fields_wins_nothing(three: Path) -> None:
    found = compared(three)
    assert [found.mean(column) for column in found.columns] == [(0.875 / 3, 3), (0.375, 2), (0.75, 1)]
    assert found.best_mean() == []
    assert compared(three, fields=["СНИЛС", "паспорт Имя"]).best_mean() == ["A"]


def test_what_was_spent_is_summed_over_the_fields_that_are_shown(three: Path) -> None:
    found = compared(three, fields=["паспорт Имя", "СНИЛС"])
    sums = dict(zip(SPENT, (600, 8, 1800, 160, 0.04, 13), strict=True))
    assert [column.spent(found.fields) for column in found.columns] == [sums, sums, None]


def test_a_prompt_that_the_search_did_not_find_counts_nothing(three: Path) -> None:
    path = three / "vlm_sep_b.csv"
    first, *others = collection.read(path)
    collection.write(path, [replace(first, prompt="другое"), *others])
    (column,) = compared(three, ["b"]).columns
    assert column.spent(["СНИЛС"]) is None
    assert column.unrecorded(["СНИЛС", "паспорт Имя", "нет такого"]) == ["СНИЛС"]
    assert any("b: what was spent leaves out" in line and "СНИЛС" in line for line in compared(three).warnings())


def test_labels_and_fields_are_compared_in_nfc(three: Path) -> None:
    path = three / "vlm_sep_b.csv"
    collection.write(path, [Row(unicodedata.normalize("NFD", "паспорт  Йод"), "Назови", 0.1)])
    path.rename(three / f"vlm_sep_{unicodedata.normalize('NFD', 'мой')}.csv")
    (column,) = compared(
        three, [unicodedata.normalize("NFD", "мой")], [unicodedata.normalize("NFD", "паспорт Йод ")]
    ).columns
    assert column.label == "мой" and list(column.rows) == ["паспорт Йод"]
    with pytest.raises(PromptfitError, match=r'did you mean "паспорт Йод".*letters only look alike: o Latin'):
        compared(three, ["мой"], ["паспoрт Йод"])


def test_labels_stand_in_the_order_given_and_once(three: Path) -> None:
    assert [column.label for column in compared(three, ["руками", "A", "A"]).columns] == ["руками", "A"]


def test_other_data_seeds_and_chains_are_said(tmp_path: Path) -> None:
    keep(tmp_path, "a", {"СНИЛС": 0.25})
    keep(tmp_path, "b", {"СНИЛС": 0.25})
    assert compared(tmp_path).warnings() == []
    file = tmp_path / "vlm_sep_b.json"
    search_record.write(file, replace(search_record.read(file), data_digest="e" * 64, seed=5, chain=()))
    data, seeds, chains = compared(tmp_path).warnings()
    assert "mini (dddddddd): a; mini (eeeeeeee): b" in data
    assert "0: a; 5: b" in seeds
    assert "strip: a; none: b" in chains


def test_labels_without_a_record_are_said(three: Path) -> None:
    (line,) = compared(three).warnings()
    assert "руками" in line
    assert "A" not in line


def test_faults_name_the_file_and_the_remedy(three: Path) -> None:
    with pytest.raises(PromptfitError, match=r"no label 'c' of vlm .*: A, b, руками"):
        compared(three, ["c"])
    with pytest.raises(PromptfitError, match=r"no field 'Пол' .* паспорт Пол"):
        compared(three, fields=["Пол"])
    with pytest.raises(PromptfitError, match="make one: promptfit search model=other"):
        compare(three, "other", None, None)
    with pytest.raises(PromptfitError, match="promptfit search model=vlm"):
        compare(three / "not there", "vlm", None, None)
    file = three / "vlm_sep_b.json"
    search_record.write(file, replace(search_record.read(file), answerer="vlm2"))
    with pytest.raises(PromptfitError, match=r"vlm_sep_b\.json: .* for vlm2, not vlm"):
        compared(three)
    file.write_text("{")
    with pytest.raises(PromptfitError, match=r"vlm_sep_b\.json: no record of a search"):
        compared(three)
    (three / "vlm_sep_b.csv").write_text("x;y\n1;2\n")
    with pytest.raises(PromptfitError, match=r"vlm_sep_b\.csv: row 1"):
        compared(three)
