"""Images in a talk with a generator: bounded in number and pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from promptfit.generate.generator import Message
from promptfit.support.files import pixels
from promptfit.support.http import prices
from promptfit.support.http.data_url import SentBounds, picture


def contents(messages: Sequence[Message], most: int, max_pixels: int) -> list[dict[str, Any]]:
    """Returns the messages as the chat completions API has them: images before the text.

    Args:
        messages: The talk.
        most: Images of the whole talk; those beyond are left out. 0 where the model does not see.
        max_pixels: Larger images are shrunk to this many pixels, none is enlarged.

    Raises:
        PromptfitError: An image is missing or cannot be read.
    """
    written: list[dict[str, Any]] = []
    for message, paths in zip(messages, shown(messages, most), strict=True):
        parts: list[dict[str, Any]] = [
            {"type": "image_url", "image_url": {"url": picture(path, SentBounds(max_pixels)).url}} for path in paths
        ]
        content = [*parts, {"type": "text", "text": message.text}] if parts else message.text
        written.append({"role": message.role, "content": content})
    return written


def shown(messages: Sequence[Message], most: int) -> list[tuple[Path, ...]]:
    """Returns each message's images that are shown, the first ones of the talk."""
    kept = []
    for message in messages:
        kept.append(message.images[:most])
        most -= len(kept[-1])
    return kept


def tokens_in(messages: Sequence[Message], most: int, max_pixels: int) -> int:
    """Estimates the tokens of a talk, rather too many.

    An image that cannot be read counts as the largest: the call itself says what is amiss.
    """
    total = 0
    for message, paths in zip(messages, shown(messages, most), strict=True):
        seen = (prices.tokens_of_image(_pixels(path, max_pixels)) for path in paths)
        total += 10 + prices.tokens_of(message.text) + sum(seen)
    return total


def _pixels(path: Path, max_pixels: int) -> int:
    size = pixels.size(path)
    return min(size[0] * size[1], max_pixels) if size else max_pixels
