"""Writes and reads `selection.json`."""

from __future__ import annotations

from promptfit.select.selection_record import SelectionRecord
from promptfit.support.files.record_file import RecordFile

FILE = RecordFile(
    SelectionRecord, "selection", "run promptfit select again (it asks only what is not kept), or remove the file"
)
read, write = FILE.read, FILE.write
