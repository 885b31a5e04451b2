"""A loaded checkpoint: model, processor, and the inputs that they take. Everything here needs torch."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL.Image import new as new_image
from transformers import BatchFeature

from promptfit.answer.local.loading import load_model, load_processor
from promptfit.answer.local.local_settings import LocalSettings
from promptfit.answer.shown import Shown, name_of
from promptfit.answer.structured import constraint_of
from promptfit.types import Request

if TYPE_CHECKING:
    from PIL.Image import Image

    from promptfit.answer.local.constrained import GrammarMask, Grammars

Images = Mapping[Shown, "Image"]
"""What the requests of a batch show."""


class Loaded:
    """Model and processor of a checkpoint.

    Raises:
        PromptfitError: It cannot be loaded, is no vision-language model, or does not take these settings.
    """

    def __init__(self, settings: LocalSettings) -> None:
        self.settings = settings
        self.processor = load_processor(settings)
        self.model = load_model(settings)
        tokenizer = self.processor.tokenizer
        tokenizer.padding_side = "left"  # answers grow at the right end of every row
        tokenizer.model_max_length = sys.maxsize  # it would warn of lengths that the model takes; `check_room` knows
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        if settings.placed[0] != "cpu":
            self._warm_up()

    def _warm_up(self) -> None:
        """Reads a blank image: a GPU's first pass loads kernels and chooses among them, which is no request's time."""
        blank = Request(Path("blank.png"), "", "?")
        with suppress(Exception):  # what is wrong will be told by the first request, to whom it may matter
            inputs = self.inputs([blank], {name_of(blank): new_image("RGB", (448, 448), "white")})
            self.generate(**inputs, max_new_tokens=2)

    @property
    def image_token(self) -> int:
        """The id of the tokens that the image fills."""
        config = self.model.config
        return int(getattr(config, "image_token_id", None) or config.image_token_index)

    def inputs(self, requests: Sequence[Request], pictures: Images) -> BatchFeature:
        """The model's inputs, padded at the left, on its device."""
        features = self.processor.apply_chat_template(
            [_messages(request, pictures[name_of(request)]) for request in requests],
            **self.settings.template,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True, **(self.settings.processor_options or {})},
        )
        features.pop("labels", None)  # some processors think of training
        return features.to(self.model.device, dtype=self.model.dtype)

    def image_tokens(self, picture: Image) -> int:
        """Tokens that an image fills, as its processor counts them; about so many where it doesn't count."""
        options = self.settings.processor_options or {}
        try:
            counted = self.processor._get_num_multimodal_tokens([(picture.height, picture.width)], **options)
        except (AttributeError, NotImplementedError, ValueError):  # it doesn't count, or will refuse this image
            return picture.width * picture.height // 28**2
        return int(counted.num_image_tokens[0])

    def texts(self, requests: Sequence[Request], pictures: Images) -> list[str]:
        """The same messages as text, with a placeholder where the image goes."""
        messages = [_messages(request, pictures[name_of(request)]) for request in requests]
        texts: list[str] = self.processor.apply_chat_template(messages, **self.settings.template, tokenize=False)
        return texts

    def generate(self, **inputs: Any) -> Any:
        """Greedy ``generate``, unless the settings say otherwise; the checkpoint's sampling is switched off."""
        quiet = {} if self.settings.generated["do_sample"] else {"temperature": None, "top_p": None, "top_k": None}
        pad = self.processor.tokenizer.pad_token_id
        return self.model.generate(**(quiet | {"pad_token_id": pad} | self.settings.generated | inputs))

    def masks(self, requests: Sequence[Request], begin: int) -> list[GrammarMask]:
        """What holds a batch's answers to their schemas, for ``generate``; nothing where all of them are free.

        Args:
            requests: A row each.
            begin: The column that answers begin in.
        """
        constraints = [constraint_of(self.settings.structured, request) for request in requests]
        return [self._grammars.mask(constraints, begin)] if any(constraints) else []

    @cached_property
    def _grammars(self) -> Grammars:
        from promptfit.answer.local.constrained import Grammars

        vocabulary = int(self.model.config.get_text_config().vocab_size)
        return Grammars(self.processor.tokenizer, vocabulary, sorted(self._ends))

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

    def spoken(self, row: list[int]) -> list[int]:
        """An answer's tokens before the one that ends it; what follows is padding."""
        ends = self._ends
        return row[: next((place for place, token in enumerate(row) if token in ends), len(row))]

    @property
    def _ends(self) -> set[int]:
        ends = self.model.generation_config.eos_token_id
        return {ends} if isinstance(ends, int) else set(ends or ())


def _messages(request: Request, picture: Image) -> list[dict[str, Any]]:
    """The image before the prompt, so that all prompts of an image share their beginning."""
    user = {"role": "user", "content": [{"type": "image", "image": picture}, {"type": "text", "text": request.prompt}]}
    if not request.system:
        return [user]
    return [{"role": "system", "content": [{"type": "text", "text": request.system}]}, user]
