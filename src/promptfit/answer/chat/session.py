"""A session with the servers of a model: a thread with an event loop, connections, limits, images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from promptfit.answer.chat.body import Bodies
from promptfit.answer.chat.chat_settings import ChatSettings
from promptfit.answer.structured import OFF
from promptfit.support.http import prices, server_reply
from promptfit.support.http.connection import Connection
from promptfit.support.http.faults import Permanent, Temporary
from promptfit.support.http.remedies import explained
from promptfit.support.http.retry import Hope
from promptfit.support.http.workers import Window, stream
from promptfit.types import Answer, NoAnswer, PromptfitError, Request

_UNSTRUCTURED = dict.fromkeys(("response_format", "json_schema", "json_object", "strict"), 'structured: "off"')
"""What to say instead, by the parameter that a server refuses which cannot hold answers to a schema."""


class Session(Connection):
    """Open until it is closed.

    Raises:
        PromptfitError: The key is missing, or the price is not known.
    """

    def __init__(self, settings: ChatSettings) -> None:
        access = settings.access
        # Nothing here holds the answerer: the session is closed when nobody holds that any more.
        self._access, self._price, self._most = access, settings.money, settings.max_new_tokens
        super().__init__(access, settings.concurrency, settings.timeout, settings.attempts, settings.wait)
        # Those that wait for their next attempt hold no place, and must not keep the others from theirs.
        self._width = 2 * settings.concurrency * len(access.addresses)
        own = {"model": settings.model, **settings.sampled}
        self._bodies = Bodies(own, settings.bounds, settings.detail, settings.structured)
        structured = settings.structured != OFF
        self._settings = "max_tokens_name, temperature, max_pixels, extra_body" + ", structured" * structured
        self._changes = _UNSTRUCTURED if structured else {}

    def answer(self, requests: Sequence[Request], order: Sequence[int]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """Yields answers, or why there is none, as they come.

        Raises:
            PromptfitError: It makes no sense to go on.
        """
        hope = Hope()

        async def one(index: int) -> tuple[int, Answer | NoAnswer]:
            return index, await self._one(requests[index], hope)

        return stream(self.loop, lambda: Window(order, one, self._width))

    async def _one(self, request: Request, hope: Hope) -> Answer | NoAnswer:
        image, sent = f"{request.image_digest}{request.altered}", 0

        async def body() -> bytes:
            nonlocal sent
            part = await self._bodies.part(request)
            sent = 10 + part.tokens + prices.tokens_of(request.system + request.prompt)
            return self._bodies.body(request, part)

        try:
            said, seconds = await self.calls.ask(body, image, seed=image + request.prompt)
        except PromptfitError as error:  # the image
            return NoAnswer(str(error))
        except (Temporary, Permanent) as error:
            fault = error.with_traceback(None)
        else:
            hope.answered()
            if why := server_reply.withheld(said):
                return NoAnswer(why)
            text = server_reply.content_of(said)
            said_tokens = prices.tokens_of(text)
            usage = said.get("usage")
            tokens = prices.believed(usage, self._access.config, sent, said_tokens, self._most)
            cost = prices.cost_of(usage, self._price, tokens)
            ended, model = server_reply.ended_by(said), server_reply.model_of(said)
            return Answer(text, *tokens, seconds=seconds, cost=cost, ended=ended, model=model)
        own = isinstance(fault, Temporary) or fault.kind in ("request", "filter")
        if not own or hope.lost(fault, image, self.servers.replied):
            raise explained(self._access, fault, self._settings, self._changes)
        return NoAnswer(str(fault), passing=isinstance(fault, Temporary))
