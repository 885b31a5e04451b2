"""Attention as training computes it: the same numbers as transformers' own, in half the time on a CPU.

Images of one size are attended to in one call instead of one each; only the layers whose attention is taught keep
its weights. The names that are registered say what they are for; a checkpoint does not keep them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F
from transformers import AttentionInterface, Qwen2VLForConditionalGeneration

EVEN = "flash_even_images"
"""transformers hands all images at once, with their lengths, to what has "flash" in its name."""
GUIDED = "guided_layers"
GUIDED_LAYERS = (2, 3)
"""Layers of the language model whose first head is rewarded for looking at the right tokens."""


def use(model: Qwen2VLForConditionalGeneration) -> None:
    """Sets the model's attention; it is saved with transformers' default all the same."""
    AttentionInterface.register(EVEN, _even_images)
    AttentionInterface.register(GUIDED, _guided_layers)
    model.model.visual.config._attn_implementation = EVEN
    model.model.language_model.config._attn_implementation = GUIDED


def _even_images(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float,
    cu_seq_lens_q: torch.Tensor,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """(1, heads, images * patches, d) each -> (1, images * patches, heads, d): an image sees itself alone."""
    images = len(cu_seq_lens_q) - 1
    _, heads, total, d = query.shape
    q, k, v = (t.view(heads, images, total // images, d).transpose(0, 1) for t in (query, key, value))
    out = F.scaled_dot_product_attention(q, k, v, scale=scaling)
    return out.permute(0, 2, 1, 3).reshape(1, total, heads, d), None


def _guided_layers(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float,
    **_: Any,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """(B, heads, N, d) each -> (B, N, heads, d), and the weights (B, 1, N, N) of a guided layer's first head."""
    out = F.scaled_dot_product_attention(query, key, value, attn_mask=attention_mask, scale=scaling)
    weights = None
    if module.layer_idx in GUIDED_LAYERS:
        scores = torch.matmul(query[:, :1] * scaling, key[:, :1].transpose(2, 3))
        weights = scores.add_(attention_mask).softmax(dim=-1)
    return out.transpose(1, 2).contiguous(), weights
