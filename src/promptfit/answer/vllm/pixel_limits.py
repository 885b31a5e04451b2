"""What a checkpoint's processor is told of sizes, read from its files: limits that it knows, tokens of an image."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from promptfit.answer.vllm.offline_settings import OfflineSettings
from promptfit.types import PromptfitError


def told(settings: OfflineSettings) -> dict[str, Any]:
    """Options of the processor.

    Raises:
        PromptfitError: It knows no limits of pixels: vLLM drops options that a processor does not know, and nobody
            would notice.
    """
    limits = {"min_pixels": settings.min_pixels, "max_pixels": settings.max_pixels}
    pixels = {name: limit for name, limit in limits.items() if limit}
    if pixels and not any(_most(known) for known in _known(settings)):
        raise PromptfitError(f"{settings.checkpoint}: min_pixels and max_pixels mean nothing to it; leave them out")
    return {**(settings.processor_options or {}), **pixels}


def context(settings: OfflineSettings) -> int | None:
    """Tokens that the largest image, a prompt and an answer take; None where the processor does not tell.

    What a model is told to hold at most is memory: its own limit, a quarter of a million tokens, may not fit.
    """
    text = settings.located.config.get("text_config") or settings.located.config
    own = text.get("max_position_embeddings") or settings.located.config.get("max_position_embeddings")
    for known in _known(settings):
        side = int(known.get("patch_size") or 0) * int(known.get("merge_size") or 0)
        pixels = settings.max_pixels or _most(known)
        if side and pixels:
            needed = -(-pixels // side**2) + settings.prompt_tokens + settings.max_new_tokens
            return min(needed, own) if isinstance(own, int) else needed
    return None


def _known(settings: OfflineSettings) -> list[Mapping[str, Any]]:
    """The settings of images that the checkpoint's files hold."""
    found = []
    for name in ("preprocessor_config.json", "processor_config.json"):
        path = settings.located.folder / name
        content = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        found.append(content.get("image_processor", content))
    return found


def _most(known: Mapping[str, Any]) -> int | None:
    """The largest number of pixels, by either name."""
    size = known.get("size")
    edges = size if isinstance(size, dict) and {"shortest_edge", "longest_edge"} <= size.keys() else {}
    return known.get("max_pixels") or edges.get("longest_edge")
