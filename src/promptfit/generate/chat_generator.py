"""A large model behind any OpenAI-compatible API as a generator: OpenAI, OpenRouter, vLLM, SGLang, Ollama, …"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from promptfit.generate import message_images
from promptfit.generate.generator import Completion, Flagged, Message, Quote
from promptfit.support.canonical import canonical_json
from promptfit.support.http import faults, prices
from promptfit.support.http.access import OPENAI, Access
from promptfit.support.http.connection import Connection, opened, unopened
from promptfit.support.http.remedies import explained
from promptfit.support.http.server_reply import content_of, ended_by, model_of
from promptfit.types import PromptfitError


class ChatGenerator:
    """Asks a model through the chat completions API, and asks again where that may help.

    The key stays in its environment variable until the first call; it is in no attribute, message or log. The object
    can be pickled. conf/generator/_chat.yaml states what most models take.

    Args:
        name: Label of the collection, and name of the file in conf/generator/.
        model: The model's name at the server.
        base_url: Where the API is; null is OpenAI's own.
        key_variable: Name of the environment variable that holds the key; null where the server wants none.
        strategy: The strategy unless the person names another.
        start: Prompt collections whose prompts every field starts from.
        vision: Whether the model sees images.
        max_images: Images a call at most.
        max_pixels: Larger images are shrunk to this many pixels.
        temperature: null leaves it to the server; some models take no other.
        max_tokens: Tokens of a reply at most, the model's thoughts included.
        max_tokens_name: The parameter's name: OpenAI's newer models call it ``max_completion_tokens``.
        seed: Sent with the number of the draw added, to servers that know one; null sends none.
        extra_body: More parameters of the API, like ``{reasoning_effort: low}``.
        price: ``{input, output}``: money for a million tokens; null looks in litellm's table.
        litellm_model: The model's name in that table, where it is another one.
        concurrency: Calls at once.
        timeout: Seconds after which a call has failed.
        attempts: How often a call is made at most.
        wait: Seconds before the second attempt; doubled before each further one.
        remote: True where what is shown leaves this machine though the address is here: a tunnel, a proxy. Any other
            address leaves it whatever is said (see ``hosts.is_here``).

    Raises:
        PromptfitError: A figure is out of its range, or the address holds a secret.
    """

    def __init__(
        self,
        name: str,
        model: str,
        base_url: str | None,
        key_variable: str | None,
        strategy: str,
        start: Sequence[str],
        vision: bool,
        max_images: int,
        max_pixels: int,
        temperature: float | None,
        max_tokens: int,
        max_tokens_name: str,
        seed: int | None,
        extra_body: Mapping[str, Any],
        price: Mapping[str, float] | None,
        litellm_model: str | None,
        concurrency: int,
        timeout: float,
        attempts: int,
        wait: float,
        remote: bool,
    ) -> None:
        self.name, self.model, self.strategy, self.start = name, model, strategy, start
        self.base_url, self.key_variable = base_url or OPENAI, key_variable
        self._access = Access("generator", name, model, (self.base_url,), key_variable)
        self.remote = remote or self._access.elsewhere
        self.vision, self.most_images, self.max_pixels = vision, max_images if vision else 0, max_pixels
        self.max_tokens, self.concurrency = max_tokens, concurrency
        self.timeout, self.attempts, self.wait = timeout, attempts, wait
        self._price, self._priced_as, self._seed = price, litellm_model or model, seed
        self._sampling = {max_tokens_name: max_tokens, "temperature": temperature, **extra_body}
        if min(max_pixels, max_tokens, concurrency, timeout, attempts) <= 0 or max_images < 0 or wait < 0:
            raise PromptfitError(
                f"{self._access.config}: max_pixels, max_tokens, concurrency, timeout and attempts must be above 0, "
                "max_images and wait 0 or more"
            )

    @property
    def identity(self) -> str:
        """Names the model, where it is, and every setting that changes a completion."""
        return self.identity_of(())

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the API is."""
        return (self.base_url,)

    @property
    def says_who(self) -> bool:
        """Its identity names its address."""
        return True

    def who_serves(self) -> dict[str, str]:
        """Asks nobody."""
        return {}

    def identity_of(self, served: Sequence[str]) -> str:
        """The identity with what replies said of their model."""
        parts = {
            "generator": "openai",
            "model": self.model,
            "base_url": self.base_url,
            "sampling": self._sampling,
            "seed": self._seed,
            "images": [self.most_images, self.max_pixels],
            **({"serves": sorted(served)} if served else {}),
        }
        return canonical_json(parts)

    @cached_property
    def price(self) -> prices.Price:
        """Money for tokens.

        Raises:
            PromptfitError: It is not known.
        """
        return prices.price_of(self._access.config, self._priced_as, self._price)

    def check(self) -> None:
        """Looks whether the key is there and the price is known; asks nobody.

        Raises:
            PromptfitError: Either is not.
        """
        self._access.key()
        _ = self.price

    def quote(self, messages: Sequence[Message]) -> Quote:
        """Returns an estimate of the tokens in, and the most that the reply may take."""
        sent = message_images.tokens_in(messages, self.most_images, self.max_pixels)
        return Quote(sent, self.max_tokens, self.price.of(sent, self.max_tokens))

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        """See ``Generator.complete``: what may pass is tried again, what may not stops at once."""
        seed = {} if self._seed is None else {"seed": self._seed + draw}
        said = message_images.contents(messages, self.most_images, self.max_pixels)
        sampling = {name: value for name, value in self._sampling.items() if value is not None}
        body = json.dumps({"model": self.model, "messages": said, **sampling, **seed}).encode()
        sent = message_images.tokens_in(messages, self.most_images, self.max_pixels)
        try:
            reply, seconds = self._ask(body, seed=f"{draw} {[message.text for message in messages]}")
        except (faults.Temporary, faults.Permanent) as fault:
            told = explained(self._access, fault, "max_tokens_name, temperature, vision")
            flagged = isinstance(fault, faults.Permanent) and fault.kind == "filter"
            raise (Flagged(str(told)) if flagged else told) from None
        text = content_of(reply)
        usage = reply.get("usage")
        tokens = prices.believed(usage, self._access.config, sent, prices.tokens_of(text), self.max_tokens)
        cost = prices.cost_of(usage, self.price, tokens)
        return Completion(text, *tokens, seconds, cost, ended_by(reply), model_of(reply))

    def _ask(self, body: bytes, seed: str) -> tuple[dict[str, Any], float]:
        connection = opened(
            self, lambda: Connection(self._access, self.concurrency, self.timeout, self.attempts, self.wait)
        )

        async def sent() -> bytes:
            return body

        return connection.loop.run(connection.calls.ask(sent, "", seed))

    def __getstate__(self) -> dict[str, Any]:
        return unopened(self)
