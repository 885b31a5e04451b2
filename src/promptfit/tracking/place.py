"""Where the runs go: what conf/tracking/ says, unless the environment has another address."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from promptfit.paths import home, resolve
from promptfit.support.http.secrets import struck
from promptfit.types import PromptfitError

SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Place:
    """The choice of the group `tracking`.

    Args:
        uri: MLflow's address; SQLite's path is relative to the project's root. None where only the variable says it.
        artifacts: The folder of the runs' files, as relative; None leaves it to the server.
        variable: Name of the environment variable whose address comes first. Only that one may hold a password.

    Raises:
        PromptfitError: The configuration's address holds a secret.
    """

    uri: str | None
    artifacts: str | None
    variable: str

    def __post_init__(self) -> None:
        """Checks the address: a configuration is shown, logged and committed."""
        if self.uri is not None and struck(self.uri) != self.uri:
            raise PromptfitError(f"tracking.uri must hold no secret; put that address into {self.variable}")

    @property
    def address(self) -> str:
        """The address in force. It may hold a password: show it by ``str`` of the place.

        Raises:
            PromptfitError: Neither the variable nor the configuration has one.
        """
        own = not os.environ.get(self.variable) and self.said.startswith(SQLITE)
        return f"{SQLITE}{resolve(self.said.removeprefix(SQLITE))}" if own else self.said

    @property
    def said(self) -> str:
        """The same as it was written, relative to the project's root where that is.

        Raises:
            PromptfitError: Neither the variable nor the configuration has one.
        """
        if (said := os.environ.get(self.variable) or self.uri) is None:
            raise PromptfitError(f"the environment variable {self.variable} is not set; put MLflow's address into it")
        return said

    @property
    def own_database(self) -> Path | None:
        """SQLite's file where it lies in the project, and moves with it; None for any other place."""
        if os.environ.get(self.variable) or not (self.uri or "").startswith(SQLITE):
            return None
        path = Path(str(self.uri).removeprefix(SQLITE)).expanduser()
        return None if path.is_absolute() else resolve(path)

    @property
    def artifact_root(self) -> str | None:
        """Where new experiments keep their files, as a URI; None leaves it to the server."""
        if self.artifacts is None or os.environ.get(self.variable):
            return None
        return (home() / self.artifacts).as_uri()

    @property
    def registry(self) -> str:
        """Where chosen prompts are registered. It may hold a password."""
        return os.environ.get("MLFLOW_REGISTRY_URI") or self.address

    @property
    def is_server(self) -> bool:
        """Whether MLflow's pages are there already."""
        return self.address.startswith("http")

    def __str__(self) -> str:
        return struck(self.address)
