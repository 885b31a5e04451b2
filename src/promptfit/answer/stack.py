"""The one answer path: what was answered before comes out of the cache, the rest is asked of the back end.

What a request's alteration does to its image is done where the back end reads it (``answer/shown.py``), so that an
image is altered only for answers that are not kept.
"""

from __future__ import annotations

from pathlib import Path

from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer


def stacked(answerer: Answerer, cache: Path) -> CachedAnswerer:
    """Puts the cache before a back end.

    Args:
        answerer: The back end.
        cache: The SQLite file of kept answers.

    Raises:
        PromptfitError: The file cannot be opened.
    """
    return CachedAnswerer(answerer, AnswerCache(cache))
