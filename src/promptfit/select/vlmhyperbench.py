"""The winners' answers as VLMHyperBench's ``metric_evaluator`` takes them, and the tables that it makes of them.

``answers.csv`` is its input (``id`` is the row of the data set's ``annotation.csv``, counted from 0). The others are
what its aggregators ``by_id``, ``by_doc_question``, ``by_doc_type`` and ``general`` write with
``metrics=["WER", "CER"]``: the same columns, and jiwer's numbers over the texts as they are. BLEU is left out: it would
take another package, and says little about values of a word or two. Where pandas would make something else of a cell,
the cell is kept: a field without a question type has a row in ``by_doc_question``, and an empty answer is empty and not
the text ``nan``. Of several true answers the best one counts here; it would take their JSON list for one text. Cells
that a spreadsheet would run are guarded in all tables that people open; ``answers.csv`` is read by a program, which
would take the guard for a part of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from promptfit.data.accepted_truths import cell_of
from promptfit.data.annotation import BOX, COLUMNS, format_box
from promptfit.data.reader import Dataset
from promptfit.score.cer import count
from promptfit.score.metrics import CER, METRICS
from promptfit.score.normalize import Chain
from promptfit.support.files.writing import write_raw_table, write_table
from promptfit.types import Counts, Sample, Scored, ValueKind

ERRORS = ("wer_error", "cer_error")
AS_IT_IS = ValueKind(absent=())
"""VLMHyperBench knows no word that means that nothing is there."""
KEYS: dict[str, tuple[str, ...]] = {"by_doc_question": ("doc_class", "question_type"), "by_doc_type": ("doc_class",)}

Row = tuple[int, Scored, Counts]


def write(folder: Path, data: Dataset, scored: Sequence[Scored]) -> list[Path]:
    """Writes the five tables.

    Args:
        folder: Where to; it is made.
        data: The data set that the samples are of.
        scored: The winners' answers.

    Returns:
        The files.
    """
    place = {_key(sample): index for index, sample in enumerate(data.samples)}
    samples, said = [one.sample for one in scored], [one.reading.value for one in scored]
    accepted = [one.accepted for one in samples]
    counts = count([one.answer for one in samples], said, Chain(), [AS_IT_IS] * len(scored), accepted)
    rows = sorted(zip((place[_key(one.sample)] for one in scored), scored, counts, strict=True), key=lambda row: row[0])
    tables: dict[str, tuple[Sequence[str], list[list[str]]]] = {
        "answers": (("id", "model_answer"), [[str(number), one.reading.value] for number, one, _ in rows]),
        "by_id": (("id", "model_answer", *COLUMNS, *ERRORS), [_by_id(data.root, row) for row in rows]),
        "by_doc_question": _grouped(rows, KEYS["by_doc_question"], lambda s: (s.field.doc_type, s.field.question_type)),
        "by_doc_type": _grouped(rows, KEYS["by_doc_type"], lambda s: (s.field.doc_type,)),
        "general": (ERRORS, [_errors([counts for *_, counts in rows])]),
    }
    files = []
    for name, (columns, cells) in tables.items():
        files.append(folder / f"{name}.csv")
        (write_raw_table if name == "answers" else write_table)(files[-1], columns, cells)
    return files


def _by_id(root: Path, row: Row) -> list[str]:
    number, one, counts = row
    sample = one.sample
    told = {
        "data_index": sample.data_index or sample.document,
        "split": sample.split,
        "image_path": sample.image.relative_to(root).as_posix(),
        "question": sample.question,
        "answer": cell_of(sample.truths),
        "doc_class": sample.field.doc_type,
        "question_type": sample.field.question_type,
        BOX: format_box(sample.box),
    }
    return [str(number), one.reading.value, *(told[column] for column in COLUMNS), *_errors([counts])]


def _grouped(
    rows: Sequence[Row], columns: Sequence[str], key: Callable[[Sample], tuple[str, ...]]
) -> tuple[Sequence[str], list[list[str]]]:
    """A row a group, in the order of their names, as pandas has them."""
    groups: dict[tuple[str, ...], list[Counts]] = {}
    for _, one, counts in rows:
        groups.setdefault(key(one.sample), []).append(counts)
    return (*columns, *ERRORS), [[*names, *_errors(groups[names])] for names in sorted(groups)]


def _errors(counts: Sequence[Counts]) -> list[str]:
    """WER and CER of a list, all its digits."""
    return [repr(metric.of(counts)) for metric in (METRICS["wer"], CER)]


def _key(sample: Sample) -> tuple[Path, str]:
    return sample.image, sample.field.name
