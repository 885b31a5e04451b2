"""Reuse of the image: encode each distinct image of a batch once, and branch off all its prompts behind it.

A row of the batch is ``[padding, image prefix, padding, rest of the prompt]``. The prefix is everything up to what the
processor puts in the image's place; its keys and values are computed once an image and shared by its prompts' rows.
Paddings are masked, and positions count unmasked tokens only, so every prompt sees what it would see alone: as long as
every token sees all tokens before it and none after it, which `check_attention` holds the checkpoint to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import pad
from transformers.cache_utils import DynamicCache

from promptfit.answer.attending import NoAttention
from promptfit.answer.local.batch_layout import BatchLayout
from promptfit.answer.local.branch_layer import BranchLayer
from promptfit.answer.local.grid import Grid, grids_or_why
from promptfit.answer.local.loaded import Images, Loaded
from promptfit.answer.local.prefix_cache import Key, Prefix, PrefixCache, joined, split
from promptfit.answer.shown import name_of
from promptfit.types import PromptfitError, Request


@dataclass(frozen=True)
class Branches:
    """Every prompt's row, and the encoded images: what is left to run is what the prompts add."""

    ids: torch.Tensor
    """Shape ``(requests, tokens)``, padded at the left."""
    mask: torch.Tensor
    cache: DynamicCache
    """Keys and values of the distinct prefixes."""
    grids: Sequence[Grid | NoAttention]
    """Of their images' tokens."""
    owners: Sequence[int]
    """The prefix, by request."""
    tokens_in: Sequence[int]
    """Tokens shown to the model, by request."""

    def shared(self) -> DynamicCache:
        """The cache for ``sharing``: every request's own part, behind the prefixes as they are."""
        layout = BatchLayout.of(self.owners, self.ids.device)
        self.cache.layers = [BranchLayer(layer, layout, len(self.owners)) for layer in self.cache.layers]
        return self.cache

    def copied(self) -> DynamicCache:
        """The cache for any other attention: the prefix once for every request."""
        self.cache.batch_select_indices(torch.tensor(self.owners, device=self.ids.device))
        return self.cache


