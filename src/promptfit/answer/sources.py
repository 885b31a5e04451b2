"""Whose answers are kept: what servers say that they serve, and where answers came from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from typing import Protocol, runtime_checkable

from promptfit.support.cache.heard_texts import HeardTexts
from promptfit.types import Answer

log = logging.getLogger(__name__)


@runtime_checkable
class Served(Protocol):
    """An answerer behind servers that can be asked what they serve."""

    model: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the servers are."""

    @property
    def says_who(self) -> bool:
        """Whether the configuration says who serves the model."""

    @property
    def replied(self) -> frozenset[str]:
        """What replies called their model."""

    def who_serves(self) -> dict[str, str]:
        """What the servers say of the model, by address; those that are away are left out."""

    def identity_of(self, served: Sequence[str]) -> str:
        """The identity with what they said."""


class Sources:
    """Whose answers an identity holds. Two servers may serve two models under one name.

    Args:
        answerer: Behind servers.
        cache: Keeps what they said, and where answers came from.
    """

    def __init__(self, answerer: Served, cache: HeardTexts[Answer]) -> None:
        self._answerer, self._cache = answerer, cache
        self._noted: set[tuple[str, str]] = set()

    @cached_property
    def identity(self) -> str:
        """The answerer's, with what its servers say, or said before if they are away."""
        answerer = self._answerer
        if answerer.says_who:
            return answerer.identity_of(())
        if now := answerer.who_serves():
            self._cache.keep_served(answerer.model, now)
        known = {**self._cache.served(answerer.model), **now}
        said = {known.get(address, "") for address in answerer.addresses}
        if len(said) > 1:
            log.warning("%s: these servers do not say the same of %s", ", ".join(answerer.addresses), answerer.model)
        identity = answerer.identity_of(sorted(said - {""}))
        before = {address for address, _ in self._cache.heard(identity)}
        if (other := before - set(answerer.addresses)) and not said - {""}:
            log.warning(
                "answers that are kept of %s came from %s, and now %s is named: if another model is served there, say "
                "model.answerer.served_by=<a word of yours>, and it has answers of its own",
                answerer.model,
                ", ".join(sorted(other)),
                ", ".join(answerer.addresses),
            )
        return identity

    def note(self) -> None:
        """Keeps where new answers came from; says so where a reply calls its model otherwise than those before."""
        new = {(address, name) for address in self._answerer.addresses for name in self._answerer.replied} - self._noted
        if not new:
            return
        before = {name for _, name in self._cache.heard(self.identity)}
        if other := {name for _, name in new} - before if before else set():
            log.warning(
                "%s: replies name the model %s, those before named %s: kept answers of both are taken for the same",
                self._answerer.model,
                ", ".join(sorted(other)),
                ", ".join(sorted(before)),
            )
        self._noted |= new
        self._cache.keep_heard(self.identity, new)
