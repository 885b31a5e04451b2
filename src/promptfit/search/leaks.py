"""The guard against true answers in prompts: a prompt that says the answer measures nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

FEW_ANSWERS = 10
"""Fields with at most so many distinct answers (the sex, say) may name them: that is their format."""
SHORTEST = 4
"""Characters of a token under which it is no telltale."""
_TOKEN = re.compile(r"\w+")


class Guard:
    """Knows the true answers of one field's search split.

    A prompt leaks if it has a whole true answer as whole tokens, or a token of at least ``SHORTEST`` characters that
    one answer alone has, of those that it is asked about: among a thousand answers every common word is some firm's
    name. What several answers share (a town's "гор.", a firm's "ООО") is vocabulary, and may be said.

    Args:
        answers: The true answers, with repeats.
        known: Words that the field itself is made of; they are no leak.
        asked: Those of the documents that prompts are asked of; all if left out.
    """

    def __init__(self, answers: Iterable[str], known: str = "", asked: Iterable[str] | None = None) -> None:
        distinct = {_tokens(answer) for answer in answers}
        counted: dict[str, int] = {}
        for answer in distinct if asked is None else {_tokens(answer) for answer in asked}:
            for token in set(answer):
                counted[token] = counted.get(token, 0) + 1
        guarded = len(distinct) > FEW_ANSWERS
        field = _tokens(known)
        self._tokens = {
            token for token, answers in counted.items() if guarded and answers == 1 and len(token) >= SHORTEST
        } - set(field)
        self._answers = {answer for answer in distinct if guarded and sum(map(len, answer)) >= SHORTEST} - {field}

    def leak(self, prompt: str) -> str:
        """Returns what the prompt gives away, or an empty text."""
        tokens = _tokens(prompt)
        if found := self._tokens.intersection(tokens):
            return min(found)
        for length in {len(answer) for answer in self._answers}:
            for start in range(len(tokens) - length + 1):
                if tokens[start : start + length] in self._answers:
                    return " ".join(tokens[start : start + length])
        return ""


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text.casefold()))
