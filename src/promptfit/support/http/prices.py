"""What a call costs: prices, estimates of tokens, and usage that can be believed."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeGuard

from promptfit.support.http.price_table import table
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)

MILLION = 1_000_000
DEAREST = 1000.0
"""Money for one call; more of it is a mistake of the server's."""


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens."""

    input: float
    output: float

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """Returns the money for so many tokens."""
        return (tokens_in * self.input + tokens_out * self.output) / MILLION


def price_of(config: str, model: str, given: Mapping[str, float] | None) -> Price:
    """Returns the price in the config, or else the one in litellm's table.

    Args:
        config: The configuration's path, for the message.
        model: The model's name in litellm's table.
        given: ``input`` and ``output``, per million tokens.

    Raises:
        PromptfitError: The price is not known, or is no price.
    """
    if given is None:
        known = table().get(model) or {}
        given = {
            side: MILLION * known[f"{side}_cost_per_token"]
            for side in ("input", "output")
            if isinstance(known.get(f"{side}_cost_per_token"), int | float)
        }
    fit = all(isinstance(each, int | float) and 0 <= each < math.inf for each in given.values())
    if set(given) != {"input", "output"} or not fit:
        raise PromptfitError(
            f"{config}: the price of {model!r} is not known; write what a million tokens cost, like "
            "price: {input: 2.5, output: 10}, or price: {input: 0, output: 0} for a model of your own"
        )
    return Price(**given)


def tokens_of(text: str) -> int:
    """Estimates a text's tokens, rather too many: about 2.5 letters each, 1.5 of other alphabets than ours."""
    latin = sum(letter.isascii() for letter in text)
    return math.ceil(latin / 2.5 + (len(text) - latin) / 1.5)


def tokens_of_image(pixels: int) -> int:
    """Estimates an image's tokens, rather too many.

    They are 300 and one for every 500 pixels: more than OpenAI's tiles, Claude's pixels / 750 and Qwen-VL's
    pixels / 784.
    """
    return 300 + pixels // 500


def believed(usage: object, config: str, sent: int, said: int, most: int) -> tuple[int, int]:
    """Returns tokens in and out as the server says, or estimates of them where that cannot be.

    Args:
        usage: What the reply says, whatever it is.
        config: The configuration's path, for the warning.
        sent: Estimate of the tokens sent.
        said: Estimate of the tokens of the reply's text.
        most: Tokens that the reply was allowed.
    """
    counts = usage if isinstance(usage, Mapping) else {}
    taken, total = counts.get("prompt_tokens"), counts.get("total_tokens")
    given = counts.get("completion_tokens", None if total is None else 0)
    # Thoughts count as tokens and are not always bounded; a hundredfold is no way of counting any more.
    if _count(taken, 1, 100 * sent + 1000) and _count(given, min(said, 1), 10 * most + 1000):
        return taken, max(given, _thought(total, taken, 10 * most + 1000))
    _tell(config, str(taken), str(given))
    return sent, said


def _thought(total: object, taken: int, most: int) -> int:
    """Tokens out by the total, which alone holds the thoughts where a server (Gemini's) counts the text apart."""
    return total - taken if _count(total, taken, taken + most) else 0


def cost_of(usage: object, price: Price, tokens: tuple[int, int]) -> float:
    """Returns the money for a call: what the server says that it took (OpenRouter's do), or by the price.

    Args:
        usage: What the reply says, whatever it is.
        price: For a million tokens.
        tokens: In and out.
    """
    told = usage if isinstance(usage, Mapping) else {}
    details = told.get("cost_details")
    # with a key of one's own for the host, that asks for the call, too
    more = details.get("upstream_inference_cost") if told.get("is_byok") and isinstance(details, Mapping) else None
    billed = [one for one in (told.get("cost"), more) if one is not None]
    if not billed or not all(_money(one) for one in billed):
        return price.of(*tokens)
    return float(sum(billed))


def _money(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= DEAREST


def _count(value: object, least: int, most: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


@lru_cache(maxsize=1000)
def _tell(config: str, taken: str, given: str) -> None:
    """Once: a server that counts wrongly does so at every call."""
    log.warning(
        "%s: the server reports %s tokens in and %s out, which can't be; estimated instead", config, taken, given
    )
