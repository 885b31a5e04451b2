"""What answers will cost, said before they are asked for."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from omegaconf import DictConfig

from promptfit.commands.shared.answerers import answerer_of
from promptfit.support.files import pixels
from promptfit.types import Sample

PROMPT_TOKENS = 150
"""Of a prompt with its system prompt, rather too many."""
IMAGES = 16


@runtime_checkable
class Priced(Protocol):
    """An answerer that somebody is paid for."""

    def quote(self, pixels: int, prompt_tokens: int) -> tuple[int, int, float]:
        """What one answer takes at most: tokens in, tokens out, money."""


def answers(cfg: DictConfig, requests: int, samples: Sequence[Sample]) -> list[str]:
    """What so many answers take at most, in words; nothing where the answerer is one's own.

    Args:
        cfg: With ``model``.
        requests: How many answers.
        samples: What is asked about; a seeded few of its images are measured.

    Raises:
        PromptfitError: The price is not known.
    """
    answerer = answerer_of(cfg)
    if not isinstance(answerer, Priced) or not samples:
        return []
    taken, said, money = answerer.quote(_pixels(samples), PROMPT_TOKENS)
    return [
        f"{cfg.model.name}: at most some {requests * taken:,} tokens in, {requests * said:,} out, money "
        f"{requests * money:.2f} in the currency of its price"
    ]


def _pixels(samples: Sequence[Sample]) -> int:
    """The mean of some images; one that can't be opened is named when it is asked about."""
    files = sorted({sample.image for sample in samples})
    sizes = [pixels.size(path) for path in random.Random(0).sample(files, min(IMAGES, len(files)))]
    areas = [size[0] * size[1] for size in sizes if size]
    return sum(areas) // len(areas) if areas else 0
