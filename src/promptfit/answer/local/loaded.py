"""A loaded checkpoint: model, processor, and the inputs that they take. Everything here needs torch."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor, BatchFeature
from transformers.utils import logging as transformers_logging

from promptfit.answer.local.checkpoint_settings import unloadable
from promptfit.answer.local.local_settings import LocalSettings
from promptfit.answer.local.shared_attention import check_attention
from promptfit.answer.shown import Shown, name_of
from promptfit.types import PromptfitError, Request

if TYPE_CHECKING:
    from PIL.Image import Image

Images = Mapping[Shown, "Image"]
"""What the requests of a batch show."""


class Loaded:
    """Model and processor of a checkpoint.

    Raises:
        PromptfitError: It cannot be loaded, is no vision-language model, or does not take these settings.
    """

    def __init__(self, settings: LocalSettings) -> None:
        self.settings = settings
        if settings.placed[0].startswith("cuda") and not torch.cuda.is_available():
            raise PromptfitError("this machine has a GPU, but its torch cannot use it; say `model.answerer.device=cpu`")
        _check_kind(settings)
        self.processor = _load_processor(settings)
        self.model = _load_model(settings)
        tokenizer = self.processor.tokenizer
        tokenizer.padding_side = "left"  # answers grow at the right end of every row
        tokenizer.model_max_length = sys.maxsize  # it would warn of lengths that the model takes; `check_room` knows
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token

    def inputs(self, requests: Sequence[Request], pictures: Images) -> BatchFeature:
        """The model's inputs, padded at the left, on its device."""
        features = self.processor.apply_chat_template(
            [_messages(request, pictures[name_of(request)]) for request in requests],
            **self._template(),
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True, **(self.settings.processor_options or {})},
        )
        features.pop("labels", None)  # some processors think of training
        return features.to(self.model.device, dtype=self.model.dtype)

    def texts(self, requests: Sequence[Request], pictures: Images) -> list[str]:
        """The same messages as text, with a placeholder where the image goes."""
        messages = [_messages(request, pictures[name_of(request)]) for request in requests]
        texts: list[str] = self.processor.apply_chat_template(messages, **self._template(), tokenize=False)
        return texts

    def generate(self, **inputs: Any) -> Any:
        """Greedy ``generate``, unless the settings say otherwise; the checkpoint's sampling is switched off."""
        quiet = {} if self.settings.generated["do_sample"] else {"temperature": None, "top_p": None, "top_k": None}
        pad = self.processor.tokenizer.pad_token_id
        return self.model.generate(**(quiet | {"pad_token_id": pad} | self.settings.generated | inputs))

    def check_room(self, tokens_in: Sequence[int]) -> None:
        """Refuses a batch that does not fit into the model's context, which would be answered with nonsense.

        Raises:
            ValueError: The longest request and its answer are too much.
        """
        room = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        answer = self.settings.generated["max_new_tokens"]
        if room is not None and max(tokens_in) + answer > room:
            raise ValueError(
                f"image and prompt have {max(tokens_in)} tokens and the answer up to {answer}, more than the {room} of "
                "the model's context; shorten the prompt, or shrink the image (`max_pixels=`, where the model knows it)"
            )

    def _template(self) -> dict[str, Any]:
        own, variables = self.settings.chat_template, self.settings.template_options or {}
        return {**variables, "add_generation_prompt": True, **({"chat_template": own} if own else {})}

    def spoken(self, row: list[int]) -> list[int]:
        """An answer's tokens before the one that ends it; what follows is padding."""
        ends = self.model.generation_config.eos_token_id
        ends = {ends} if isinstance(ends, int) else set(ends or ())
        return row[: next((place for place, token in enumerate(row) if token in ends), len(row))]


def _messages(request: Request, picture: Image) -> list[dict[str, Any]]:
    """The image before the prompt, so that all prompts of an image share their beginning."""
    user = {"role": "user", "content": [{"type": "image", "image": picture}, {"type": "text", "text": request.prompt}]}
    if not request.system:
        return [user]
    return [{"role": "system", "content": [{"type": "text", "text": request.system}]}, user]


def _check_kind(settings: LocalSettings) -> None:
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
    if settings.reuse_image:
        check_attention(settings.checkpoint, config)


def _load_model(settings: LocalSettings) -> Any:
    attention = {"attn_implementation": settings.attn_implementation} if settings.attn_implementation else {}
    transformers_logging.disable_progress_bar()  # it would write into the search's own
    try:
        model = AutoModelForImageTextToText.from_pretrained(**settings.origin(), **attention, dtype=settings.placed[1])
    except Exception as error:
        raise unloadable(settings, error) from error
    return model.to(settings.placed[0]).eval()


def _load_processor(settings: LocalSettings) -> Any:
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
