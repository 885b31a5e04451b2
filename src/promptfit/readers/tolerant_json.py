"""JSON with mistakes that are plain: every one is counted, none of them is allowed to change a value.

One pass, without recursion, in a time that is linear in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from promptfit.readers.json_values import Items, Members, Node, Number
from promptfit.readers.repairs import Repair
from promptfit.readers.strict_json import DEEPEST, TooDeepError
from promptfit.readers.tolerant_strings import AHEAD, ITEMS, KEYS, QUOTES, VALUES, unescaped

FENCES = ("```", "~~~")
_SPACE = re.compile(r"\s*+")
_COMMENT = re.compile(r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?")
_KEY = re.compile(r"""[^\s:=,;{}\[\]"'“][^:=,;{}\[\]"“\n]*+(?=[:=])""")
_JUNK = re.compile(r"""[^,;{}\[\]"'“\n]++|.""", re.DOTALL)
_BARE = r"[^,;}}\]\n/]++|/(?![/*])|(?<!\s)//|[,;](?!\s*+(?:{}))"
"""A value without quotes ends before a comma that another member follows, a bracket, a line break or a comment."""
_BARE_VALUE = re.compile(rf"(?:{_BARE.format(AHEAD)})++")
_BARE_ITEM = re.compile(rf"(?:{_BARE.format('')})++")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_PYTHON: dict[str, bool | None] = {"True": True, "False": False, "None": None}


@dataclass(slots=True)
class TolerantParser:
    """Reads one object or list of a text that begins at a place.

    After ``run``, ``place`` is where it ends, and containers whose end the text does not reach are not ``whole``.
    """

    text: str
    place: int
    repairs: Counter[Repair] = field(default_factory=Counter)
    keyed: bool = False
    """Whether there was a key: in quotes, or before a colon."""
    _open: list[Members | Items] = field(default_factory=list)
    _comma: bool = True
    """Whether a member may begin here."""

    def run(self) -> Members | Items:
        """Reads it.

        Raises:
            TooDeepError: It is nested too deep.
        """
        root = self._enter()
        while self._open:
            mark = self._next()
            if not mark:
                self._end_early()
            elif mark in ",;":
                self._separate(mark)
            elif mark in "}]":
                self._leave(mark)
            else:
                self._begin()
                if isinstance(self._open[-1], Members):
                    self._member(self._open[-1], mark)
                else:
                    self._value(None, mark)
        return root

    def _next(self) -> str:
        """The next character that is no space and in no comment; empty where the text or its fence ends."""
        while True:
            found = _SPACE.match(self.text, self.place)
            self.place = found.end() if found else self.place
            comment = _COMMENT.match(self.text, self.place)
            if not comment:
                return "" if self.text.startswith(FENCES, self.place) else self.text[self.place : self.place + 1]
            self.repairs[Repair.COMMENT] += 1
            self.place = comment.end()

    def _enter(self) -> Members | Items:
        if len(self._open) >= DEEPEST:
            raise TooDeepError
        new: Members | Items = Members() if self.text[self.place] == "{" else Items()
        self._open.append(new)
        self._comma = True
        self.place += 1
        return new

    def _separate(self, mark: str) -> None:
        self.repairs[Repair.EXTRA_COMMA] += self._comma
        self.repairs[Repair.STRAY_TEXT] += mark == ";"
        self._comma = True
        self.place += 1

    def _leave(self, mark: str) -> None:
        kind = Members if mark == "}" else Items
        self.place += 1
        if not any(isinstance(one, kind) for one in self._open):
            self.repairs[Repair.STRAY_TEXT] += 1
            return
        self.repairs[Repair.EXTRA_COMMA] += self._comma and not self._is_empty
        while not isinstance(self._open.pop(), kind):
            self.repairs[Repair.MISSING_BRACKET] += 1
        self._comma = False

    @property
    def _is_empty(self) -> bool:
        innermost = self._open[-1]
        return not (innermost.pairs if isinstance(innermost, Members) else innermost)

    def _end_early(self) -> None:
        """The text, or its fence, ends inside what is open; a model that came to close the fence had its say."""
        self.repairs[Repair.MISSING_BRACKET] += len(self._open)
        for one in self._open:
            one.whole = self.place < len(self.text)
        self._open.clear()

    def _begin(self) -> None:
        self.repairs[Repair.MISSING_COMMA] += not self._comma
        self._comma = False

    def _member(self, members: Members, mark: str) -> None:
        if mark in "{[":  # what has no key is looked into, like all that is nested
            self.repairs[Repair.MISSING_BRACKET] += 1
            self._value("", mark)
        elif (key := self._key(mark)) is not None and (mark := self._next()):
            if mark in ",}]":
                self.repairs[Repair.MISSING_VALUE] += 1
                members.pairs.append((key, None))
            else:
                self._value(key, mark)

    def _key(self, mark: str) -> str | None:
        """A key with its colon; None where there is none, or the text ends in it."""
        if mark in QUOTES:
            found = KEYS[mark].match(self.text, self.place)
            assert found is not None
            self.keyed = True
            self.place = found.end() if found["closed"] else len(self.text)
            key = unescaped(mark, found["body"], self.repairs) if found["closed"] else None
        elif bare := _KEY.match(self.text, self.place):
            self.keyed = True
            self.place = bare.end()
            self.repairs[Repair.UNQUOTED_KEY] += 1
            key = bare[0].rstrip()
        else:
            junk = _JUNK.match(self.text, self.place)
            assert junk is not None
            self.place = junk.end()
            self.repairs[Repair.STRAY_TEXT] += 1
            return None
        colon = self._next()
        if colon and colon in ":=":
            self.place += 1
        elif colon:
            self.repairs[Repair.MISSING_COLON] += 1
        return key

    def _value(self, key: str | None, mark: str) -> None:
        """A value of the innermost container; one that the text ends in is left out, if it is no container."""
        into = self._open[-1]
        value: tuple[Node] | None = None
        if mark in "{[":
            value = (self._enter(),)
        elif mark in QUOTES:
            patterns = ITEMS if key is None else VALUES
            found = patterns[mark].match(self.text, self.place)
            assert found is not None
            self.place = found.end() if found["closed"] else len(self.text)
            if found["closed"]:
                value = (unescaped(mark, found["body"], self.repairs),)
        else:
            value = self._bare(_BARE_ITEM if key is None else _BARE_VALUE)
        if value and isinstance(into, Members):
            into.pairs.append((key or "", *value))
        elif value and isinstance(into, Items):
            into.extend(value)

    def _bare(self, pattern: re.Pattern[str]) -> tuple[Node] | None:
        found = pattern.match(self.text, self.place)
        end = found.end() if found else self.place + 1
        body = self.text[self.place : end].strip()
        self.place = end
        if end == len(self.text):
            return None
        if body in _WORDS:
            return (_WORDS[body],)
        if body in _PYTHON:
            self.repairs[Repair.PYTHON_WORD] += 1
            return (_PYTHON[body],)
        if _NUMBER.fullmatch(body):
            return (Number(body),)
        self.repairs[Repair.UNQUOTED_VALUE] += 1
        return (Number(body) if body in ("NaN", "Infinity", "-Infinity") else body,)
