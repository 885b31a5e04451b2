"""Text normalisation as a visible chain of named steps, applied to truth and answer alike.

Texts are compared in NFC whatever the chain is: the same letters are the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from promptfit.support.texts import nfc, normalized, plain_spaces
from promptfit.types import PromptfitError

_PUNCTUATION = re.compile(r"[^\w\s]|_")
_SPACES = re.compile(r"\s+")

STEPS: dict[str, Callable[[str], str]] = {
    "strip": str.strip,
    "plain_spaces": plain_spaces,
    "lower": str.lower,
    "collapse_spaces": lambda text: _SPACES.sub(" ", text),
    "remove_spaces": lambda text: _SPACES.sub("", text),
    "remove_punctuation": lambda text: _PUNCTUATION.sub("", text),
    "nfc": nfc,
    "nfkc": lambda text: normalized("NFKC", text),
    "yo_to_ye": lambda text: text.replace("ё", "е").replace("Ё", "Е"),
}
"""Every step there is, by its name in the config. A new step is one line here."""


class Chain:
    """Normalises a text by a list of named steps, in their order.

    Args:
        steps: Names out of ``STEPS``. The default strips white space at both ends, as jiwer does.

    Raises:
        PromptfitError: A name is not in the registry.
    """

    def __init__(self, steps: Sequence[str] = ("strip",)) -> None:
        for step in steps:
            if step not in STEPS:
                known = ", ".join(STEPS)
                raise PromptfitError(f"unknown normalisation step {step!r} in the chain; known steps: {known}")
        self.steps = tuple(steps)
        self._functions = tuple(STEPS[step] for step in steps)

    def __call__(self, text: str) -> str:
        """Returns the text in NFC after all steps."""
        text = nfc(text)
        for function in self._functions:
            text = function(text)
        return text

    def __repr__(self) -> str:
        return f"Chain({list(self.steps)})"
