"""Holds generated tokens to JSON Schemas, row by row. Everything here needs torch and xgrammar.

A row's grammar knows what its answer has said so far, and before each token leaves none but those that it can go on
with. Rows without a grammar are free.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import xgrammar
from transformers import LogitsProcessor

WHITESPACE = 16
"""Characters of it in a row that JSON may have between its parts: a model that may not talk might go on for ever."""


class Grammars:
    """The grammars of JSON Schemas in a tokenizer's tokens.

    Args:
        tokenizer: Of the checkpoint.
        vocabulary: How many tokens the model chooses from; the tokenizer may know fewer.
        ends: The tokens that end an answer.
    """

    def __init__(self, tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> None:
        self._vocabulary = vocabulary
        known = xgrammar.TokenizerInfo.from_huggingface(
            tokenizer, vocab_size=vocabulary, stop_token_ids=list(ends) or None
        )
        self._compiler = xgrammar.GrammarCompiler(known, max_threads=torch.get_num_threads())

    def mask(self, constraints: Sequence[str], begin: int) -> GrammarMask:
        """What holds the rows of a batch to their schemas.

        Args:
            constraints: A JSON Schema a row; empty where the row is free.
            begin: The column that answers begin in.
        """
        return GrammarMask([self._matcher(one) if one else None for one in constraints], self._vocabulary, begin)

    def _matcher(self, schema: str) -> Any:
        compiled = self._compiler.compile_json_schema(schema, max_whitespace_cnt=WHITESPACE)  # it keeps what it made
        return xgrammar.GrammarMatcher(compiled)


class GrammarMask(LogitsProcessor):
    """Leaves each row of a batch the tokens that its grammar allows.

    ``generate`` may be called several times with it, with all tokens so far: it reads those that are new to it.
    """

    def __init__(self, matchers: Sequence[Any], vocabulary: int, begin: int) -> None:
        self._matchers, self._read = list(matchers), begin
        self._allowed = xgrammar.allocate_token_bitmask(len(matchers), vocabulary)  # of a free row all, to its end

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Takes note of the new tokens, and rules out those that can't follow; shapes ``(rows, tokens or vocabulary)``.

        Raises:
            ValueError: A token came that was ruled out.
        """
        new = input_ids[:, self._read :].tolist()
        self._read = input_ids.shape[1]
        for row, (matcher, tokens) in enumerate(zip(self._matchers, new, strict=True)):
            if matcher is not None:
                self._advance(row, matcher, tokens)
        xgrammar.apply_token_bitmask_inplace(scores, self._allowed.to(scores.device))
        return scores

    def _advance(self, row: int, matcher: Any, tokens: Sequence[int]) -> None:
        for token in tokens:
            if not matcher.is_terminated() and not matcher.accept_token(token):
                raise ValueError(f"token {token} is none that the answer's JSON Schema allows")
        if matcher.is_terminated():
            self._allowed[row] = -1  # what follows is padding
        else:
            matcher.fill_next_token_bitmask(self._allowed, row)

    def select(self, rows: torch.Tensor) -> None:
        """Only these rows go on."""
        self._matchers = [self._matchers[row] for row in rows.tolist()]
        self._allowed = self._allowed[rows.cpu()]
