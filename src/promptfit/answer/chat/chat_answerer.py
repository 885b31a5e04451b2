"""A model behind any OpenAI-compatible server as an answerer: ``vllm serve``, SGLang, OpenAI, OpenRouter, …"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from promptfit.answer.answerer import Unanswered, by_image
from promptfit.support.http import prices
from promptfit.support.http.access import OPENAI, Access
from promptfit.types import Answer, PromptfitError, Request

if TYPE_CHECKING:
    from promptfit.answer.chat.session import Session


class ChatAnswerer:
    """Asks through the chat completions API, many requests side by side, and again where that may help.

    Answers are the same whatever fails in between. The number of calls under way finds itself: it grows while the
    server is quiet, halves when it is not, and a server that names a time is left alone until then. The key stays in
    its environment variable until the first call; it is in no attribute, message or log. The object can be pickled,
    and threads may use it side by side: they share the connections and the limits.

    Args:
        name: The configuration's name, for messages.
        model: The model's name at the server.
        base_url: Where the API is; several addresses are servers of the same model; null is OpenAI's own.
        key_variable: Name of the environment variable that holds the key; null where the server wants none.
        max_new_tokens: Where an answer is cut; the thoughts of a model that thinks count, too.
        max_tokens_name: The parameter's name: OpenAI's newer models call it ``max_completion_tokens``.
        temperature: null leaves it to the server; some models take no other.
        max_pixels: Larger images are shrunk to this many pixels; null leaves that to the server.
        detail: The API's own word on images (``low``, ``high``); null sends none.
        extra_body: More parameters of the API, like ``{seed: 0}`` or vLLM's ``{top_k: 1}``.
        price: ``{input, output}``: money for a million tokens; null looks in litellm's table.
        litellm_model: The model's name in that table, where it is another one.
        served_by: Who serves it and how, in your words; another word has answers of its own. null is the address of
            somebody else's API, and nothing for servers of your own: they may move to another port or machine.
        concurrency: Calls at once to each server at most.
        timeout: Seconds after which a call has failed.
        attempts: How often a call is made at most.
        wait: Seconds before the second attempt; doubled before each further one.
        remote: Whether the API is on somebody else's machine.

    Raises:
        PromptfitError: A figure is out of its range, or the address holds a secret.
    """

    def __init__(
        self,
        name: str,
        model: str,
        base_url: str | Sequence[str] | None = None,
        key_variable: str | None = None,
        max_new_tokens: int = 64,
        max_tokens_name: str = "max_tokens",
        temperature: float | None = 0.0,
        max_pixels: int | None = None,
        detail: str | None = None,
        extra_body: Mapping[str, Any] | None = None,
        price: Mapping[str, float] | None = None,
        litellm_model: str | None = None,
        served_by: str | None = None,
        concurrency: int = 32,
        timeout: float = 120.0,
        attempts: int = 8,
        wait: float = 1.0,
        remote: bool = True,
    ) -> None:
        addresses = [base_url or OPENAI] if base_url is None or isinstance(base_url, str) else list(base_url)
        self.model, self.remote = model, remote
        self.access = Access("model", name, model, tuple(dict.fromkeys(addresses)), key_variable)
        self.max_new_tokens, self.max_pixels, self.detail = max_new_tokens, max_pixels, detail
        self.concurrency, self.timeout, self.attempts, self.wait = concurrency, timeout, attempts, wait
        sampling = {max_tokens_name: max_new_tokens, "temperature": temperature, **(extra_body or {})}
        self.sampling = {key: value for key, value in sampling.items() if value is not None}
        self._served_by = served_by if served_by is not None else ", ".join(sorted(addresses)) if remote else ""
        self._price, self._priced_as = price, litellm_model or model
        self._line: Session | None = None
        self._process, self._lock = os.getpid(), Lock()
        figures = [max_new_tokens, concurrency, timeout, attempts, *([] if max_pixels is None else [max_pixels])]
        if min(figures) <= 0 or wait < 0:
            raise PromptfitError(
                f"{self.access.config}: max_new_tokens, max_pixels, concurrency, timeout and attempts must be above 0, "
                "wait 0 or more"
            )

    @property
    def identity(self) -> str:
        """Names the model, who serves it, and every setting that changes an answer."""
        parts = {
            "answerer": "openai",
            "model": self.model,
            "served_by": self._served_by,
            "sampling": self.sampling,
            "images": {"max_pixels": self.max_pixels, "detail": self.detail},
        }
        return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def price(self) -> prices.Price:
        """Money for tokens.

        Raises:
            PromptfitError: It is not known.
        """
        return prices.price_of(self.access.config, self._priced_as, self._price)

    def quote(self, pixels: int, prompt_tokens: int) -> tuple[int, int, float]:
        """What one answer takes at most, estimated: tokens in, tokens out, money.

        Args:
            pixels: Of the image.
            prompt_tokens: Of the prompt and the system prompt.

        Raises:
            PromptfitError: The price is not known.
        """
        tokens = prices.tokens_of_image(min(pixels, self.max_pixels or pixels)) + prompt_tokens
        return tokens, self.max_new_tokens, self.price.of(tokens, self.max_new_tokens)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        """See ``Answerer.answer``. An answer's seconds are those of its own call; calls go on side by side.

        Raises:
            Unanswered: Requests that failed for good, after all others.
            PromptfitError: The key, the model's name or the credit is at fault, or nobody answers any more; what came
                before was yielded.
        """
        if not requests:
            return
        failures: dict[int, str] = {}
        for index, said in self._open().answer(requests, by_image(requests)):
            if isinstance(said, Answer):
                yield index, said
            else:
                failures[index] = said
        if failures:
            raise Unanswered(failures, requests)

    def _open(self) -> Session:
        """The line to the servers, opened at the first call and shared by all threads of a process."""
        from promptfit.answer.chat.session import Session

        with self._lock:
            if self._line is None or self._process != os.getpid():  # threads do not survive a fork
                self._line, self._process = Session(self), os.getpid()
                weakref.finalize(self, self._line.close)
            return self._line

    def __getstate__(self) -> dict[str, Any]:
        """Without connections and lock: another process opens its own."""
        return vars(self) | {"_line": None, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state | {"_lock": Lock()})
