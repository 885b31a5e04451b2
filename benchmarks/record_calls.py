"""Seconds of one record's answer against those of a call a field, on the same documents, with image reuse.

Both in the wordings that docvlm-tiny was taught, by transformers and by vLLM, in turns; a ratio is the median of the
rounds' ratios. PROMPTFIT_ROUNDS and PROMPTFIT_IMAGES (a document type) make another size.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks import environments
from benchmarks.reading import best_of_field, best_of_record
from benchmarks.row import Row
from benchmarks.throughput_work import PROJECT, TINY, Ask
from benchmarks.throughput_worker import started, write_work
from promptfit.data.reader import load
from promptfit.data.records import asked
from promptfit.types import Sample

ROUNDS, IMAGES = 5, 16
GOAL = 0.25
ARMS = {"transformers": ("ours:docvlm-tiny:records", ""), "vLLM": ("ours:docvlm-tiny-vllm:records", "vllm")}


def main() -> list[Row]:
    """Lets both back ends answer both ways, round after round."""
    rounds = int(os.environ.get("PROMPTFIT_ROUNDS", ROUNDS))
    fields, records = _asks(int(os.environ.get("PROMPTFIT_IMAGES", IMAGES)))
    split, end = len(fields), len(fields) + len(records)
    logs = PROJECT / "outputs" / "bench" / "record_calls"
    logs.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory(prefix="promptfit-bench-") as folder, ExitStack() as stack:
        work = Path(folder) / "work.json"
        write_work(work, TINY, [*fields, *records])
        for name, (factory, environment) in ARMS.items():
            python = environments.vllm() if environment else Path(sys.executable)
            worker = stack.enter_context(started(factory, python, work, logs / f"{name}.log"))
            worker(0, end)  # what is done once, at the first request, is not timed
            ratios, seconds = [], []
            for number in range(rounds):
                ways = {"fields": (0, split), "record": (split, end)}
                order = list(ways)[:: 1 if number % 2 else -1]
                took = {way: worker(*ways[way]).seconds for way in order}
                ratios.append(took["record"] / took["fields"])
                seconds.append(1000 * took["record"] / len(records))
            told = (
                f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}); {median(seconds):.0f} s a 1,000 documents"
            )
            rows.append(
                Row(f"{name}: seconds of one call / of a call a field", told, f"<= {GOAL}", median(ratios) <= GOAL)
            )
    return rows


def _asks(images: int) -> tuple[list[Ask], list[Ask]]:
    """Of so many documents of each type: every field alone, and the record."""
    data = load(PROJECT / "data" / "large")
    whole = asked(data, "record", "").samples
    chosen = [one for name in dict.fromkeys(s.field.doc_type for s in whole) for one in _first(whole, name, images)]
    parts = [part for one in chosen if one.record for part in one.record.samples]
    return (
        [_ask(one, best_of_field(one.field)) for one in parts],
        [_ask(one, best_of_record(one.field.doc_type)) for one in chosen],
    )


def _first(samples: tuple[Sample, ...], doc_type: str, count: int) -> list[Sample]:
    return [one for one in samples if one.field.doc_type == doc_type][:count]


def _ask(sample: Sample, prompt: str) -> Ask:
    return Ask(str(sample.image), sample.shown_digest, prompt, sample.answer)
