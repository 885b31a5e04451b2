"""Whose texts are kept: what servers say that they serve, what replies call their model, where texts came from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cached_property
from threading import Lock
from typing import Any, Protocol, runtime_checkable

from promptfit.support.cache.sourced_texts import SourcedTexts
from promptfit.support.canonical import canonical_json
from promptfit.support.http.model_names import is_snapshot, same

log = logging.getLogger(__name__)


@runtime_checkable
class Served(Protocol):
    """An answerer or a generator behind servers, whose replies name their model."""

    model: str

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the servers are."""

    @property
    def says_who(self) -> bool:
        """Whether the configuration says who serves the model."""

    def who_serves(self) -> dict[str, str]:
        """What the servers say of the model, by address; those that are away are left out."""

    def identity_of(self, served: Sequence[str]) -> str:
        """The identity with what they said."""


class Sources:
    """Whose texts an identity holds: two servers may serve two models under one name, and a provider that has retired a
    model, or has no room, may hand the call to another one. Threads may use it side by side.

    Args:
        speaker: Behind servers.
        cache: Keeps what they said, and where texts came from.
    """

    def __init__(self, speaker: Served, cache: SourcedTexts[Any]) -> None:
        self._speaker, self._cache = speaker, cache
        self._identities: dict[str, str] = {}  # by the name that a reply gave
        self._lock = Lock()

    @property
    def identity(self) -> str:
        """The speaker's, with what its servers say, and with the model that answers instead of the asked one."""
        return self._of(self._instead)

    def of(self, name: str) -> str:
        """The identity under which a text is kept.

        A dated snapshot of the asked name is what that name stands for; when it comes to stand for another one, that
        has texts of its own, as any other model has.

        Args:
            name: What the reply called its model; empty where it called it nothing.
        """
        if not name:
            return self.identity
        with self._lock:
            if name not in self._identities:
                self._identities[name] = self._judged(name)
            return self._identities[name]

    def _judged(self, name: str) -> str:
        asked = self._speaker.model
        before = {one for _, one in self._cache.heard(self._own) if is_snapshot(asked, one)}
        if own := same(asked, name) or (is_snapshot(asked, name) and before <= {name}):
            if not same(asked, name) and not before:
                log.info("%s: replies name the model %s", asked, name)
        else:
            log.warning(
                "%s: replies name the model %s%s: what it says is kept as that model's, apart from what %s said. Ask "
                "for a model that is still served (`promptfit models live=true`), or for this one by its own name",
                *(asked, name, f", those before named {', '.join(sorted(before))}" if before else "", asked),
            )
        identity = self._own if own else self._of(name)
        self._cache.keep_heard(identity, {(address, name) for address in self._speaker.addresses})
        self._turn("" if own or self._own in self._identities.values() else name)
        return identity

    def _turn(self, instead: str) -> None:
        """From now on kept texts are looked up as the model's that answers: the asked one, if it answers at all."""
        if instead != self._instead:
            self._instead = instead
            self._cache.keep_served(self._own, dict.fromkeys(self._speaker.addresses, instead))

    def _of(self, instead: str) -> str:
        more = [canonical_json({"replies": instead})] if instead else []
        return self._speaker.identity_of([*self._said, *more]) if more else self._own

    @cached_property
    def _instead(self) -> str:
        """The model that answered last in the place of the asked one."""
        known = self._cache.served(self._own)
        return next((known[address] for address in self._speaker.addresses if known.get(address)), "")

    @cached_property
    def _said(self) -> list[str]:
        """What the servers say now, or said before if they are away."""
        speaker = self._speaker
        if speaker.says_who:
            return []
        if now := speaker.who_serves():
            self._cache.keep_served(speaker.model, now)
        known = {**self._cache.served(speaker.model), **now}
        said = {known.get(address, "") for address in speaker.addresses}
        if len(said) > 1:
            log.warning("%s: these servers do not say the same of %s", ", ".join(speaker.addresses), speaker.model)
        return sorted(said - {""})

    @cached_property
    def _own(self) -> str:
        """The identity of what the asked model says."""
        speaker, identity = self._speaker, self._speaker.identity_of(self._said)
        before = {address for address, _ in self._cache.heard(identity)}
        if not speaker.says_who and not self._said and (other := before - set(speaker.addresses)):
            log.warning(
                "answers that are kept of %s came from %s, and now %s is named: if another model is served there, say "
                "model.answerer.served_by=<a word of yours>, and it has answers of its own",
                speaker.model,
                ", ".join(sorted(other)),
                ", ".join(speaker.addresses),
            )
        return identity
