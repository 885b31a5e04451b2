"""Structured output: whether answers to requests with a schema can be anything else than JSON of that shape."""

from __future__ import annotations

from promptfit.types import PromptfitError, Request

OFF = "off"
MODES = (OFF, "json", "schema")
"""Answers are free; any JSON object; just the schema's own object."""
ANY_OBJECT = '{"type":"object"}'
"""The JSON Schema of ``json``."""


def check_mode(mode: object) -> None:
    """Refuses what is no mode.

    Raises:
        PromptfitError: It is none; YAML reads a bare ``off`` as a boolean.
    """
    if isinstance(mode, bool):
        raise PromptfitError(f'structured={mode} is no mode: YAML reads a bare off as a boolean; say structured: "off"')
    if mode not in MODES:
        raise PromptfitError(f"structured={mode} is no mode; there are: {', '.join(MODES)}")


def constraint_of(mode: str, request: Request) -> str:
    """The JSON Schema that the answer to a request is held to; empty where it is free.

    Args:
        mode: Of the answerer, one of ``MODES``.
        request: One without a schema asks for a single value, and is never constrained.
    """
    if mode == OFF or not request.schema:
        return ""
    return request.schema if mode == "schema" else ANY_OBJECT


def named_mode(mode: str) -> dict[str, str]:
    """What an identity says of it: nothing where answers are free, as in identities from before there was a mode."""
    return {} if mode == OFF else {"structured": mode}
