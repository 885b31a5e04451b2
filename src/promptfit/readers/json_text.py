"""Where the JSON stands in an answer, and what it says: strictly where it is well-formed, with patience elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from promptfit.readers.json_values import Node, is_whole
from promptfit.readers.repairs import Repair
from promptfit.readers.strict_json import decoded, is_deep
from promptfit.readers.tolerant_json import TolerantParser

_START = re.compile(r"\{|\[(?=\s*+[\[{])")
_FENCE = re.compile(r"(?:```|~~~)[\w+-]{0,20}")
_OPENED = re.compile(r"""\s*+["'“][^"'”\n]{1,100}["'”]\s*+:""")
"""An object whose bracket stands in the prompt, or was forgotten."""


@dataclass(slots=True)
class JsonText:
    """The objects and lists of an answer, in their order."""

    roots: list[Node] = field(default_factory=list)
    repairs: Counter[Repair] = field(default_factory=Counter)

    @property
    def whole(self) -> bool:
        """Whether the text did not end inside one of them."""
        return all(map(is_whole, self.roots))


def json_text(text: str) -> JsonText:
    """Finds all objects, and lists of objects or lists, that stand in a text beside each other.

    Raises:
        TooDeepError: One is nested too deep.
    """
    found = JsonText()
    text = _unquoted(text, found.repairs)
    if "{" not in text and _OPENED.match(text):
        found.repairs[Repair.MISSING_BRACKET] += 1
        text = f"{{{text}"
    outside, place, strict = [], 0, not is_deep(text)
    while start := _START.search(text, place):
        outside.append(text[place : start.start()])
        try:
            if not strict:
                raise ValueError
            root, place = decoded(text, start.start())
            found.roots.append(root)
        except ValueError:
            strict = False  # once is enough: what it has read in vain is read again
            place = _tolerated(text, start.start(), found)
    if found.roots:
        _count_outside([*outside, text[place:]], found)
    return found


def _unquoted(text: str, repairs: Counter[Repair]) -> str:
    """What stands in a JSON string: ``"{\\"a\\": 1}"``."""
    if not text.lstrip().startswith('"{'):
        return text
    try:
        inner, _ = decoded(text, text.index('"'))
    except ValueError:
        return text
    repairs[Repair.QUOTED_JSON] += 1
    return str(inner)


def _tolerated(text: str, start: int, found: JsonText) -> int:
    """Reads what is not well-formed, if it is meant as JSON, and returns where it ends."""
    parser = TolerantParser(text, start)
    root = parser.run()
    begun = not is_whole(root) and not parser.repairs[Repair.STRAY_TEXT]  # and cut off before its first key
    if parser.keyed or begun or text[start] == "[":
        found.roots.append(root)
        found.repairs.update(parser.repairs)
    return parser.place


def _count_outside(parts: list[str], found: JsonText) -> None:
    fences = sum(len(_FENCE.findall(one)) for one in parts)
    found.repairs[Repair.FENCE] += fences > 0
    found.repairs[Repair.TEXT_AROUND] += any(_FENCE.sub("", one).strip() for one in parts)
    found.repairs[Repair.SEVERAL_OBJECTS] += len(found.roots) > 1
