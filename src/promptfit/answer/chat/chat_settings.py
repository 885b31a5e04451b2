"""What a model behind a chat completions API is asked with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from promptfit.answer.structured import OFF, check_mode, named_mode
from promptfit.support.canonical import canonical_json
from promptfit.support.http import prices
from promptfit.support.http.access import OPENAI, Access
from promptfit.support.http.data_url import SentBounds
from promptfit.types import PromptfitError


@dataclass(frozen=True)
class ChatSettings:
    """A model, where it is served, and how it is asked.

    Args:
        name: The configuration's name, for messages.
        model: The model's name at the server.
        base_url: Where the API is; several addresses are servers of the same model; null is OpenAI's own.
        key_variable: Name of the environment variable that holds the key; null where the server wants none.
        max_new_tokens: Where an answer is cut; the thoughts of a model that thinks count, too.
        max_tokens_name: The parameter's name: OpenAI's newer models call it ``max_completion_tokens``.
        temperature: null leaves it to the server; some models take no other.
        max_pixels: Larger images are shrunk to this many pixels; null leaves that to the server.
        max_bytes: Those that are longer in base64, as servers count, are shrunk until they are not; null is no limit.
        detail: The API's own word on images (``low``, ``high``); null sends none.
        extra_body: More parameters of the API, like ``{seed: 0}`` or vLLM's ``{top_k: 1}``.
        template_options: Variables of the chat template, like ``{enable_thinking: false}``, for servers of open
            weights: ``chat_template_kwargs`` of vLLM, SGLang and llama.cpp.
        structured: ``json`` holds answers to questions for a record to some JSON object, ``schema`` to the object of
            the record's schema (``response_format`` of the API); ``off`` leaves them free.
        price: ``{input, output}``: money for a million tokens; null looks in litellm's table.
        litellm_model: The model's name in that table, where it is another one.
        served_by: Who serves it and how, in your words; another word has answers of its own. null is the address of
            somebody else's API. Servers of your own may move to another port or machine: where this is empty, they are
            asked what they serve (``/v1/models``), and what they say is a part of the identity.
        concurrency: Calls at once to each server at most.
        timeout: Seconds after which a call has failed.
        attempts: How often a call is made at most.
        wait: Seconds before the second attempt; doubled before each further one.
        remote: True where what is shown leaves this machine though the address is here: a tunnel, a proxy. Any other
            address leaves it whatever is said (see ``hosts.is_here``).

    Raises:
        PromptfitError: A figure is out of its range, the address holds a secret, or the answers' format is said twice.
    """

    name: str
    model: str
    base_url: str | Sequence[str] | None = field(default=None, hash=False)
    key_variable: str | None = None
    max_new_tokens: int = 64
    max_tokens_name: str = "max_tokens"
    temperature: float | None = 0.0
    max_pixels: int | None = 1003520
    max_bytes: int | None = None
    detail: str | None = None
    extra_body: Mapping[str, Any] | None = field(default=None, hash=False)
    template_options: Mapping[str, Any] | None = field(default=None, hash=False)
    structured: str = OFF
    price: Mapping[str, float] | None = field(default=None, hash=False)
    litellm_model: str | None = None
    served_by: str | None = None
    concurrency: int = 32
    timeout: float = 120.0
    attempts: int = 8
    wait: float = 1.0
    remote: bool = False

    def __post_init__(self) -> None:
        # an address or a variable that cannot be is refused now, and not at the first call
        object.__setattr__(self, "remote", self.remote or self.access.elsewhere)
        figures = [self.max_new_tokens, self.concurrency, self.timeout, self.attempts]
        bounds = [one for one in (self.max_pixels, self.max_bytes) if one is not None]
        if min([*figures, *bounds]) <= 0 or self.wait < 0:
            raise PromptfitError(
                f"{self.access.config}: max_new_tokens, max_pixels, max_bytes, concurrency, timeout and attempts must "
                "be above 0, wait 0 or more"
            )
        try:
            check_mode(self.structured)
        except PromptfitError as error:
            raise PromptfitError(f"{self.access.config}: {error}") from None
        if self.structured != OFF and "response_format" in (self.extra_body or {}):
            raise PromptfitError(
                f"{self.access.config}: structured makes the response_format; leave it out of extra_body"
            )

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """Where the API is, each address once."""
        named = [self.base_url or OPENAI] if self.base_url is None or isinstance(self.base_url, str) else self.base_url
        return tuple(dict.fromkeys(named))

    @cached_property
    def access(self) -> Access:
        """How to get in; the key itself stays in its environment variable."""
        return Access("model", self.name, self.model, self.addresses, self.key_variable)

    @property
    def bounds(self) -> SentBounds:
        """What an image may have at most."""
        return SentBounds(self.max_pixels, self.max_bytes)

    @cached_property
    def sampled(self) -> dict[str, Any]:
        """Parameters of the API that all calls share."""
        named = {
            self.max_tokens_name: self.max_new_tokens,
            "temperature": self.temperature,
            "chat_template_kwargs": self.template_options,
            **(self.extra_body or {}),
        }
        return {key: value for key, value in named.items() if value is not None}

    @cached_property
    def identity(self) -> str:
        """Names the model, who serves it, and every setting that changes an answer."""
        return self.identity_of(())

    @property
    def says_who(self) -> bool:
        """Whether the configuration itself says who serves the model."""
        return self.remote if self.served_by is None else bool(self.served_by)

    def identity_of(self, served: Sequence[str]) -> str:
        """The identity with what servers said of the model, which is nothing where the configuration says who serves.

        Args:
            served: What they said, each text once. That a name stands for the model of that name says nothing new.
        """
        images = {"max_pixels": self.max_pixels, "detail": self.detail}
        more = sorted(set(served) - {canonical_json({"root": self.model})})
        elsewhere = ", ".join(sorted(self.addresses)) if self.remote else ""
        return canonical_json(
            {
                "answerer": "openai",
                "model": self.model,
                "served_by": self.served_by if self.served_by is not None else elsewhere,
                "sampling": self.sampled,
                **named_mode(self.structured),
                "images": {**images, **({"max_bytes": self.max_bytes} if self.max_bytes else {})},
                **({"serves": more} if more else {}),
            }
        )

    @cached_property
    def money(self) -> prices.Price:
        """Money for tokens.

        Raises:
            PromptfitError: It is not known.
        """
        return prices.price_of(self.access.config, self.litellm_model or self.model, self.price)
