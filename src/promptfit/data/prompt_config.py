"""VLMHyperBench's ``prompt_config``: a user and a system prompt for whole records, by document type.

``{"prompt_config": {"system_prompt": …, "user_prompt": …, "type_mapping": {"<doc type>": {…}}}}``: what a type leaves
out is taken from above. Their prompts are Jinja templates, ours are asked as they stand: placeholders are refused, and
braces that would be some are marked as raw on the way out.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from promptfit.data.collection import Row
from promptfit.data.plain_json import read_json
from promptfit.support.files.writing import replace_file
from promptfit.support.system_text import END, joined
from promptfit.support.texts import as_name
from promptfit.types import PromptfitError

log = logging.getLogger(__name__)
CONFIG, SYSTEM, USER, TYPES = "prompt_config", "system_prompt", "user_prompt", "type_mapping"
RECORD = " *"
"""How the field of a whole record ends."""
_TEMPLATE = re.compile(r"\{[{%#]")
_RAW = re.compile(r"\{% raw %\}(.*)\{% endraw %\}", re.DOTALL)


def read(path: Path, doc_type: str | None = None) -> list[Row]:
    """The prompts of a file, a row ``"<doc type> *"`` each.

    Args:
        path: The JSON file.
        doc_type: Whose the prompt is that stands above all types.

    Raises:
        PromptfitError: The file is none, or it does not say whose a prompt is.
    """
    said = _mapping(path, read_json(path), "the whole")
    config = _mapping(path, said.get(CONFIG, said), CONFIG)
    types = _mapping(path, config.get(TYPES) or {}, TYPES)
    if SYSTEM not in config and USER not in config and not types:
        raise PromptfitError(f'{path}: no "{USER}", "{SYSTEM}" or "{TYPES}" in it: it is no {CONFIG} of VLMHyperBench')
    found = {as_name(name): _row(path, name, config, _mapping(path, own, name)) for name, own in types.items()}
    if doc_type is not None:
        found[as_name(doc_type)] = _row(path, doc_type, config, {})
    elif not found:
        raise PromptfitError(f"{path}: whose prompt is it? The file names no document type: say doc_type=…")
    elif config.get(USER) not in (None, "", *(own.get(USER) for own in types.values())):
        log.warning("%s: the prompt for all other document types is left out; doc_type=… takes it for one", path)
    return list(found.values())


def write(path: Path, rows: Iterable[Row]) -> None:
    """Writes prompts of whole records; where there is one alone, it stands above all types, too.

    Raises:
        PromptfitError: A prompt can't be told from a template, or the file can't be written.
    """
    types = {
        row.name.removesuffix(RECORD): {SYSTEM: _raw(path, row.system) or None, USER: _raw(path, row.user)}
        for row in rows
    }
    above = next(iter(types.values())) if len(types) == 1 else {}
    text = json.dumps({CONFIG: {**above, TYPES: types}}, ensure_ascii=False, indent=2)
    replace_file(path, text.encode("utf-8") + b"\n")


def _row(path: Path, doc_type: str, config: Mapping[str, Any], own: Mapping[str, Any]) -> Row:
    name = as_name(doc_type)
    texts = {}
    for key in (USER, SYSTEM):
        text = own.get(key) if own.get(key) is not None else config.get(key)
        if not isinstance(text, str | None):
            raise PromptfitError(f'{path}: "{key}" of "{name}" is no text; write it in quotes')
        texts[key] = _asked(path, key, name, text or "")
    if not name or not as_name(texts[USER]):
        raise PromptfitError(f'{path}: "{name}" has no name or no "{USER}"; write one')
    if END in texts[SYSTEM]:
        raise PromptfitError(f'{path}: "{SYSTEM}" of "{name}" holds {END}, which ends a system text; take it out')
    return Row(f"{name}{RECORD}", joined(texts[SYSTEM], texts[USER]))


def _asked(path: Path, key: str, name: str, text: str) -> str:
    """The text as it is asked."""
    if (raw := _RAW.fullmatch(text)) and "{% endraw %}" not in raw[1]:
        return raw[1]
    if found := _TEMPLATE.search(text):
        around = text[found.start() : found.start() + 40]
        raise PromptfitError(
            f'{path}: "{key}" of "{name}" has a placeholder ({around!r}), and prompts are asked as they stand; '
            "write what it stands for, or put braces that are meant between {% raw %} and {% endraw %}"
        )
    return text


def _raw(path: Path, text: str) -> str:
    if "{% endraw %}" in text:
        raise PromptfitError(f"{path}: a prompt that holds {{% endraw %}} can't be told from a template; reword it")
    return f"{{% raw %}}{text}{{% endraw %}}" if _TEMPLATE.search(text) else text


def _mapping(path: Path, value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise PromptfitError(f"{path}: {name} is no JSON object; write {{…}}")
    return value
