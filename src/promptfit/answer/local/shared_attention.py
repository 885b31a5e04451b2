"""Attention of many prompts over an image that they share: its keys and values lie there once, not once a prompt.

A token of a prompt sees its image's prefix, and the prompt's own tokens up to itself. Both parts are attended to apart
and joined by the logarithms of their sums of exponentials, which is what one softmax over all of them gives (as in
FlashAttention, arXiv 2205.14135, and for shared prefixes in Hydragen, arXiv 2402.05099). The prompts of an image are
multiplied with its keys together: what a step reads of the image is read once for all of them.

Products, both parts and what joins them are float32 (``weighed_attention.py`` says why).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

from promptfit.answer.local.branch_layer import BranchLayer
from promptfit.answer.local.weighed_attention import check_plain, product
from promptfit.types import PromptfitError

NAME = "promptfit_shared"
"""What transformers knows this attention by."""
AT_ONCE = {"cpu": 2**20, "cuda": 2**27}
"""Products of queries and keys to hold at a time, by kind of device: about what a processor's cache holds, and on a GPU
half a GiB, so that a step is few large products and not many small ones."""


def attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    **more: Any,
) -> tuple[torch.Tensor, None]:
    """An attention function as transformers calls it; the keys come from a ``BranchLayer``.

    Args:
        module: The attention of a layer.
        query: Shape ``(prompts, heads, tokens, d)``.
        key: The prompts' own keys, shape ``(prompts, key heads, own tokens, d)``.
        value: The same of values.
        attention_mask: What is added to the products, shape ``(prompts, 1, tokens, image's + own tokens)``.
        scaling: Of the products; one over the root of ``d`` if not given.
        more: What else an architecture says.

    Returns:
        Shape ``(prompts, tokens, heads, d)``; and no weights.

    Raises:
        PromptfitError: The architecture adds something that is not done here.
    """
    check_plain(more)
    layer: BranchLayer = key.branch
    layout, image = layer.layout, layer.image
    width = image.keys.shape[-2]
    scale = scaling or query.shape[-1] ** -0.5
    shared, its_weight = _attend(
        layout.gather(query), image.keys, image.values, attention_mask[layout.rows[:, 0], :, :1, :width], scale
    )
    own, own_weight = _attend(query, key, value, attention_mask[..., width:], scale)
    share = torch.sigmoid(layout.scatter(its_weight) - own_weight)
    return torch.lerp(own, layout.scatter(shared), share).to(query.dtype).transpose(1, 2), None


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor, scale: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Attention, and the logarithm of each query's sum of exponentials, both float32; some of the work at a time."""
    most, (batch, heads, tokens, _), keys = AT_ONCE.get(query.device.type, AT_ONCE["cuda"]), query.shape, key.shape[2]
    rows, queries = max(1, most // (heads * tokens * keys)), max(1, most // (heads * keys))
    if rows >= batch and queries >= tokens:
        return _part(query, key, value, mask, scale)
    mask = mask.expand(-1, -1, tokens, -1)
    out = torch.empty_like(query, dtype=torch.float32)
    weights = torch.empty_like(query[..., :1], dtype=torch.float32)
    for row in range(0, batch, rows):
        of = slice(row, row + rows)
        for at in range(0, tokens, queries):
            those = slice(at, at + queries)
            part = _part(query[of, :, those], key[of], value[of], mask[of, :, those], scale)
            out[of, :, those], weights[of, :, those] = part
    return out, weights


def _part(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor, scale: float
) -> tuple[torch.Tensor, torch.Tensor]:
    batch, heads, tokens, _ = query.shape
    of_a_key = heads // key.shape[1]  # query heads may share a key head: they are further queries of it
    products = product(query.reshape(batch, key.shape[1], of_a_key * tokens, -1), key.transpose(-1, -2)).mul_(scale)
    products.view(batch, heads, tokens, -1).add_(mask)
    weight = products.logsumexp(-1, keepdim=True)
    out = product(products.sub_(weight).exp_().to(value.dtype), value)
    return out.view(batch, heads, tokens, -1), weight.view(batch, heads, tokens, 1)


def check_attention(checkpoint: str, config: Any) -> None:
    """Refuses an architecture in which a reused image would say something else.

    Args:
        checkpoint: Its name, for the message.
        config: Its configuration, as transformers loads it.

    Raises:
        PromptfitError: The prompt changes what stands before it, or attention does not reach back to the beginning.
    """
    text = config.get_text_config()
    layers = getattr(text, "layer_types", None)
    if getattr(text, "use_bidirectional_attention", False):
        reason = "the image's tokens see the prompt that follows them"
    elif set(layers or ()) - {"full_attention"} or (layers is None and getattr(text, "sliding_window", None)):
        reason = "some of its layers see a window of tokens only"
    else:
        return
    raise PromptfitError(
        f"{checkpoint}: a {config.model_type} can't share an image among prompts, as {reason}; set `reuse_image: false`"
    )


@contextmanager
def sharing(model: Any) -> Iterator[None]:
    """The language part of a model with this module's attention, for caches of ``BranchLayer``.

    Raises:
        PromptfitError: The model brings attention of its own that cannot be replaced.
    """
    with attending(model, NAME):
        if model.config.get_text_config()._attn_implementation != NAME:
            raise PromptfitError(
                f"a {model.config.model_type} can't share an image among prompts, as its code does not let its "
                "attention be replaced; set `reuse_image: false`"
            )
        yield


@contextmanager
def attending(model: Any, implementation: str) -> Iterator[None]:
    """The language part of a model with this attention, where the model lets it be replaced."""
    text = model.config.get_text_config()
    name = next((key for key in model.config.sub_configs if getattr(model.config, key) is text), "")
    before = text._attn_implementation
    model.set_attn_implementation({name: implementation})
    try:
        yield
    finally:
        model.set_attn_implementation({name: before})


AttentionInterface.register(NAME, attention)
AttentionMaskInterface.register(NAME, eager_mask)