class Branching:
    """A loaded checkpoint whose images are encoded once for all their prompts.

    Args:
        loaded: The loaded checkpoint.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.kept = PrefixCache(int(loaded.settings.prefix_cache * 2**30))

    def branch(self, requests: Sequence[Request], pictures: Images, said: Sequence[Sequence[int]]) -> Branches:
        """Encodes the distinct prefixes of a batch that are not kept, and lays out a row for each prompt.

        Args:
            requests: Prompts about these images.
            pictures: By ``shown.name_of``: the image's path and its alteration.
            said: Tokens of an answer's beginning, by request.

        Raises:
            PromptfitError: The checkpoint's processor does not allow it.
        """
        loaded, device = self.loaded, self.loaded.model.device
        tails = _tails(loaded, requests, pictures)
        asked: dict[Key, tuple[Request, list[int]]] = {}
        for request, tail in zip(requests, tails, strict=True):
            asked.setdefault(_key(request), (request, tail))
        prefixes = self._prefixes(asked, pictures)
        owners = [list(asked).index(_key(request)) for request in requests]
        tokens_in = [len(prefixes[owner].ids) + len(tail) for owner, tail in zip(owners, tails, strict=True)]
        loaded.check_room(tokens_in)

        tokenizer, rows = loaded.processor.tokenizer, torch.tensor(owners, device=device)
        _set_deltas(loaded.model, [prefixes[owner] for owner in owners])
        before, shown, cache = joined(prefixes, tokenizer.pad_token_id)
        whole = [[*tail, *more] for tail, more in zip(tails, said, strict=True)]
        added = tokenizer.pad({"input_ids": whole}, return_tensors="pt").to(device)
        ids = torch.cat([before[rows], added["input_ids"]], dim=1)
        mask = torch.cat([shown[rows], added["attention_mask"]], dim=1)
        return Branches(ids, mask, cache, [one.grid for one in prefixes], owners, tokens_in)

    def _prefixes(self, asked: Mapping[Key, tuple[Request, list[int]]], pictures: Images) -> list[Prefix]:
        """Those that are kept, and those that are encoded now."""
        found = self.kept.take(list(asked))
        missing = [key for key in asked if key not in found]
        if missing:
            new = dict(zip(missing, self._encode([asked[key] for key in missing], pictures), strict=True))
            self.kept.keep(new)
            found |= new
        return [found[key] for key in asked]

    def _encode(self, asked: Sequence[tuple[Request, list[int]]], pictures: Images) -> list[Prefix]:
        loaded = self.loaded
        heads = loaded.inputs([request for request, _ in asked], pictures)
        prefix = _without(heads, [tail for _, tail in asked], loaded.processor.tokenizer.pad_token_id)
        loaded.check_room(prefix["attention_mask"].sum(dim=1).tolist())
        encoded = loaded.generate(**prefix, max_new_tokens=1, return_dict_in_generate=True)
        ids, mask = prefix["input_ids"], prefix["attention_mask"]
        counts = (ids == loaded.image_token).sum(dim=1).tolist()
        deltas = [part.rope_deltas for part in _with_deltas(loaded.model)]
        return split(ids, mask, encoded.past_key_values, deltas, grids_or_why(loaded, prefix, counts))


def _key(request: Request) -> Key:
    return name_of(request), request.image_digest, request.system


def _tails(loaded: Loaded, requests: Sequence[Request], pictures: Images) -> list[list[int]]:
    """The tokens that follow the image's placeholder, by request.

    The placeholder is one special token, so the text after it is tokenised alike whatever takes its place: once for all
    requests that say the same.
    """
    image = loaded.processor.image_token_id  # what stands in the text, before it is repeated for the image's size
    said = {(request.system, request.prompt): request for request in requests}
    texts = loaded.texts(list(said.values()), pictures)
    tails = {}
    for words, ids in zip(said, loaded.processor.tokenizer(texts, add_special_tokens=False)["input_ids"], strict=True):
        if ids.count(image) != 1:
            raise ValueError("the prompt holds the model's own placeholder of an image")
        tails[words] = ids[ids.index(image) + 1 :]
    return [tails[request.system, request.prompt] for request in requests]


def _without(heads: Mapping[str, Any], tails: Sequence[Sequence[int]], padding: int) -> dict[str, Any]:
    """Cuts the tails off the right ends of left-padded inputs, and pads what is left at the left again."""
    ids, mask = heads["input_ids"], heads["attention_mask"]
    for row, tail in zip(ids.tolist(), tails, strict=True):
        if row[len(row) - len(tail) :] != list(tail):
            raise PromptfitError("this checkpoint's processor rewrites the prompt; set `reuse_image: false` for it")
    ends = [ids.shape[1] - len(tail) for tail in tails]
    width = max(int(row[:end].sum()) for row, end in zip(mask, ends, strict=True))

    def cut(values: torch.Tensor, filler: int) -> torch.Tensor:
        parts = [row[max(0, end - width) : end] for row, end in zip(values, ends, strict=True)]
        return torch.stack([pad(part, (width - len(part), 0), value=filler) for part in parts])

    return {
        name: cut(values, padding if name == "input_ids" else 0) if values.shape == ids.shape else values
        for name, values in heads.items()
    }


def _with_deltas(model: Any) -> list[Any]:
    """The parts of Qwen's families that keep, beside the cache, how far an image's positions run from its tokens."""
    return [part for part in model.modules() if getattr(part, "rope_deltas", None) is not None]


def _set_deltas(model: Any, rows: Sequence[Prefix]) -> None:
    for number, part in enumerate(_with_deltas(model)):
        part.rope_deltas = torch.stack([one.deltas[number] for one in rows])


def select_deltas(model: Any, rows: torch.Tensor) -> None:
    """Only these rows go on."""
    for part in _with_deltas(model):
        part.rope_deltas = part.rope_deltas[rows]
