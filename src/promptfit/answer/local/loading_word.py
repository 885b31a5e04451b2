"""A word while gigabytes are fetched and loaded: how much, and every few seconds how far."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm
from transformers.utils import logging as transformers_logging

log = logging.getLogger(__name__)

GIB = 2**30
EVERY = 10.0
"""Seconds between two words."""


class Told(tqdm):
    """A bar of the libraries' own that draws nothing: it would write into the search's. It logs a line now and then."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self._said = time.monotonic()
        super().__init__(*args, **{**more, "file": io.StringIO(), "disable": False})

    def display(self, *_: Any, **__: Any) -> bool:
        """Called by tqdm several times a second."""
        if self.total and self.n < self.total and time.monotonic() - self._said >= EVERY:
            self._said = time.monotonic()
            log.info("%s: %.0f %%", (self.desc or "loading").strip(": "), 100 * self.n / self.total)
        return True


@contextmanager
def watched(name: str, size: int, place: str) -> Iterator[type[Told]]:
    """Says what is loaded if that will be noticed, and how far it is; yields the bar for downloads.

    Args:
        name: Of the checkpoint.
        size: Bytes of its weights; 0 where they are not here yet.
        place: Where it goes, and in which number format.
    """
    if not size or size >= GIB:
        what = f"{size / GIB:.1f} GiB of weights" if size else "weights that the hub has"
        log.info("loading %s: %s, to %s", name, what, place)
    before = transformers_logging.set_tqdm_hook(_bar)
    began = time.monotonic()
    try:
        yield Told
    finally:
        transformers_logging.set_tqdm_hook(before)
    if (took := time.monotonic() - began) >= EVERY:
        log.info("loaded in %.0f s", took)


def _bar(_: Callable[..., Any], args: tuple[Any, ...], more: dict[str, Any]) -> Told:
    return Told(*args, **more)
