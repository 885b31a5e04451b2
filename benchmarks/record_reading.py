"""How many answers a second are read as records, in one thread, and what a hostile one of a megabyte takes.

Seconds are of the thread's own processor time, the best of some rounds, so that other work on the machine counts less.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from benchmarks.row import Row
from benchmarks.workspace import PROJECT
from promptfit.data.reader import load
from promptfit.readers.record_reader import RecordReader

ROUNDS = 5
MEGABYTE = 1_000_000
HOSTILE = {
    "brackets": ("", "["),
    "nested objects": ("", '{"Имя":'),
    "brackets and quotes": ("", '{"'),
    "quotes": ('{"Имя": ', '"'),
    "quotes and commas": ('{"Имя": "', 'b", c '),
    "list without commas": ('{"Имя": [', '"x" y '),
    "words without quotes": ("{Имя: ", "w, "),
    "a member over and over": ("{", '"Имя": "Пётр", '),
    "object after object": ("", '{"Имя":1}'),
}


def main() -> list[Row]:
    """Records of `large` as a model might write them."""
    read, texts = _records()
    return [
        _rate("well-formed", read, texts, 20_000),
        _rate("in a fence, with talk", read, [f"Вот данные:\n```json\n{one}\n```" for one in texts], 2_000),
        _rate("single quotes, a comma too many", read, [f"{one[:-1]},}}".replace('"', "'") for one in texts], 1_000),
        _rate("cut off", read, [one[: len(one) * 2 // 3] for one in texts], 1_000),
        _longest(read),
    ]


def _records() -> tuple[RecordReader, list[str]]:
    """The documents of the type with the most fields, each as one JSON object, and their reader."""
    documents: dict[str, dict[str, dict[str, str]]] = {}
    for sample in load(PROJECT / "data" / "large").samples:
        fields = documents.setdefault(sample.field.doc_type, {}).setdefault(sample.document, {})
        fields[sample.field.question_type or sample.field.doc_type] = sample.answer
    records = list(max(documents.values(), key=lambda own: max(map(len, own.values()))).values())
    keys = list(dict.fromkeys(key for record in records for key in record))
    whole = [record for record in records if len(record) == len(keys)]
    return RecordReader(keys), [json.dumps(record, ensure_ascii=False) for record in whole]


def _seconds(read: RecordReader, texts: Sequence[str]) -> float:
    started = time.thread_time()
    for text in texts:
        read(text)
    return time.thread_time() - started


def _rate(what: str, read: RecordReader, texts: Sequence[str], least: int) -> Row:
    rate = len(texts) / min(_seconds(read, texts) for _ in range(ROUNDS))
    told = f"{rate:,.0f} answers/s of {len(texts):,}"
    return Row(f"a record of {len(read.keys)} fields, {what}", told, f">= {least:,}", rate >= least)


def _longest(read: RecordReader) -> Row:
    found = {name: _seconds(read, [head + body * (MEGABYTE // len(body))]) for name, (head, body) in HOSTILE.items()}
    name, seconds = max(found.items(), key=lambda one: one[1])
    what = f"the slowest of {len(found)} hostile answers of a megabyte"
    return Row(what, f"{seconds:.1f} s ({name})", "<= 10 s", seconds <= 10)
