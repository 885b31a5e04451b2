"""Texts that somebody hostile, or a model that runs away, may say: each of a given size."""

from __future__ import annotations

import random
from collections.abc import Callable

ESCAPES = {
    "colour": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clear": "\x1b[2J\x1b[H",
    "device": "\x1bP+q544e\x1b\\",
    "answerback": "\x05\x1b[c\x1b[6n",
    "c1": "\x9b31m\x9d0;owned\x9c\x85",
    "bell": "\x07\x07",
    "backspace": "safe\x08\x08\x08\x08evil",
    "return": "safe\revil",
    "nul": "a\0b",
    "delete": "a\x7fb",
    "bidi": "\u202egnp.exe\u202c",
    "isolate": "\u2066a\u2069\u2067b",
    "arabic mark": "a\u061cb\u200fc\u200ed",
    "separators": "a\u2028b\u2029c",
    "tags": "\U000e0001\U000e0041",
    "surrogate": "a\ud83db",
}
"""What would steer a terminal, or paint one text as another."""
MARKUP = {
    "closing": "Имя [/bold]",
    "link markup": "[link=http://evil.example]Имя[/link]",
    "style": "[red]Имя[/red]",
    "unknown": "[/]",
    "emoji": ":warning: :skull:",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "latex": "$\\frac{1}{0}$ \\input{/etc/passwd} \\def\\x{\\x\\x}\\x",
    "template": "{{ 7*7 }} ${oc.env:HOME} %s %(x)s {0.__class__}",
    "markdown": "![x](http://evil.example/x.png) [a](javascript:alert(1)) " + "[" * 30 + "a" + "](b)" * 30,
}
"""What Rich, a browser or a template would take for more than a text."""
FORMULAS = {
    "equals": "=1+1",
    "plus": "+1+cmd|' /C calc'!A0",
    "minus": "-1+cmd|' /C calc'!A0",
    "at": "@SUM(1)",
    "tab": "\t=1+1",
    "return": "\r=1+1",
    "feed": "\n=1+1",
    "nul": "\0=1+1",
    "mark": "\ufeff=1+1",
    "wide equals": "\uff1d1+1",
    "wide plus": "\uff0b1+1",
    "wide minus": "\uff0d1+1",
    "wide at": "\uff20SUM(1)",
    "after a comma": "a,=1+1",
    "after a semicolon": "a;=1+1",
    "after a tab": "a\t=1+1",
    "on a new line": "a\n=HYPERLINK(1)",
    "on a Mac's new line": "a\r@SUM(1)",
    "in quotes": '"=1+1"',
    "in quotes after a comma": 'a,"=1+1"',
    "guarded": "'=1+1",
    "guarded twice": "''=1+1",
    "guarded after a comma": "a,'=1+1",
    "no number": "-5+5",
    "telephone": "+7 999 123",
}
"""Cells that a spreadsheet runs, in one of the ways in which it may be opened."""


def _repeated(text: str) -> Callable[[int], str]:
    return lambda size: (text * (size // len(text) + 1))[:size]


def _random(letters: str) -> Callable[[int], str]:
    return lambda size: "".join(random.Random(0).choices(letters, k=size))


LONG: dict[str, Callable[[int], str]] = {
    "one letter": _repeated("a"),
    "the truth again and again": _repeated("Иванов"),
    "words": _repeated("слово "),
    "digits": _repeated("12 "),
    "one number": _repeated("1"),
    "dates": _repeated("1.1.1990 "),
    "random letters": _random("абвгдеИванов \n"),
    "anything": lambda size: "".join(map(chr, random.Random(0).choices(range(1, 0xD800), k=size))),
    "accents": lambda size: "a" + _repeated("\u0301\u0327")(size),
    "halfwidth marks": lambda size: "カ" + _repeated("\uff9e\u0301")(size),
    "ligatures": _repeated("\ufdfa"),
    "spaces": _repeated(" "),
    "line feeds": _repeated("\n"),
    "open thoughts": _repeated("<think>"),
    "closed thoughts": _repeated("</think>"),
    "half tags": _repeated("< "),
    "fences": _repeated("```"),
    "bold": _repeated("**a"),
    "quotes": _repeated('"'),
    "heads": _repeated("Answer: "),
    "deep lists": _repeated("["),
    "deep objects": _repeated('{"a":'),
    "markdown links": _repeated("[a]("),
    "addresses": _repeated("://a:b"),
    "parameters": _repeated("?a"),
    "escapes": _repeated("\x1b]52;"),
    "bidi": _repeated("\u202e"),
    "nothing": _repeated("\0"),
    "tags": _repeated("<b>"),
    "formulas": _repeated(",=1"),
    "guards": _repeated(",'"),
    "refusals": _repeated("не могу "),
}
"""By what would cost much: every character may be looked at once, and none again and again."""
