"""How many tokens fit into the memory that is free, and how a lack of it is told. Everything here needs torch."""

from __future__ import annotations

from typing import Any

import torch

SHARE = 0.5
"""Of the free memory that a batch is planned for: the rest is for what others take meanwhile."""
ACTIVATIONS = 40
"""Numbers that a token takes beside its keys and values, in widths of the model: the layers' and the vision part's."""
SPELLINGS = ("out of memory", "allocate memory", "_STATUS_ALLOC_FAILED", "not enough memory")
"""How CUDA, cuBLAS, cuDNN, Metal and the CPU's allocator say it, beside torch's own exception."""


def room(model: Any) -> int:
    """Tokens of a batch that fit, by computation, into what is free now on the model's device."""
    return max(1, int(SHARE * free(model.device) / bytes_a_token(model)))


def free(device: torch.device) -> int:
    """Bytes that are free on a device."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    import psutil

    return int(psutil.virtual_memory().available)


def bytes_a_token(model: Any) -> int:
    """What a token takes: keys and values of all layers, and what a layer needs while it is computed."""
    text = model.config.get_text_config()
    heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
    width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    numbers = 2 * text.num_hidden_layers * heads * width + ACTIVATIONS * text.hidden_size
    return int(numbers * model.dtype.itemsize)


def lacking(error: Exception) -> bool:
    """Whether something failed for want of memory."""
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(words in said for words in SPELLINGS)


def release() -> None:
    """Gives back what the allocator of a GPU holds and nobody uses."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
