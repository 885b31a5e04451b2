"""How to get in: where the API is, and which environment variable holds its key."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from promptfit.support.http.hosts import is_here
from promptfit.types import PromptfitError

OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Access:
    """The address, and the name of the key's variable. The key itself is in no attribute.

    Args:
        group: ``generator`` or ``model``, the group of configurations.
        name: Name of the file there.
        model: The model's name at the server.
        addresses: Where the API is; several are servers of the same.
        variable: Name of the environment variable that holds the key; ``None`` where the server wants none.

    Raises:
        PromptfitError: An address holds a secret, or is none; or the variable is a key itself.
    """

    group: str
    name: str
    model: str
    addresses: Sequence[str]
    variable: str | None

    def __post_init__(self) -> None:
        if self.variable is not None and not re.fullmatch("[A-Z_][A-Z0-9_]*", self.variable):
            raise PromptfitError(
                f"{self.config}: key_variable must be the name of an environment variable, in capitals; never the key"
            )
        for address in self.addresses:
            parts = urlsplit(address)
            if parts.username is not None or parts.query:
                raise PromptfitError(f"{self.config}: base_url must hold no secret; name its variable in key_variable")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise PromptfitError(f"{self.config}: base_url must look like http://127.0.0.1:8000/v1, not {address}")
        if not self.addresses:
            raise PromptfitError(f"{self.config}: base_url is an empty list; name a server, or null for OpenAI's own")

    @property
    def config(self) -> str:
        """The configuration's path, for messages."""
        return f"conf/{self.group}/{self.name}.yaml"

    @property
    def elsewhere(self) -> bool:
        """Whether any of the addresses is neither on this machine nor on another one of the person's."""
        return not all(map(is_here, self.addresses))

    @property
    def where(self) -> str:
        """The addresses in words."""
        return ", ".join(self.addresses)

    def key(self) -> str:
        """Returns the key, empty where the server wants none.

        Raises:
            PromptfitError: The variable is not set, or holds what no key can.
        """
        if self.variable is None:
            return ""
        key = os.environ.get(self.variable, "").strip()
        if not key:
            raise PromptfitError(
                f"{self.config}: the environment variable {self.variable} is not set; put the key of "
                f"{self.where} into it"
            )
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise PromptfitError(
                f"{self.config}: the environment variable {self.variable} holds what no key can; copy the key anew"
            )
        return key
