"""Who may win: collections of every kind, and what is said about faulty ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.select.gather import gather
from promptfit.types import Field, PromptfitError

NAME, SNILS = Field("passport", "Имя"), Field("СНИЛС", "")
FIELDS = [NAME, SNILS]


def write(folder: Path, label: str, **prompts: str) -> Path:
    path = folder / f"tiny_sep_{label}.csv"
    rows = [Row({"name": NAME.name, "snils": SNILS.name}.get(key, key), text, 0.1) for key, text in prompts.items()]
    collection.write(path, rows)
    return path


def test_a_prompt_of_several_labels_is_one_candidate(tmp_path: Path) -> None:
    write(tmp_path, "edits", name="Имя?", snils="Номер?")
    write(tmp_path, "GPT4o", name="Имя?")
    write(tmp_path, "llama", name="Имя? ")
    found = gather(tmp_path, "tiny", FIELDS)
    assert found.labels == ("edits", "GPT4o", "llama")
    assert [(one.text, one.labels) for one in found.fields[NAME]] == [
        ("Имя?", ("edits", "GPT4o")),
        ("Имя? ", ("llama",)),
    ]
    assert found.fields[NAME][0].cers == {"edits": 0.1, "GPT4o": 0.1} and found.fields[NAME][0].cer == 0.1
    assert found.of("GPT4o") == {NAME: found.fields[NAME][0]}
    assert list(found.fields) == FIELDS and not found.warnings


def test_vlmhyperbenchs_hand_written_and_guarded_files_are_read(tmp_path: Path) -> None:
    write(tmp_path, "edits", name="=Имя?")
    theirs = tmp_path / "tiny_sep_bench.csv"
    theirs.write_text("prompt;doc_class_question_type;cer\nИмя латиницей;passport Имя;1.25\n", "utf-8")
    mine = tmp_path / "elsewhere" / "mine.csv"
    mine.parent.mkdir()
    mine.write_text("doc type question type,optimal prompt\nСНИЛС,Номер\n", "utf-8")
    found = gather(tmp_path, "tiny", FIELDS, [mine])
    assert [one.text for one in found.fields[NAME]] == ["Имя латиницей", "=Имя?"]
    assert found.fields[NAME][0].cer == 1.25
    assert found.fields[SNILS][0].labels == ("mine",) and found.fields[SNILS][0].cer is None


def test_unknown_fields_are_left_out_and_named(tmp_path: Path) -> None:
    path = write(tmp_path, "edits", name="Имя?", **{"passport Имъ": "x", "diploma Год": "y"})
    found = gather(tmp_path, "tiny", FIELDS)
    assert list(found.fields) == [NAME]
    unknown, bare = found.warnings
    assert str(path) in unknown and '"passport Имъ" (did you mean "passport Имя"?)' in unknown and "diploma" in unknown
    assert "СНИЛС" in bare


def test_only_unknown_fields_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "edits", **{"diploma Год": "y"})
    with pytest.raises(PromptfitError, match=r"none of the collections of tiny .*diploma Год"):
        gather(tmp_path, "tiny", FIELDS)


def test_no_collection_names_the_folder_and_the_remedy(tmp_path: Path) -> None:
    write(tmp_path, "edits", name="Имя?")
    with pytest.raises(PromptfitError, match=r"no prompt collection of other .*promptfit search model=other"):
        gather(tmp_path, "other", FIELDS)


def test_two_files_of_one_label_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "edits", name="Имя?")
    (tmp_path / "more").mkdir()
    with pytest.raises(PromptfitError, match='the label "edits"'):
        gather(tmp_path, "tiny", FIELDS, [write(tmp_path / "more", "edits", name="Как зовут?")])


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path, "edits", name="Имя?")
    assert gather(tmp_path, "tiny", FIELDS, [path]).labels == ("edits",)
