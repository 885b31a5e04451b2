"""Any ``AutoModelForImageTextToText`` checkpoint as an answerer: batched, greedy, on a CPU or one GPU."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from promptfit.answer.answerer import Unanswered, by_image
from promptfit.answer.local.checkpoint import Checkpoint, locate
from promptfit.answer.local.device import choose
from promptfit.support.files import pixels
from promptfit.types import Answer, PromptfitError, Request

if TYPE_CHECKING:
    from PIL.Image import Image

    from promptfit.answer.attending import Gaze
    from promptfit.answer.local.local_engine import LocalEngine

Made = TypeVar("Made")
Work = Callable[[Sequence[int], Mapping[str, "Image"]], Sequence[Made]]
"""What is done with a batch: places in the requests, and the images by path."""

log = logging.getLogger(__name__)


class LocalAnswerer:
    """Asks a checkpoint that is on this disk or on the hub. The model is loaded at the first question.

    Args:
        checkpoint: A folder (relative to the project's root) or a name on the hub.
        revision: Branch, tag or commit on the hub.
        dtype: ``auto`` is float32 on a CPU and bfloat16 on a GPU.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
        batch_size: Requests at a time; halved by itself where memory does not suffice.
        max_new_tokens: Where an answer is cut.
        min_pixels: Smaller images are enlarged to this many pixels (Qwen's families only).
        max_pixels: Larger images are shrunk to this many pixels (Qwen's families only).
        attn_implementation: ``sdpa``, ``eager``, ``flash_attention_2``; the library's choice by default.
        trust_remote_code: Runs code that comes with the checkpoint. Without it such a checkpoint is refused.
        chat_template: For checkpoints without one: Jinja, as transformers has it.
        processor_options: More options of the checkpoint's own processor, like ``do_pan_and_scan``.
        generation: More options of ``generate``, like ``repetition_penalty``. Greedy unless they say otherwise.
        reuse_image: Encodes an image once for all its prompts in a batch (``answer/local/prefix.py``). Refused for
            architectures in which that would change answers.
    """

    def __init__(
        self,
        checkpoint: str,
        revision: str | None = None,
        dtype: str = "auto",
        device: str = "auto",
        batch_size: int = 32,
        max_new_tokens: int = 64,
        min_pixels: int | None = None,
        max_pixels: int | None = None,
        attn_implementation: str | None = None,
        trust_remote_code: bool = False,
        chat_template: str | None = None,
        processor_options: Mapping[str, Any] | None = None,
        generation: Mapping[str, Any] | None = None,
        reuse_image: bool = False,
    ) -> None:
        if batch_size < 1 or max_new_tokens < 1:
            raise PromptfitError(f"batch_size={batch_size} and max_new_tokens={max_new_tokens} must be at least 1")
        self.checkpoint, self.revision = checkpoint, revision
        self.device, self.dtype = choose(device, dtype)
        self.batch_size = batch_size
        self.pixels = (min_pixels, max_pixels)
        self.attn_implementation, self.trust_remote_code = attn_implementation, trust_remote_code
        self.chat_template = chat_template
        self.processor_options = dict(processor_options or {})
        self.generation = {"do_sample": False, "max_new_tokens": max_new_tokens, **(generation or {})}
        self.reuse_image = reuse_image
        several = [name for name in ("num_beams", "num_return_sequences") if self.generation.get(name, 1) > 1]
        if several and reuse_image:
            raise PromptfitError(
                f"{several[0]} makes several rows of a prompt, which can't share its image; set `reuse_image: false`"
            )

    @cached_property
    def located(self) -> Checkpoint:
        """Where the checkpoint lies."""
        return locate(self.checkpoint, self.revision)

    @cached_property
    def identity(self) -> str:
        """Names the checkpoint by the digests of its files, and every setting that changes an answer."""
        template = self.chat_template
        parts = {
            "answerer": "transformers",
            "checkpoint": self.located.name,
            "files": self.located.digests(),
            "dtype": self.dtype,
            "attention": self.attn_implementation,
            "pixels": self.pixels,
            "template": template and sha256(template.encode()).hexdigest(),
            "processor": self.processor_options,
            "generation": self.generation,
        }
        return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def _engine(self) -> LocalEngine:
        from promptfit.answer.local.local_engine import LocalEngine

        return LocalEngine(self)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """See ``Answerer.answer``: batch by batch, requests of one image together."""
        return self._batches(
            requests, lambda batch, pictures: self._engine.answer([requests[index] for index in batch], pictures)
        )

    def attend(self, requests: Sequence[Request], answers: Sequence[str], generic: str) -> Iterator[tuple[int, Gaze]]:
        """See ``Attending.attend``; in the same batches."""
        from promptfit.answer.local.attention_maps import gazes

        def look(batch: Sequence[int], pictures: Mapping[str, Image]) -> list[Gaze]:
            own, said = [requests[index] for index in batch], [answers[index] for index in batch]
            seen: list[Gaze] = gazes(self._engine, own, said, generic, pictures)
            return seen

        return self._batches(requests, look)

    def _batches(self, requests: Sequence[Request], work: Work[Made]) -> Iterator[tuple[int, Made]]:
        failures: dict[int, str] = {}
        order = by_image(requests)
        start = 0
        while start < len(order):
            batch = order[start : start + self.batch_size]
            start += len(batch)
            pictures = _read(batch, requests, failures)
            readable = [index for index in batch if index not in failures]
            yield from self._ask(readable, work, requests, pictures, failures)
        if failures:
            raise Unanswered(failures, requests)

    def _ask(
        self,
        batch: Sequence[int],
        work: Work[Made],
        requests: Sequence[Request],
        pictures: Mapping[str, Image],
        failures: dict[int, str],
    ) -> Iterator[tuple[int, Made]]:
        """Asks a batch; one that fails is halved, down to the request whose fault it is."""
        if not batch:
            return
        engine = self._engine
        try:
            made = work(batch, pictures)
        except PromptfitError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            if engine.lacked_memory(error):
                self.batch_size = max(1, min(self.batch_size, len(batch) // 2))
        else:
            yield from zip(batch, made, strict=True)
            return
        engine.free()  # only here: the error, gone by now, held the batch's tensors
        if len(batch) == 1:
            failures[batch[0]] = f"{requests[batch[0]].image}: {reason}"
            return
        log.warning("a batch of %d requests failed and is asked again in halves: %s", len(batch), reason)
        middle = len(batch) // 2
        yield from self._ask(batch[:middle], work, requests, pictures, failures)
        yield from self._ask(batch[middle:], work, requests, pictures, failures)


def _read(batch: Sequence[int], requests: Sequence[Request], failures: dict[int, str]) -> dict[str, Image]:
    """Reads each distinct image of a batch once; one that cannot be read is a failure of its own requests."""
    pictures: dict[str, Image] = {}
    for path in dict.fromkeys(requests[index].image for index in batch):
        try:
            pictures[str(path)] = pixels.read(path)
        except PromptfitError as error:
            failures |= {index: str(error) for index in batch if requests[index].image == path}
    return pictures
