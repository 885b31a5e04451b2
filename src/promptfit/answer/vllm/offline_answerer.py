"""Any vision-language checkpoint that vLLM serves as an answerer: its offline engine, on GPUs or a CPU."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Any

from promptfit.answer.answerer import Unanswered, by_image
from promptfit.answer.local.checkpoint import Checkpoint, locate
from promptfit.answer.local.device import choose
from promptfit.support.files import pixels
from promptfit.types import Answer, PromptfitError, Request

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

    from promptfit.answer.vllm.offline_engine import OfflineEngine

_OURS = ("model", "revision", "dtype", "trust_remote_code", "chat_template", "mm_processor_kwargs")
"""Engine options that the answerer has arguments of its own for."""
_SAME_ANSWERS = frozenset(
    "tensor_parallel_size pipeline_parallel_size distributed_executor_backend gpu_memory_utilization "
    "kv_cache_memory_bytes cpu_offload_gb block_size max_model_len max_num_seqs max_num_batched_tokens "
    "enable_prefix_caching enforce_eager mm_processor_cache_gb disable_log_stats load_format download_dir".split()
)
"""Engine options that change speed and memory only. All others are a part of the identity."""


class OfflineAnswerer:
    """Asks a checkpoint through vLLM. The engine starts at the first question.

    Args:
        checkpoint: A folder (relative to the project's root) or a name on the hub.
        revision: Branch, tag or commit on the hub.
        dtype: ``auto`` is float32 on a CPU and bfloat16 on a GPU.
        max_new_tokens: Where an answer is cut.
        min_pixels: Smaller images are enlarged to this many pixels (Qwen's families only).
        max_pixels: Larger images are shrunk to this many pixels (Qwen's families only).
        trust_remote_code: Runs code that comes with the checkpoint.
        chat_template: For checkpoints without one: Jinja, as transformers has it.
        processor_options: More options of the checkpoint's own processor, like ``do_pan_and_scan``.
        sampling: More of vLLM's ``SamplingParams``, like ``repetition_penalty``. Greedy unless they say otherwise.
        engine: Options of ``vllm.LLM``, like ``tensor_parallel_size``, ``gpu_memory_utilization``, ``block_size``.
    """

    def __init__(
        self,
        checkpoint: str,
        revision: str | None = None,
        dtype: str = "auto",
        max_new_tokens: int = 64,
        min_pixels: int | None = None,
        max_pixels: int | None = None,
        trust_remote_code: bool = False,
        chat_template: str | None = None,
        processor_options: Mapping[str, Any] | None = None,
        sampling: Mapping[str, Any] | None = None,
        engine: Mapping[str, Any] | None = None,
    ) -> None:
        if max_new_tokens < 1:
            raise PromptfitError(f"max_new_tokens={max_new_tokens} must be at least 1")
        if doubled := [option for option in _OURS if option in (engine or {})]:
            raise PromptfitError(f"engine: {', '.join(doubled)} cannot stand there; say it to the answerer itself")
        self.checkpoint, self.revision = checkpoint, revision
        self.dtype = choose("auto", dtype)[1]
        self.pixels = {"min_pixels": min_pixels, "max_pixels": max_pixels}
        self.trust_remote_code, self.chat_template = trust_remote_code, chat_template
        self.processor_options = dict(processor_options or {})
        self.sampling = {"temperature": 0.0, "max_tokens": max_new_tokens, **(sampling or {})}
        self.engine = dict(engine or {})

    @cached_property
    def located(self) -> Checkpoint:
        """Where the checkpoint lies."""
        return locate(self.checkpoint, self.revision)

    @cached_property
    def identity(self) -> str:
        """Names the checkpoint by the digests of its files, and every setting that changes an answer."""
        template = self.chat_template
        parts = {
            "answerer": "vllm",
            "checkpoint": self.located.name,
            "files": self.located.digests(),
            "dtype": self.dtype,
            "pixels": self.pixels,
            "template": template and sha256(template.encode()).hexdigest(),
            "processor": self.processor_options,
            "sampling": self.sampling,
            "engine": {name: value for name, value in self.engine.items() if name not in _SAME_ANSWERS},
        }
        return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def _engine(self) -> OfflineEngine:
        from promptfit.answer.vllm.offline_engine import OfflineEngine

        return OfflineEngine(self)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """See ``Answerer.answer``: each answer as soon as it is finished, so that a kill loses only what is in flight.

        The engine always has twice as many requests as it works on at a time: it never waits for one, and however
        many there are, their images do not fill the memory.
        """
        engine = self._engine
        failures: dict[int, str] = {}
        running: dict[str, int] = {}
        waiting = deque(by_image(requests))
        read, busy = _reader(), 0.0
        try:
            while waiting or running:
                began = perf_counter()
                while waiting and len(running) < engine.room:
                    index = waiting.popleft()
                    try:
                        running[engine.add(requests[index], read(requests[index].image))] = index
                    except Refused as error:
                        failures[index] = str(error)
                outputs = engine.step() if running else []
                finished = [(running.pop(name), said) for name, said in outputs if name in running]
                busy += perf_counter() - began
                for index, said in finished:
                    if isinstance(said, Answer):
                        yield index, replace(said, seconds=busy / len(finished))
                    else:
                        failures[index] = said
                busy = 0.0 if finished else busy
        finally:
            engine.drop(running)
        if failures:
            raise Unanswered(failures, requests)


class Refused(Exception):
    """A request that cannot even be asked; it says why."""


def _reader() -> Callable[[Path], Image]:
    """Reads images; as requests come ordered by image, the one that was read last is all that is worth keeping."""

    @lru_cache(maxsize=1)
    def read(path: Path) -> Image:
        try:
            return pixels.read(path)
        except PromptfitError as error:
            raise Refused(str(error)) from error

    return read
