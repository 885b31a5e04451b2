"""Loads a checkpoint's processor and weights, with a word while that takes its time. Everything here needs torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor
from transformers.quantizers.auto import AUTO_QUANTIZATION_CONFIG_MAPPING as QUANTISED

from promptfit.answer.local.cuda_driver import check_driver
from promptfit.answer.local.device import SPREAD
from promptfit.answer.local.loadable import Needs, check_loadable, quantised_by, unloadable
from promptfit.answer.local.loading_word import GIB, watched
from promptfit.answer.local.local_settings import LocalSettings
from promptfit.answer.local.shared_attention import check_attention
from promptfit.types import PromptfitError

_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
_NEEDS: Needs = {
    "awq": ("gptqmodel", "accelerate"),
    "gptq": ("optimum", "gptqmodel", "accelerate"),
    "fp8": ("accelerate",),
    "bitsandbytes": ("bitsandbytes", "accelerate"),
    "compressed-tensors": ("compressed-tensors", "accelerate"),
    "adapter": ("peft",),
}


def load_processor(settings: LocalSettings) -> Any:
    """The checkpoint's own processor, with the pixel limits of the settings.

    Raises:
        PromptfitError: The checkpoint is not whole or no vision-language model, or does not take these settings.
    """
    check_loadable(settings, _NEEDS)
    _check_config(settings)
    try:
        processor = AutoProcessor.from_pretrained(**settings.origin())
    except Exception as error:
        raise unloadable(settings, error) from error
    if not hasattr(processor, "image_processor") or not hasattr(processor, "tokenizer"):
        raise PromptfitError(f"{settings.checkpoint}: its processor takes no images; give a vision-language model")
    if settings.chat_template is None and not processor.chat_template:
        raise PromptfitError(f"{settings.checkpoint}: it has no chat template; give one (`chat_template=`)")
    limits = {"shortest_edge": settings.min_pixels, "longest_edge": settings.max_pixels}
    if any(limits.values()):
        size = dict(processor.image_processor.size)
        if not limits.keys() <= size.keys():
            raise PromptfitError(f"{settings.checkpoint}: min_pixels and max_pixels mean nothing to it; leave them out")
        processor.image_processor.size = size | {edge: limit for edge, limit in limits.items() if limit}
    return processor


def load_model(settings: LocalSettings) -> Any:
    """The model, with its adapter if there is one, on its device.

    Raises:
        PromptfitError: It cannot be loaded, or there is no room for it.
    """
    device, dtype = settings.placed
    if device == SPREAD or device.startswith("cuda"):
        check_driver("say `model.answerer.device=cpu`")
    method = quantised_by(settings.located.config)
    options: dict[str, Any] = {"dtype": dtype}
    if settings.attn_implementation:
        options["attn_implementation"] = settings.attn_implementation
    if device == SPREAD or method:  # quantised weights are laid out for the device that they are loaded to
        options["device_map"] = SPREAD if device == SPREAD else {"": device}
    size = sum(file.stat().st_size for file in settings.located.weights)
    if device.startswith("cuda"):
        _check_room(settings, size if method else size * _BYTES[dtype] // _BYTES[_saved_as(settings.located.config)])
    with watched(settings.located.name, size, f"{device} in {method or dtype}") as bar:
        try:
            model = AutoModelForImageTextToText.from_pretrained(**settings.origin(), **options, tqdm_class=bar)
            if settings.adapted:
                model.load_adapter(str(settings.adapted.folder))
            model = model if "device_map" in options else model.to(device)
        except torch.OutOfMemoryError as error:
            raise _no_room(settings, f"{error}".partition(". ")[0]) from error
        except Exception as error:
            raise unloadable(settings, error) from error
    return model.eval()


def _check_config(settings: LocalSettings) -> None:
    try:
        config = AutoConfig.from_pretrained(**settings.origin())
    except Exception as error:
        raise unloadable(settings, error) from error
    readers = AutoModelForImageTextToText._model_mapping
    if type(config) not in readers and "AutoModelForImageTextToText" not in getattr(config, "auto_map", {}):
        raise PromptfitError(
            f"{settings.checkpoint}: a {config.model_type} is no vision-language model that reads an image and "
            "writes text; give a checkpoint of one (`checkpoint=`)"
        )
    method = quantised_by(settings.located.config)
    if method and method not in ("bitsandbytes", *QUANTISED):
        # transformers would warn only, take the weights for plain ones, and answer nonsense
        raise PromptfitError(
            f"{settings.checkpoint}: its weights are quantised by {method}, which transformers does not know; it knows "
            f"{', '.join(sorted(QUANTISED))}. vLLM may: try the model's other configuration, with -vllm in its name"
        )
    if settings.reuse_image:
        check_attention(settings.checkpoint, config)


def _check_room(settings: LocalSettings, needed: int) -> None:
    """Before gigabytes are read in vain."""
    free, total = torch.cuda.mem_get_info(settings.placed[0])
    if free < needed:
        raise _no_room(
            settings,
            f"{free / GIB:.1f} of its {total / GIB:.1f} GiB are free, and the weights alone take {needed / GIB:.1f}",
        )


def _saved_as(config: Mapping[str, Any]) -> str:
    """The number format of the weights' files; the widest, which asks for the least room, where nothing is said."""
    text = config.get("text_config") or {}
    said = (part.get(name) for part in (config, text) for name in ("dtype", "torch_dtype"))
    return next((one for one in said if one in _BYTES), "float32")


def _no_room(settings: LocalSettings, why: str) -> PromptfitError:
    return PromptfitError(
        f"{settings.checkpoint}: {settings.placed[0]} has no room for it ({why}); `nvidia-smi` tells who else uses it. "
        "Take another GPU (`model.answerer.device=cuda:1`), all of them (`model.answerer.device=balanced`), or a "
        "smaller checkpoint"
    )
