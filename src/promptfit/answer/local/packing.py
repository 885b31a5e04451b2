"""How much goes into a batch: so many requests, and no more tokens than memory takes."""

from __future__ import annotations

CALM = 8
"""Full batches that have to go well before more is tried again."""


class Packing:
    """The limits of a batch. Tokens are halved where memory did not suffice, and grow again while it does.

    Args:
        requests: At most so many.
        tokens: What memory takes by computation (``memory.room``).
    """

    def __init__(self, requests: int, tokens: int) -> None:
        self.requests, self.tokens = requests, tokens
        self._most, self._calm = tokens, 0

    def takes(self, requests: int, tokens: int) -> bool:
        """Whether a batch may be so large; one request always may."""
        return requests == 1 or (requests <= self.requests and tokens <= self.tokens)

    def failed(self, tokens: int) -> None:
        """Memory did not suffice for so many."""
        self.tokens, self._calm = max(1, min(self.tokens, tokens) // 2), 0

    def went(self, tokens: int) -> None:
        """Memory sufficed; others that took some of it may be gone by now."""
        self._calm += tokens > self.tokens // 2
        if self._calm == CALM:
            self.tokens, self._calm = min(self._most, self.tokens * 5 // 4 + 1), 0
