"""JSON files of other tools, read with care: numbers keep their digits, and what is doubtful is refused by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from promptfit.types import PromptfitError


def read_json(path: Path) -> Any:
    """What a JSON file says; its numbers are texts.

    Raises:
        PromptfitError: It can't be read, is no JSON in UTF-8, is nested too deep, or has a key twice.
    """
    try:
        return json.loads(
            path.read_text("utf-8-sig"), object_pairs_hook=_object, parse_float=str, parse_int=str, parse_constant=str
        )
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check the path and its rights") from error
    except UnicodeDecodeError as error:
        raise PromptfitError(f"{path}: byte 0x{error.object[error.start]:02x} is no UTF-8; save it as UTF-8") from error
    except RecursionError as error:
        raise PromptfitError(f"{path}: its brackets are nested too deep; it can't be meant so") from error
    except ValueError as error:
        raise PromptfitError(f"{path}: no JSON ({error}); correct it") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f'the key "{next(key for key in keys if keys.count(key) > 1)}" is there twice')
    return made
