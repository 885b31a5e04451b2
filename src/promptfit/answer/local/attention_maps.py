"""Attention of answers over the image, from a loaded checkpoint. Everything here needs torch.

Only weights of the last tokens of each row are made where an image can be shared among prompts: the image is encoded
once, by the model's own attention, and each prompt's row, with what was answered, runs on top of it through attention
that gives its weights. Where the prompt changes what stands before it, or layers see a window, the answer is generated
once more, and the weights of every step are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch.nn.functional import pad

from promptfit.answer.attending import Gaze, NoAttention
from promptfit.answer.local.grid import Grid, grids
from promptfit.answer.local.loaded import Images, Loaded
from promptfit.answer.local.prefix import Branching
from promptfit.answer.local.shared_attention import attending, check_attention
from promptfit.answer.local.weighed_attention import WEIGHED
from promptfit.answer.shown import Shown, name_of
from promptfit.types import PromptfitError, Request

Looks = list[tuple[torch.Tensor, Grid]]
"""By request: attention over its image's tokens, shape ``(layers, image tokens)``, and their grid."""


@torch.inference_mode()
def gazes(
    branching: Branching,
    requests: Sequence[Request],
    answers: Sequence[str],
    generic: str,
    pictures: Images,
) -> list[Gaze]:
    """Where the answers of a batch looked; the generic prompt is asked once an image.

    Raises:
        NoAttention: The image's tokens form no grid.
    """
    about: dict[tuple[Shown, str], int] = {}
    for request in requests:
        about.setdefault((name_of(request), request.system), len(requests) + len(about))
    first = {(name_of(request), request.system): request for request in reversed(requests)}
    plain = [replace(first[key], prompt=generic) for key in about]
    loaded = branching.loaded
    if _shares(loaded):
        said = [_tokens(loaded, answer) for answer in answers] + [[]] * len(plain)
        looks = _branched(branching, [*requests, *plain], said, pictures)
    else:
        looks = _generated(loaded, requests, pictures) + _generated(loaded, plain, pictures, max_new_tokens=1)
    maps = [weights.reshape(-1, *shape).cpu().numpy() for weights, shape in looks]
    return [Gaze(maps[i], maps[about[name_of(one), one.system]]) for i, one in enumerate(requests)]


def _shares(loaded: Loaded) -> bool:
    try:
        check_attention("", loaded.model.config)
    except PromptfitError:
        return False
    return True


def _tokens(loaded: Loaded, answer: str) -> list[int]:
    return list(loaded.processor.tokenizer(answer, add_special_tokens=False)["input_ids"])


def _branched(branching: Branching, requests: Sequence[Request], said: Sequence[list[int]], pictures: Images) -> Looks:
    """One pass over what the prompts and answers add to their images."""
    loaded, made = branching.loaded, branching.branch(requests, pictures, [tokens[:-1] for tokens in said])
    shapes = [shape for shape in made.grids if not isinstance(shape, NoAttention)]
    if len(shapes) < len(made.grids):
        raise next(why for why in made.grids if isinstance(why, NoAttention))
    with attending(loaded.model, WEIGHED):
        out = loaded.generate(
            input_ids=made.ids,
            attention_mask=made.mask,
            past_key_values=made.copied(),
            max_new_tokens=1,
            output_attentions=True,
            return_dict_in_generate=True,
        )
    lengths = torch.tensor([max(1, len(tokens)) for tokens in said], device=made.ids.device)
    taken = _over_heads(loaded, out.attentions[0], made.ids.shape[1], lengths)
    columns = made.ids == loaded.image_token
    return [(taken[row][:, columns[row]], shapes[owner]) for row, owner in enumerate(made.owners)]


def _generated(loaded: Loaded, requests: Sequence[Request], pictures: Images, **limits: int) -> Looks:
    """The weights of every step of an answer that is generated anew."""
    features = loaded.inputs(requests, pictures)
    columns = features["input_ids"] == loaded.image_token
    shapes = grids(loaded, features, columns.sum(dim=1).tolist())
    width = columns.shape[1]
    with attending(loaded.model, "eager"):
        out = loaded.generate(
            **features,
            **limits,
            logits_processor=loaded.masks(requests, width),
            output_attentions=True,
            return_dict_in_generate=True,
        )
    spoken = [len(loaded.spoken(row)) for row in out.sequences[:, width:].tolist()]
    lengths = torch.tensor(spoken, device=columns.device).clamp(min=1)
    total = torch.zeros(len(requests), len(out.attentions[0]), width, device=columns.device)
    for step, layers in enumerate(out.attentions):
        one = _over_heads(loaded, layers, width + step, torch.ones_like(lengths))[:, :, :width]
        total += one * (step < lengths)[:, None, None]
    total /= lengths[:, None, None]
    return [(total[row][:, columns[row]], shape) for row, shape in enumerate(shapes)]


def _over_heads(loaded: Loaded, layers: Sequence[Any], width: int, lengths: torch.Tensor) -> torch.Tensor:
    """Mean weights over heads and over the last tokens of each row, shape ``(rows, layers, width)``.

    Args:
        loaded: For the message.
        layers: Weights by layer, each ``(rows, heads, tokens, width)``.
        width: Tokens of a row.
        lengths: How many of its last tokens count, by row.
    """
    if any(one is None or one.shape[-1] > width for one in layers):
        raise NoAttention(f"a {loaded.model.config.model_type} does not give its attention weights")
    tokens = layers[0].shape[2]
    ahead = torch.arange(tokens - 1, -1, -1, device=lengths.device)
    share = (ahead[None] < lengths[:, None]) / lengths[:, None]
    means = [torch.einsum("btk,bt->bk", one.float().mean(dim=1), share) for one in layers]
    # A layer with a window holds the last tokens only: what was before them has no weight.
    return torch.stack([pad(one, (width - one.shape[-1], 0)) for one in means], dim=1)
