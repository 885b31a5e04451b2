"""Calls of the chat completions API: made again where that may help, and judged where not."""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING, Any

from promptfit.support.http import faults
from promptfit.support.http.access import OPENAI
from promptfit.support.http.server_reply import content_of, message_of, read

if TYPE_CHECKING:
    import openai
    import tenacity

log = logging.getLogger(__name__)


class Chat:
    """The client of one server; threads may use it side by side.

    Args:
        server: The server's name in the log.
        base_url: Where the API is.
        key: Empty where the server wants none.
        timeout: Seconds without a sign of life after which a call has failed.
        attempts: How often a call is made at most.
        wait: Seconds before the second attempt; doubled before each further one.
    """

    def __init__(self, server: str, base_url: str, key: str, timeout: float, attempts: int, wait: float) -> None:
        self.server, self.timeout, self.attempts, self.wait = server, timeout, attempts, wait
        self._client, self._keyless = _client(base_url, key, timeout), not key

    def ask(self, body: dict[str, Any], seed: str) -> dict[str, Any]:
        """Returns the reply as the server sent it; it holds a message.

        Args:
            body: Parameters of the API.
            seed: Of the waits: calls that were turned away together do not come back together, the same in every run.

        Raises:
            Temporary: All attempts failed, or the server wants no further one for long.
            Permanent: The server will not reply to such a call.
        """
        import tenacity

        draws = random.Random(seed)

        def wait(state: tenacity.RetryCallState) -> float:
            own: float = min(faults.LONGEST_WAIT, self.wait * 2 ** (state.attempt_number - 1)) * draws.uniform(1.0, 1.5)
            return max(own, _temporary(state).wait or 0.0)

        def tell(state: tenacity.RetryCallState) -> None:
            pause = state.next_action.sleep if state.next_action else 0.0
            log.info(
                "%s: attempt %d: %s; next one in %.1f s", self.server, state.attempt_number, _temporary(state), pause
            )

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda fault: isinstance(fault, faults.Temporary) and fault.soon()),
            stop=tenacity.stop_after_attempt(self.attempts),
            wait=wait,
            before_sleep=tell,
            reraise=True,
        )(self._once, body)

    @property
    def _secret(self) -> str:
        return "" if self._keyless else self._client.api_key

    def _once(self, body: dict[str, Any]) -> dict[str, Any]:
        import httpx
        import openai

        headers = {"Authorization": openai.Omit()} if self._keyless else {}
        try:
            raw = self._client.chat.completions.with_raw_response.create(**body, extra_headers=headers)
            status, text, told = raw.status_code, raw.text, raw.headers
        except openai.APIStatusError as error:
            status, text, told = error.status_code, error.response.text, error.response.headers
        except openai.APITimeoutError:
            status, text = 0, f"no reply within {self.timeout:g} s"
        except (openai.APIConnectionError, httpx.HTTPError) as error:
            status, text = 0, f"the connection failed ({type(error.__cause__ or error).__name__})"
        # Out here, so that no fault carries the client's errors, which hold the request and its key.
        if status == 0:
            raise faults.Temporary(text)
        return read(status, text, told, self._secret)


def text_of(reply: dict[str, Any]) -> str:
    """Returns the message's text; where there is none, the refusal's."""
    return content_of(reply) or str(message_of(reply).get("refusal") or "")


def _temporary(state: tenacity.RetryCallState) -> faults.Temporary:
    fault = state.outcome.exception() if state.outcome else None
    return fault if isinstance(fault, faults.Temporary) else faults.Temporary("")


def _client(base_url: str, key: str, timeout: float) -> openai.OpenAI:
    import openai

    # The client reads OpenAI's own variables: they are no business of other servers.
    headers: dict[str, Any] = {}
    if base_url != OPENAI:
        headers |= {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
    return openai.OpenAI(
        api_key=key or "none",
        base_url=base_url,
        timeout=timeout,
        max_retries=0,
        default_headers=headers,
    )
