"""A record's answer as the readings of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from promptfit.data.records import as_json
from promptfit.readers.record_reader import CUT_OFF, RecordReader, RecordReading
from promptfit.readers.repairs import Repair
from promptfit.readers.steps import Reader
from promptfit.types import Reading, Record

EXTRA_KEY = "extra key"
_REPAIRS = frozenset(map(str, Repair))


def read_record(record: Record, text: str, reader: Reader) -> tuple[Reading, list[Reading]]:
    """Reads a record.

    Args:
        record: What was asked for.
        text: The answer as it came.
        reader: What the answer goes through first.

    Returns:
        What was read as a whole, and the reading of each of its samples.
    """
    found = _reader_of(record.keys, reader.names)(text)
    asked = [found.fields[one.field.key] for one in record.samples]
    values = {key: None if one.fault else one.value for key, one in found.fields.items()}
    faults = {one.fault for one in asked}
    fault = faults.pop() if len(faults) == 1 else ""
    return Reading("" if fault else as_json(values), fault, _notes(found)), asked


def fields_read(keys: tuple[str, ...], text: str, reader: Reader) -> Mapping[str, Reading]:
    """The reading of every key of a record."""
    return _reader_of(keys, reader.names)(text).fields


def is_faithful(reading: Reading) -> bool:
    """Structural fidelity of a record: it was JSON, all of it, with all keys and no others; repairs are allowed."""
    return all(map(is_repair, reading.notes))


def is_repair(note: str) -> bool:
    """Whether a note of a reading is of something that was put right."""
    return note in _REPAIRS


def _notes(found: RecordReading) -> tuple[str, ...]:
    """All that keeps the answer from being the JSON that was asked for; nothing where it is."""
    missing = [one.fault for one in found.fields.values() if one.fault]
    broken = [] if found.parsed or missing else [CUT_OFF]
    extra = [EXTRA_KEY] if found.extra else []
    return tuple(dict.fromkeys([*missing, *broken, *extra, *map(str, found.repairs)]))


@lru_cache(256)
def _reader_of(keys: tuple[str, ...], steps: tuple[str, ...]) -> RecordReader:
    return RecordReader(keys, before=Reader(steps))
