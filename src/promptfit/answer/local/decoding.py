"""Generates behind shared images, a few tokens at a time: rows whose answer has ended leave the batch between them.

``generate`` runs all rows until the longest answer ends, and most answers are short. What it is given again is what it
returned: the tokens so far and their cache, without the rows that ended. Tokens are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from promptfit.answer.local.branch_layer import select
from promptfit.answer.local.loaded import Loaded
from promptfit.answer.local.prefix import Branches, select_deltas
from promptfit.answer.local.shared_attention import sharing

if TYPE_CHECKING:
    from promptfit.answer.local.constrained import GrammarMask

SPAN = 8
"""Tokens until rows may leave."""
SIMPLE = frozenset({"do_sample", "max_new_tokens", "repetition_penalty"})
"""Options of ``generate`` under which a token depends on the tokens before it alone, not on where a call began."""


def decode(loaded: Loaded, made: Branches, masks: Sequence[GrammarMask]) -> list[list[int]]:
    """The new tokens of every row, up to and with the one that ends it, as far as there is one.

    Args:
        loaded: The loaded checkpoint.
        made: Its rows; their cache is used up.
        masks: What holds them to schemas.
    """
    settings = loaded.settings.generated
    left = int(settings["max_new_tokens"])
    greedy = settings.keys() <= SIMPLE and not settings["do_sample"]
    span = SPAN if greedy else left
    ids, mask, cache = made.ids, made.mask, made.shared()
    rows, said = torch.arange(len(ids), device=ids.device), [list[int]() for _ in ids]
    with sharing(loaded.model):
        while left > 0 and len(rows):
            out = loaded.generate(
                input_ids=ids,
                attention_mask=mask,
                past_key_values=cache,
                max_new_tokens=min(span, left),
                logits_processor=list(masks),
                return_dict_in_generate=True,
            )
            new = out.sequences[:, ids.shape[1] :]
            left -= new.shape[1]
            going = _add(loaded, said, rows, new)
            ids = out.sequences[going]
            mask = torch.cat([mask[going], mask.new_ones(len(going), new.shape[1])], dim=1)
            rows = rows[going]
            for held in masks:
                held.select(going)
            if left > 0 and 0 < len(going) < len(new):
                select(cache.layers, going)
                select_deltas(loaded.model, going)
    return said


def _add(loaded: Loaded, said: Sequence[list[int]], rows: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    """Adds new tokens to their rows; returns which of them go on."""
    going = []
    for place, (row, tokens) in enumerate(zip(rows.tolist(), new.tolist(), strict=True)):
        own = loaded.spoken(tokens)
        said[row].extend(tokens[: len(own) + 1])
        if len(own) == len(tokens):
            going.append(place)
    return torch.tensor(going, dtype=torch.long, device=new.device)
