"""A cache layer with room to grow holds what the library's own layer holds."""

from __future__ import annotations

from collections.abc import Callable

import torch
from transformers.cache_utils import DynamicLayer

from promptfit.answer.local.growing_cache import ROOM, GrowingLayer


def _states(rows: int, tokens: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(rows, 2, tokens, 4), torch.rand(rows, 2, tokens, 3)


def _same(one: DynamicLayer, two: DynamicLayer) -> bool:
    same: bool = torch.equal(one.keys, two.keys) and torch.equal(one.values, two.values)
    return same


def test_it_holds_what_the_librarys_layer_holds_past_its_room() -> None:
    torch.manual_seed(0)
    plain = DynamicLayer()
    plain.update(*_states(3, 9))
    growing = GrowingLayer(plain.keys, plain.values)
    for tokens in (5, *[1] * (2 * ROOM), 2 * ROOM, 1):
        new = _states(3, tokens)
        for one, two in zip(plain.update(*new), growing.update(*new), strict=True):
            assert torch.equal(one, two)
    assert growing.get_seq_length() == plain.get_seq_length() == 9 + 5 + 4 * ROOM + 1


def test_rows_may_be_chosen_and_tokens_cut_off() -> None:
    torch.manual_seed(0)
    plain = DynamicLayer()
    plain.update(*_states(3, 9))
    growing = GrowingLayer(plain.keys, plain.values)
    changes: tuple[Callable[[DynamicLayer], None], ...] = (
        lambda layer: layer.batch_select_indices(torch.tensor([2, 0])),
        lambda layer: layer.crop(-3),
        lambda layer: layer.batch_repeat_interleave(2),
        lambda layer: layer.reorder_cache(torch.tensor([3, 1, 0, 2])),
    )
    for change in changes:
        change(plain)
        change(growing)
        new = _states(len(plain.keys), 1)
        plain.update(*new)
        growing.update(*new)
        assert _same(plain, growing)


def test_what_it_took_over_is_not_written_to() -> None:
    torch.manual_seed(0)
    plain = DynamicLayer()
    plain.update(*_states(1, 9))
    held = plain.keys.clone()
    GrowingLayer(plain.keys, plain.values).update(*_states(1, 4))
    assert torch.equal(plain.keys, held)
