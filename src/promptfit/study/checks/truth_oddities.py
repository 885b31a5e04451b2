"""Oddities of true values that are seen in the texts alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from promptfit.data.schemas.unreadable_truths import unreadable_of
from promptfit.study.checks.finding import CheckedRow, Finding

_TOKENISED = re.compile(r"\w\s+(?:[.,;!?)\]](?=\s|\w|$)|[/'’]\w)|[(\[]\s+\w|\w/\s+\w")
"""A space before a mark that sticks to the word before it, after one that sticks to the next, or at one side of a /."""


def truth_oddities(rows: Sequence[CheckedRow]) -> Iterator[Finding]:
    """What is odd in the true values, each with its field's kind in ``Sample.kind``."""
    for one in rows:
        answers = one.sample.truths
        if not any(map(str.strip, answers)):
            yield one.odd("empty", "the true value is empty")
            continue
        if unreadable_of(one.sample):
            yield one.odd("type", f"none of its field's type, {one.sample.kind.type}")
        if found := next(filter(None, map(_TOKENISED.search, answers)), None):
            yield one.odd("tokenised", f'"{found[0].strip()}": is that how the document prints it?')
