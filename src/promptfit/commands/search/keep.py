"""Prompt collections as stages write them: whole, or some fields of one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from promptfit.commands.search.kept_rows import KeptRow
from promptfit.data import collection, search_record
from promptfit.data.collection import Row
from promptfit.data.grouping import document_digests
from promptfit.data.search_record import FieldRecord, SearchRecord
from promptfit.generate.author import Author
from promptfit.score.metrics import CER, Metric
from promptfit.search.search_run import FieldResult, SearchResult
from promptfit.support.files.writing import one_at_a_time
from promptfit.types import Field, Sample


def rows_of(result: SearchResult, kept: Mapping[Field, KeptRow]) -> list[Row]:
    """A row a field, a kept one where there is one; the CER is the one measured on the holdout, if there is one."""
    found = {
        one.field: Row(one.field.name, one.prompt.text, one.holdout.cer if one.holdout else None)
        for one in result.fields
    }
    return [kept[field].row if field in kept else row for field, row in found.items()]


def write_rows(path: Path, rows: Sequence[Row]) -> list[str]:
    """Writes some fields of a collection, and leaves its others as they are.

    Args:
        path: Its file.
        rows: One a field.

    Returns:
        Which prompts gave way to others, in words.
    """
    with one_at_a_time():
        before = {row.name: row for row in (collection.read(path) if path.is_file() else [])}
        collection.write(path, {**before, **{row.name: row for row in rows}}.values())
    old = [(before[row.name], row) for row in rows if row.name in before and row.prompt != before[row.name].prompt]
    return [f"{new.field}: {was.prompt!r} gave way to {new.prompt!r}" for was, new in old]


def record_of(
    params: Mapping[str, object],
    digest: str,
    splits: Mapping[str, Sequence[Sample]],
    result: SearchResult,
    author: Author,
) -> SearchRecord:
    """What a search found and spent.

    Args:
        params: As ``setting.params`` gives them.
        digest: The data's.
        splits: The samples that the search was given, by part.
        result: What was found.
        author: Knows what the generator took.
    """
    return SearchRecord(
        answerer=str(params["answerer"]),
        label=str(params["label"]),
        generator=str(params["generator"]),
        strategy=str(params["strategy"]),
        dataset=str(params["dataset"]),
        data_digest=digest,
        seed=int(str(params["seed"])),
        reader=tuple(str(params["reader"]).split(",")),
        chain=tuple(str(params["chain"]).split(",")),
        fields={one.field.name: _field_record(one, author, result.metric) for one in result.fields},
        replies=dict(author.replies),
        leaked=result.leaked,
        documents={part: sorted(document_digests(own).values()) for part, own in splits.items()},
        objective=result.metric.name,
    )


def write_record(path: Path, record: SearchRecord) -> Path:
    """Writes the record beside its collection; fields of an earlier one that were not searched stay as they are.

    Args:
        path: The collection's file.
        record: What to write.

    Returns:
        The record's file.
    """
    file = search_record.beside(path)
    with one_at_a_time():
        search_record.write(file, record.over(search_record.read(file)) if file.is_file() else record)
    return file


def _field_record(one: FieldResult, author: Author, metric: Metric) -> FieldRecord:
    return FieldRecord(
        prompt=one.prompt.text,
        cer_holdout=one.holdout.cer if one.holdout else None,
        cer_search=one.search.cer,
        requests=one.requests,
        prompts=one.proposed,
        objective_holdout=one.holdout.values[metric.name] if one.holdout and metric is not CER else None,
        objective_search=one.search.values[metric.name] if metric is not CER else None,
        **asdict(author.spending.spent(one.field)),
    )
