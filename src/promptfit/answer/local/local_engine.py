"""Batches of requests to a loaded checkpoint, and its answers. Everything here needs torch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from promptfit.answer.local.decoding import decode
from promptfit.answer.local.loaded import Images, Loaded
from promptfit.answer.local.local_settings import LocalSettings
from promptfit.answer.local.memory import lacking, release, room
from promptfit.answer.local.packing import Packing
from promptfit.answer.local.prefix import Branching
from promptfit.types import Answer, Request

if TYPE_CHECKING:
    from PIL.Image import Image


class LocalEngine:
    """A checkpoint, loaded, and as many requests at a time as memory allows.

    Attributes:
        packing: What a batch may hold.
    """

    def __init__(self, settings: LocalSettings) -> None:
        self.loaded = Loaded(settings)
        self.branching = Branching(self.loaded)
        self.packing = Packing(settings.batch_size, room(self.loaded.model))

    @torch.inference_mode()
    def answer(self, requests: Sequence[Request], pictures: Images) -> list[Answer]:
        """Answers a batch."""
        began = time.perf_counter()
        loaded = self.loaded
        if loaded.settings.reuse_image:
            made = self.branching.branch(requests, pictures, [[]] * len(requests))
            tokens_in = list(made.tokens_in)
            said = decode(loaded, made, loaded.masks(requests, made.ids.shape[1]))
        else:
            inputs = loaded.inputs(requests, pictures)
            tokens_in = inputs["attention_mask"].sum(dim=1).tolist()
            loaded.check_room(tokens_in)
            width = inputs["input_ids"].shape[1]
            rows = loaded.generate(**inputs, logits_processor=loaded.masks(requests, width))[:, width:].tolist()
            said = [row[: len(loaded.spoken(row)) + 1] for row in rows]
        # up to and with the token that ends an answer
        ended = ["stop" if len(loaded.spoken(row)) < len(row) else "length" for row in said]
        texts = loaded.processor.tokenizer.batch_decode(
            said, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        seconds = (time.perf_counter() - began) / len(requests)
        return [
            Answer(text, tokens_in=asked, tokens_out=len(row), seconds=seconds, ended=end)
            for text, asked, row, end in zip(texts, tokens_in, said, ended, strict=True)
        ]

    def tokens(self, request: Request, picture: Image | None) -> int:
        """About what a request adds to a batch: its text, the answer's room, and the image if it is not there yet."""
        said = len(request.prompt) + len(request.system)
        image = 0 if picture is None else self.loaded.image_tokens(picture)
        return image + said + int(self.loaded.settings.generated["max_new_tokens"])

    def too_large(self, error: Exception, tokens: int) -> bool:
        """Whether so many failed for want of memory, on a GPU or on the CPU; then fewer are taken at a time."""
        if lack := lacking(error):
            self.packing.failed(tokens)
        return lack

    def free(self) -> None:
        """Gives back the memory that a failed batch and kept images held."""
        self.branching.kept.clear()
        release()
