"""One call of the chat completions API over HTTP: a body goes out, a message or a fault comes back."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from promptfit.support.http import server_reply
from promptfit.support.http.faults import Permanent, Temporary

if TYPE_CHECKING:
    import aiohttp

_LONGEST = 16 * 1024 * 1024
"""Bytes of a reply; one that is longer is none."""


class Client:
    """Connections to all servers of one configuration, made inside the event loop that uses them.

    Args:
        key: Empty where the servers want none.
        timeout: Seconds after which a call has failed.
        elsewhere: Whether the servers are on other machines; through a proxy, those of this one would be, too.
    """

    def __init__(self, key: str, timeout: float, elsewhere: bool) -> None:
        import aiohttp

        # aiohttp asks 20 times less of the processor for a call than openai's client, 45 times less than litellm's.
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=_certificates()),
            timeout=aiohttp.ClientTimeout(total=None),
            headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})},
            trust_env=elsewhere,  # proxies, as everywhere
        )
        self._key, self._timeout = key, timeout

    async def ask(self, address: str, body: bytes) -> dict[str, Any]:
        """Returns the reply; it holds a message.

        Raises:
            Temporary: The call failed.
            Permanent: It would fail again.
        """
        data = io.BytesIO(body)
        return server_reply.read(*await self._sent("POST", f"{address.rstrip('/')}/chat/completions", data), self._key)

    async def models(self, address: str) -> list[dict[str, Any]]:
        """Returns what the server lists as its models; nothing where that is no list.

        Raises:
            Temporary: Nobody is there, or the call failed.
            Permanent: The server does not say.
        """
        status, text, _ = await self._sent("GET", f"{address.rstrip('/')}/models", None)
        if status >= 300:
            raise Permanent("request", str(status))
        try:
            listed = json.loads(text)["data"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return []
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    async def _sent(self, method: str, url: str, data: io.BytesIO | None) -> tuple[int, str, Mapping[str, str]]:
        import aiohttp

        try:
            async with asyncio.timeout(self._timeout):
                # A key does not follow a redirection.
                async with self._session.request(method, url, data=data, allow_redirects=False) as response:
                    text = (await _read(response)).decode("utf-8", "replace")
        except TimeoutError:
            fault = Temporary(f"no reply within {self._timeout:g} s", cause="slow")
        except aiohttp.ClientConnectorError as error:
            fault = Temporary(f"nobody is there ({_name(error)})", cause="away")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            fault = Temporary(f"the connection failed ({_name(error)})")
        else:
            return response.status, text, response.headers
        raise fault  # out here, so that it does not carry the client's errors, which hold the request

    async def close(self) -> None:
        """Closes the connections."""
        await self._session.close()


async def _read(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for part in response.content.iter_any():
        data += part
        if len(data) > _LONGEST:
            raise ValueError("a reply without an end")
    return bytes(data)


def _name(error: BaseException) -> str:
    return type(error.__cause__ or error).__name__


def _certificates() -> Any:
    """Whom to trust: the system's authorities, and those of the package certifi, as openai's client does."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
