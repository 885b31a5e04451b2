"""A model behind any OpenAI-compatible server as an answerer: ``vllm serve``, SGLang, OpenAI, OpenRouter, …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from promptfit.answer.answerer import by_image
from promptfit.answer.chat.chat_settings import ChatSettings
from promptfit.support.http import prices
from promptfit.support.http.connection import opened, unopened
from promptfit.types import Answer, NoAnswer, Request

if TYPE_CHECKING:
    from promptfit.answer.chat.session import Session


class ChatAnswerer(ChatSettings):
    """Asks through the chat completions API, many requests side by side, and again where that may help.

    Answers are the same whatever fails in between. The number of calls under way finds itself: it grows while the
    server is quiet, halves when it is not, and a server that names a time is left alone until then. The key stays in
    its environment variable until the first call; it is in no attribute, message or log. The object can be pickled,
    and threads may use it side by side: they share the connections and the limits.
    """

    def quote(self, pixels: int, prompt_tokens: int) -> tuple[int, int, float]:
        """What one answer takes at most, estimated: tokens in, tokens out, money.

        Args:
            pixels: Of the image.
            prompt_tokens: Of the prompt and the system prompt.

        Raises:
            PromptfitError: The price is not known.
        """
        tokens = prices.tokens_of_image(min(pixels, self.max_pixels or pixels)) + prompt_tokens
        return tokens, self.max_new_tokens, self.money.of(tokens, self.max_new_tokens)

    def who_serves(self) -> dict[str, str]:
        """Asks the servers what they serve: by address; nothing where the configuration says it."""
        from promptfit.answer.chat.served import ask_who_serves

        return {} if self.says_who else ask_who_serves(self.access)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """See ``Answerer.answer``. An answer's seconds are those of its own call; calls go on side by side.

        Raises:
            PromptfitError: The key, the model's name or the credit is at fault, or nobody answers any more; what came
                before was yielded.
        """
        if requests:
            yield from self._session().answer(requests, by_image(requests))

    def _session(self) -> Session:
        from promptfit.answer.chat.session import Session

        return opened(self, lambda: Session(self))

    def __getstate__(self) -> dict[str, Any]:
        return unopened(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
