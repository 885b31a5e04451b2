"""Cells that a spreadsheet would run as formulas, and the ``'`` that keeps it from that."""

from __future__ import annotations

import re

_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b"
"""How a formula begins; a Japanese or Chinese spreadsheet takes the wide forms for the same."""
_SKIPPED = "\x00-\x1f\x7f-\x9f\ufeff"
"""What a spreadsheet leaves out at the start of a cell."""
_FIGURE = r"-\d+\.\d+\Z"
"""A table's own negative figures stay numbers."""
_FIRST = rf"(?!{_FIGURE})(?=\"*['{_FORMULA}{_SKIPPED}])"
_AFTER = "(?<=[,;\t\r\n])"
"""Where a cell begins if the file is opened with another delimiter, which takes quotes within a cell for letters."""
_GUARDED = re.compile(rf"\A{_FIRST}|{_AFTER}(?='*\"*[{_FORMULA}])")
_GUARDS = re.compile(rf"\A'{_FIRST}|{_AFTER}'(?='*\"*[{_FORMULA}])")


def guard(cell: str) -> str:
    """Makes a cell safe to open in a spreadsheet, whatever delimiter that takes; `unguard` takes it back.

    A negative figure stays one, and so does all text that no spreadsheet would run.
    """
    return _GUARDED.sub("'", cell)


def unguard(cell: str) -> str:
    """``unguard(guard(cell)) == cell``; a ``'`` that no guard would have written stays, for files made by hand."""
    return _GUARDS.sub("", cell)
