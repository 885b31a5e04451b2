"""Words of the command line as Hydra's grammar takes them: it refuses bare Cyrillic, quotes, brackets and newlines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_OVERRIDE = re.compile(r"(?P<key>(\+\+?|~)?[A-Za-z_][\w./@-]*)=(?P<value>.*)", re.ASCII | re.DOTALL)
_OPTION = re.compile(r"--?[A-Za-z][\w-]*(=.*)?", re.ASCII | re.DOTALL)
_DELETION = re.compile(r"~[A-Za-z_][\w./@-]*", re.ASCII)

TEXTS = frozenset({"prompt", "save", "label", "collection", "source", "into", "name", "note", "state"})
"""Keys whose value is the person's own text, taken as it stands: `label=007` is no number, `prompt="a, b"` no sweep."""


def is_override(word: str) -> bool:
    """Whether a word is `key=value` or `~key`; anything else is a positional."""
    return bool(_OVERRIDE.fullmatch(word) or _DELETION.fullmatch(word))


def is_option(word: str) -> bool:
    """Whether a word looks like an option; `- Напиши СНИЛС`, `-5` and `-` are texts."""
    return bool(_OPTION.fullmatch(word))


def quoted(words: Sequence[str], sweep: bool = False) -> list[str]:
    """Overrides with their values in quotes where Hydra could not read them, and nothing else changed.

    Args:
        words: What the person typed, after the shell took its own quotes off.
        sweep: With `-m`, where commas stand between values.
    """
    matches = [(word, _OVERRIDE.fullmatch(word)) for word in words]
    return [f"{m['key']}={_value(m['key'].lstrip('+~'), m['value'], sweep)}" if m else w for w, m in matches]


def text(value: str) -> str:
    """A text as a quoted string that neither Hydra nor OmegaConf reads anything into."""
    value = re.sub(r"(\\*)\$\{", lambda m: m[1] * 2 + r"\${", value)
    value = re.sub(r"(\\*)'", lambda m: m[1] * 2 + r"\'", value)
    return "'" + re.sub(r"(\\+)\Z", lambda m: m[1] * 2, value) + "'"


def _value(key: str, value: str, sweep: bool) -> str:
    parsed = _parsed(value)
    if key in TEXTS and not sweep:
        meant = _is_quoted(parsed) or value == "null" or (key != "prompt" and "${" in value and parsed is not None)
        return value if meant else text(value)
    if parsed is not None:
        return value
    if value[:1] == "[" and value[-1:] == "]":
        return "[" + ",".join(_value("", part, False) for part in _parts(value[1:-1])) + "]"
    parts = _parts(value)
    if sweep and len(parts) > 1:
        return ",".join(_value("", part, False) for part in parts)
    return text(value)


def _parts(value: str) -> list[str]:
    """Splits at commas outside of quotes."""
    found = re.findall(r"""((?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|[^,'"]|['"])+)""", value)
    return [part.strip() for part in found]


def _parsed(value: str) -> Any:
    """The override that Hydra makes of a value, or None where it makes nothing of it."""
    from hydra.errors import HydraException

    try:
        return _parser().parse_override(f"key={value}")
    except HydraException:
        return None


def _is_quoted(parsed: Any) -> bool:
    from hydra.core.override_parser.types import QuotedString

    return parsed is not None and isinstance(parsed._value, QuotedString)


@lru_cache(maxsize=1)
def _parser() -> Any:
    from hydra.core.override_parser.overrides_parser import OverridesParser

    return OverridesParser.create()
