"""The one answer path: what was answered before comes out of the cache, the rest is asked of the back end.

What a request's alteration does to its image is done where the back end reads it (``answer/shown.py``), so that an
image is altered only for answers that are not kept.
"""

from __future__ import annotations

from pathlib import Path

from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.data.privacy import Privacy


def stacked(answerer: Answerer, cache: Path, privacy: Privacy | None = None) -> CachedAnswerer:
    """Puts the cache before a back end.

    Args:
        answerer: The back end.
        cache: The SQLite file of kept answers.
        privacy: What a back end elsewhere may not be shown.

    Raises:
        PromptfitError: The file cannot be opened, or the data must stay on this machine and the back end is elsewhere.
    """
    return CachedAnswerer(answerer, AnswerCache(cache), privacy)
