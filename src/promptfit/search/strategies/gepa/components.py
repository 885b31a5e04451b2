"""The parts of a prompt that GEPA evolves one by one: of a record's its instruction, its fields and its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from promptfit.support.system_text import END, joined, parted
from promptfit.types import Sample

PROMPT = "prompt"
SYSTEM, INSTRUCTION, FORMAT = "system text", "instruction", "output format"
Candidate = Mapping[str, str]
"""Texts by component."""


class Components(Protocol):
    """How a prompt is made of components."""

    def apart(self, prompt: str) -> dict[str, str]:
        """Takes a prompt apart; those that it does not have are empty."""

    def whole(self, candidate: Candidate) -> str:
        """Puts the prompt together."""

    def key(self, component: str) -> str:
        """The record's key that a component describes; empty where it is about all of the answer."""


class OnePrompt:
    """A field's prompt: all of it is one component."""

    def apart(self, prompt: str) -> dict[str, str]:
        """See ``Components``."""
        return {PROMPT: prompt}

    def whole(self, candidate: Candidate) -> str:
        """See ``Components``."""
        return candidate[PROMPT]

    def key(self, component: str) -> str:
        """None."""
        return ""


class RecordPrompt:
    """A record's prompt: a system text, the instruction, a description a field, and what the answer has to look like.

    Args:
        keys: The record's.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._fields = {f"field {key}": key for key in keys}

    def apart(self, prompt: str) -> dict[str, str]:
        """See ``Components``; what there is becomes the instruction."""
        system, user = parted(prompt)
        return {SYSTEM: system, INSTRUCTION: user, **dict.fromkeys(self._fields, ""), FORMAT: ""}

    def whole(self, candidate: Candidate) -> str:
        """See ``Components``."""
        about = [f"{key}: {text}" for name, key in self._fields.items() if (text := candidate[name].strip())]
        user = "\n".join(part for part in (candidate[INSTRUCTION].strip(), *about, candidate[FORMAT].strip()) if part)
        return joined(candidate[SYSTEM].replace(END, ""), user)

    def key(self, component: str) -> str:
        """See ``Components``."""
        return self._fields.get(component, "")


def components_of(sample: Sample) -> OnePrompt | RecordPrompt:
    """The components of prompts for a sample's question."""
    return RecordPrompt(sample.record.keys) if sample.record else OnePrompt()
