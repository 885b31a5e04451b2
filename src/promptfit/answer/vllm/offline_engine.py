"""A running vLLM engine: requests go in, answers come out as they are finished. Everything here needs vllm."""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from promptfit.answer.structured import constraint_of
from promptfit.answer.vllm.offline_settings import OfflineSettings
from promptfit.answer.vllm.starting import (
    LLM,
    EngineDeadError,
    LoRARequest,
    SamplingParams,
    StructuredOutputsParams,
    reason,
    start,
)
from promptfit.types import Answer, NoAnswer, PromptfitError, Request

if TYPE_CHECKING:
    from PIL.Image import Image


class OfflineEngine:
    """vLLM with a checkpoint of ``OfflineSettings``, started.

    Attributes:
        room: How many requests to have in it at a time: those that it works on, and as many to go on with.
    """

    def __init__(self, settings: OfflineSettings) -> None:
        self._settings = settings
        self._llm = start(settings)
        # Before Python waits for the engine's process to end, as it may otherwise do for ever.
        atexit.register(_end, weakref.ref(self._llm))
        # what the checkpoint's generation_config.json says holds, as it does for transformers; but its sampling
        own = self._llm.model_config.get_diff_sampling_param()
        self._sampled = {**own, "top_p": 1.0, "top_k": 0, **settings.sampled}
        self._sampling = {"": SamplingParams(**self._sampled)}
        self._adapter = LoRARequest(found.name, 1, str(found.folder)) if (found := settings.adapted) else None
        self.room = 2 * self._llm.llm_engine.vllm_config.scheduler_config.max_num_seqs

    def add(self, request: Request, picture: Image) -> str | NoAnswer:
        """Hands a request over.

        Returns:
            Its name in the engine; or why it cannot be asked: its context is too long, the model takes no such image.

        Raises:
            PromptfitError: The engine has stopped.
        """
        # `chat` answers all or nothing; this is its first half, and `step` is one round of its second
        try:
            (name,) = self._llm.enqueue_chat(
                [_messages(request, picture)],
                self._sampling_of(request),
                use_tqdm=False,
                chat_template=self._settings.chat_template,
                **({"lora_request": self._adapter} if self._adapter else {}),
                chat_template_kwargs=dict(self._settings.template_options or {}) or None,
            )
        except EngineDeadError as error:
            raise self._stopped(error) from error
        except Exception as error:  # processors of models raise whatever they like
            return NoAnswer(reason(error))
        return str(name).partition("-")[0]  # outputs come without the random tail

    def step(self) -> list[tuple[str, Answer | NoAnswer]]:
        """Waits for the engine's next step; returns what it finished, by name: an answer, or why there is none.

        Raises:
            PromptfitError: The engine has stopped.
        """
        if not self._llm.llm_engine.has_unfinished_requests():  # its step would wait for ever
            raise PromptfitError(
                f"{self._settings.checkpoint}: vLLM lost requests; run again: what was answered is kept"
            )
        try:
            return [(output.request_id, _answer(output)) for output in self._llm.llm_engine.step() if output.finished]
        except EngineDeadError as error:
            raise self._stopped(error) from error

    def drop(self, names: Iterable[str]) -> None:
        """Gives up on requests."""
        self._llm.llm_engine.abort_request(list(names))

    def _sampling_of(self, request: Request) -> SamplingParams:
        """How its answer is sampled; those of one document type are held to the same schema."""
        constraint = constraint_of(self._settings.structured, request)
        if constraint not in self._sampling:
            held = StructuredOutputsParams(json=constraint)
            self._sampling[constraint] = SamplingParams(**self._sampled, structured_outputs=held)
        return self._sampling[constraint]

    def _stopped(self, error: Exception) -> PromptfitError:
        return PromptfitError(
            f"{self._settings.checkpoint}: vLLM's engine has stopped ({error}); what it said above tells why. "
            "If memory ran out, give it less to do at a time (`++model.answerer.engine.max_num_seqs=32`). "
            "Run again: what was answered is kept"
        )


def _end(started: weakref.ref[LLM]) -> None:
    if llm := started():
        llm.llm_engine.engine_core.shutdown()


def _messages(request: Request, picture: Image) -> list[Any]:
    """The image before the prompt, so that all prompts of an image share their beginning."""
    # The engine knows the image by this name, and does not compare pixels to find out whether it has seen it.
    name = f"{request.image_digest}{request.altered}"
    image = {"type": "image_pil", "image_pil": picture, "uuid": name}
    user = {"role": "user", "content": [image, {"type": "text", "text": request.prompt}]}
    if not request.system:
        return [user]
    return [{"role": "system", "content": [{"type": "text", "text": request.system}]}, user]


def _answer(output: Any) -> Answer | NoAnswer:
    said = output.outputs[0]
    if said.finish_reason not in ("stop", "length"):
        return NoAnswer(f"vLLM gave it up ({said.finish_reason})")
    return Answer(said.text, len(output.prompt_token_ids), len(said.token_ids), ended=said.finish_reason)
