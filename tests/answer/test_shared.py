"""Attention over a shared image is the library's attention over a copy of the image for every prompt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers.cache_utils import DynamicLayer

from promptfit.answer.local import shared_attention
from promptfit.answer.local.batch_layout import BatchLayout
from promptfit.answer.local.branch_layer import BranchLayer
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.local.shared_attention import attention, sharing
from promptfit.answer.local.weighed_attention import weighed
from promptfit.types import PromptfitError, Request

OWNERS = {"in order": [0, 0, 1, 1], "mixed": [1, 0, 2, 1, 1, 0], "one each": [0, 1], "one for all": [0, 0, 0]}


def _image(images: int, key_heads: int, tokens: int, dtype: torch.dtype) -> DynamicLayer:
    layer = DynamicLayer()
    layer.update(*(torch.randn(images, key_heads, tokens, 8, dtype=dtype) for _ in "kv"))
    return layer


@pytest.mark.parametrize("owners", OWNERS.values(), ids=OWNERS)
@pytest.mark.parametrize("key_heads", [1, 2, 4])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.bfloat16, 0.008)], ids=str)
@pytest.mark.parametrize("at_once", [1, 2**20])
@pytest.mark.parametrize("outlier", [0.0, 24.0], ids=lambda size: f"outlier={size}")
def test_it_is_one_softmax_over_image_and_prompt(
    owners: list[int],
    key_heads: int,
    dtype: torch.dtype,
    tolerance: float,
    at_once: int,
    outlier: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four query heads, an image of nine tokens, some of them padding, a prompt of five and then two single tokens.

    One channel of queries and keys is large and constant, as large models have them: a bfloat16 of its products is off
    by one, and what is asked for is the softmax in float32 of the same queries and keys.
    """
    torch.manual_seed(0)
    monkeypatch.setitem(shared_attention.AT_ONCE, "cpu", at_once)
    rows = torch.tensor(owners)
    image = _image(max(owners) + 1, key_heads, 9, dtype)
    image.keys[..., 0] += outlier
    padded = torch.arange(9)[None] < torch.arange(max(owners) + 1)[:, None]
    branch = BranchLayer(image, BatchLayout.of(owners, "cpu"), len(owners))
    plain = DynamicLayer()
    plain.update(image.keys[rows], image.values[rows])
    for tokens in (5, 1, 1):
        new = [torch.randn(len(owners), key_heads, tokens, 8, dtype=dtype) for _ in "kv"]
        query = torch.randn(len(owners), 4, tokens, 8, dtype=dtype)
        for made in (new[0], query):
            made[..., 0] += outlier
        keys, values = branch.update(*new)
        all_keys, all_values = plain.update(*new)
        assert branch.get_seq_length() == plain.get_seq_length()
        own = all_keys.shape[2] - 9
        seen = torch.ones(own, own, dtype=torch.bool).tril()[-tokens:].expand(len(owners), tokens, own)
        seen = torch.cat([~padded[rows][:, None].expand(-1, tokens, -1), seen], dim=-1)[:, None]
        mask = torch.zeros(seen.shape, dtype=dtype).masked_fill(~seen, torch.finfo(dtype).min)
        got, _ = attention(torch.nn.Module(), query, keys, values, mask, scaling=0.3)
        q, k, v, added = (whole.float() for whole in (query, all_keys, all_values, mask))
        want = scaled_dot_product_attention(q, k, v, added, scale=0.3, enable_gqa=True).to(dtype)
        torch.testing.assert_close(got, want.transpose(1, 2), atol=tolerance, rtol=tolerance)


@pytest.mark.parametrize("key_heads", [1, 2, 4])
def test_weights_in_half_precision_come_from_products_in_float32(key_heads: int) -> None:
    torch.manual_seed(0)
    query, key, value = (torch.randn(2, heads, 7, 8, dtype=torch.bfloat16) for heads in (4, key_heads, key_heads))
    query[..., 0] += 24
    key[..., 0] += 24
    mask = torch.full((7, 7), torch.finfo(torch.bfloat16).min, dtype=torch.bfloat16).triu(1)
    out, weights = weighed(torch.nn.Module(), query, key, value, mask[None, None], scaling=0.3)
    wide = [part.float().repeat_interleave(4 // key_heads, 1) for part in (key, value)]
    exact = (query.float() @ wide[0].mT * 0.3 + mask.float()).softmax(-1)
    torch.testing.assert_close(weights, exact, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(out, (exact @ wide[1]).to(torch.bfloat16).transpose(1, 2), atol=0.008, rtol=0.008)


def test_reuse_is_part_of_the_identity_where_a_last_bit_may_decide(tiny: Callable[[str], Path]) -> None:
    def identity(dtype: str, reuse_image: bool) -> str:
        return LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", dtype=dtype, reuse_image=reuse_image).identity

    assert identity("float32", True) == identity("float32", False)
    assert identity("bfloat16", True) != identity("bfloat16", False)


def test_an_image_is_held_once_whatever_the_number_of_prompts() -> None:
    image = _image(1, 2, 1000, torch.float32)
    branch = BranchLayer(image, BatchLayout.of([0] * 50, "cpu"), 50)
    keys, _ = branch.update(*(torch.randn(50, 2, 3, 8) for _ in "kv"))
    assert keys.shape[2] == 3 and branch._spacious[0].shape[2] < 100
    assert branch.get_seq_length() == 1003


def test_what_is_not_done_here_is_refused() -> None:
    with pytest.raises(PromptfitError, match=r"softcap.*reuse_image: false"):
        attention(torch.nn.Module(), *[torch.zeros(1, 1, 1, 8)] * 4, softcap=30.0)
    with pytest.raises(PromptfitError, match=r"num_beams.*reuse_image: false"):
        LocalAnswerer("x", device="cpu", reuse_image=True, generation={"num_beams": 2})
    assert LocalAnswerer("x", device="cpu", generation={"num_beams": 2}).generated["num_beams"] == 2


def test_a_model_that_keeps_its_own_attention_is_refused(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2, reuse_image=True)
    request = Request(*picture(1), "Номер")
    before = answerer._engine.loaded.model.config.get_text_config()._attn_implementation
    assert len(list(answerer.answer([request]))) == 1
    assert answerer._engine.loaded.model.config.get_text_config()._attn_implementation == before
    monkeypatch.setattr(type(answerer._engine.loaded.model), "set_attn_implementation", lambda *_: None)
    with pytest.raises(PromptfitError, match=r"its code.*reuse_image: false"), sharing(answerer._engine.loaded.model):
        pass
    with pytest.raises(PromptfitError, match="reuse_image: false"):
        list(answerer.answer([request]))
