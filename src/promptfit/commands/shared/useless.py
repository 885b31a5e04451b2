"""What is said where the best that was found is of no use, and what to try."""

from __future__ import annotations

from collections.abc import Mapping

from promptfit.score.usable import is_usable
from promptfit.support.enumerated import some


def useless(cers: Mapping[str, float]) -> list[str]:
    """Names the fields, with the CERs of their prompts, for which nothing usable was found; nothing where all are good.

    Args:
        cers: CER by the field's name.
    """
    named = [f"{name} (CER {cer:.2f})" for name, cer in cers.items() if not is_usable(cer)]
    if not named:
        return []
    return [
        f"nothing usable was found for {some(named)}: half of the characters are wrong, or more, so nothing of it goes "
        "to the prompt registry. Look at the answers (promptfit try … worst=20): where they are about another place, "
        "search with a generator that sees the mistakes (generator=…) or a larger budget.per_field; where they are "
        "unreadable, a larger image or another model helps, and no prompt does"
    ]
