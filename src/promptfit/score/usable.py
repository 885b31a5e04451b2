"""Whether a prompt that was chosen is of any use."""

from __future__ import annotations

USELESS = 0.5
"""CER from which on a prompt is of no use: half of what stands there is read wrongly, or more."""


def is_usable(cer: float) -> bool:
    """Whether somebody would use answers of this CER."""
    return cer < USELESS
