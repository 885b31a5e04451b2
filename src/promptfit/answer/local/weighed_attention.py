"""Plain attention that gives its weights, and what it has in common with attention over shared images.

Products are float32 whatever the model's precision is, as in the library's own kernels: rounded to bfloat16, a product
near 100 is off by a quarter, and large models have keys with such channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

from promptfit.types import PromptfitError

WEIGHED = "promptfit_weighed"
"""What transformers knows this attention by."""
UNKNOWN = ("softcap", "s_aux", "position_bias")
"""What some architectures add to attention, and this one does not do."""


def weighed(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    **more: Any,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Plain attention that gives its weights, as the library's ``eager`` does, but from products in float32.

    Returns:
        Shape ``(prompts, tokens, heads, d)``; and the weights, float32, shape ``(prompts, heads, tokens, keys)``.

    Raises:
        PromptfitError: The architecture adds something that is not done here.
    """
    check_plain(more)
    batch, heads, tokens, width = query.shape
    of_a_key = heads // key.shape[1]
    products = product(query.reshape(batch, key.shape[1], of_a_key * tokens, width), key.transpose(-1, -2))
    products = products.mul_(scaling or width**-0.5).view(batch, heads, tokens, -1).add_(attention_mask)
    weights = products.softmax(-1)
    out = product(weights.view(batch, key.shape[1], of_a_key * tokens, -1).to(value.dtype), value)
    return out.view(batch, heads, tokens, -1).to(query.dtype).transpose(1, 2), weights


def check_plain(more: Mapping[str, Any]) -> None:
    """Refuses what an architecture adds.

    Raises:
        PromptfitError: It is not done here.
    """
    if added := [name for name in UNKNOWN if more.get(name) is not None]:
        raise PromptfitError(f"attention with {added[0]} can't share an image among prompts; set `reuse_image: false`")


def product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """A batched matrix product in float32, of operands of any precision, shape ``(batch, heads, m, n)``."""
    if left.dtype == torch.float32 or not left.is_cuda:
        return torch.matmul(left.float(), right.float())
    flat = torch.bmm(left.flatten(0, 1), right.flatten(0, 1), out_dtype=torch.float32)  # no CPU has it
    return flat.unflatten(0, left.shape[:2])


AttentionInterface.register(WEIGHED, weighed)
AttentionMaskInterface.register(WEIGHED, eager_mask)
