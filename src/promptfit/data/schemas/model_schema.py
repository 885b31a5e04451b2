"""A Pydantic model by its dotted name. Its module is imported, and so run: only what a person has typed comes here."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from promptfit.types import PromptfitError

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")


def is_dotted(name: str) -> bool:
    """Whether a text can be a model's name, such as ``shop.models.Passport``."""
    return bool(_DOTTED.fullmatch(name)) and not name.endswith(".json")


def model_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a model.

    Raises:
        PromptfitError: Its module can't be imported, or there is no model of this name in it.
    """
    module, _, model = name.rpartition(".")
    try:
        found = getattr(import_module(module), model, None)
    except Exception as error:  # whatever the person's module raises
        raise PromptfitError(
            f"{name}: {module} can't be imported ({type(error).__name__}: {error}); put the folder that it lies in "
            "into PYTHONPATH"
        ) from error
    from pydantic import BaseModel

    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise PromptfitError(f"{name}: {module} has no Pydantic model of this name")
    try:
        return found.model_json_schema()
    except Exception as error:  # a field that Pydantic has no schema of
        raise PromptfitError(f"{name}: Pydantic makes no JSON Schema of it ({error})") from error
