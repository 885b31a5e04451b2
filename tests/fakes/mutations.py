"""Seeded damage to inputs: bytes, texts, tables, images and JSON, as disks, programs and servers do it."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866", "utf-16-le")
ODD = ("", "\0", "'", '"', ";", ",", "\t", "\r", "\n", " ", "\u00a0", "\u200b", "\ufeff", "\u202e", "\u0301", "C", "x")
VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, float("nan"), 10**400, "", " ", "\ud83d", "стоп", "length", "content_filter"),
    *([], [[]], {}, {"text": 1}, [{"type": "text", "text": "а"}], ["x"], {"message": "<b>"}, "a" * 5000),
)


def damaged(data: bytes, rng: Random) -> bytes:
    """A few bytes changed, lost, doubled, put in or cut off."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        end = min(len(out), at + rng.choice((1, 2, 16, 400)))
        kind = rng.randrange(6)
        if kind == 0 and at < len(out):
            out[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del out[at:end]
        elif kind == 2:
            out[at:at] = out[at:end]
        elif kind == 3:
            out[at:at] = rng.randbytes(rng.randint(1, 8))
        elif kind == 4 and rng.random() < 0.3:
            del out[at:]
        else:
            out += rng.randbytes(rng.randint(1, 64))
    return bytes(out)


def text_damaged(text: str, rng: Random) -> str:
    """Characters put in, lost or changed for others that look alike; lines lost, doubled or swapped."""
    for _ in range(rng.randint(1, 3)):
        text = rng.choice(_CHANGES)(text, rng)
    return text


def _put_in(text: str, rng: Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(ODD) + text[at:]


def _lost(text: str, rng: Random) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + 1 :]


def _line_lost(text: str, rng: Random) -> str:
    lines = text.split("\n")
    lines.pop(rng.randrange(len(lines)))
    return "\n".join(lines)


def _line_doubled(text: str, rng: Random) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    return "\n".join([*lines[:at], lines[at], *lines[at:]])


def _lines_swapped(text: str, rng: Random) -> str:
    lines = text.split("\n")
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return "\n".join(lines)


_CHANGES: Sequence[Callable[[str, Random], str]] = (
    *(_put_in, _lost, _line_lost, _line_doubled, _lines_swapped),
    lambda text, _: unicodedata.normalize("NFD", text),
    lambda text, _: text.replace(" ", "\u00a0"),
    lambda text, _: text.replace("С", "C"),
)


def saved(text: str, rng: Random) -> tuple[bytes, str]:
    """A table's text as some program saves it, and in which encoding."""
    encoding = rng.choice(ENCODINGS)
    if rng.random() < 0.3:
        text = text.replace("\n", "\r\n")
    if rng.random() < 0.2:
        text = "sep=;\r\n" + text
    if rng.random() < 0.3:
        text += "\r\n" * rng.randint(1, 3) + ";" * rng.randint(0, 8)
    return text.encode(encoding, "replace"), encoding


def json_damaged(reply: Any, rng: Random) -> bytes:
    """A reply with values of another kind, keys lost, or bytes lost."""
    made = copy.deepcopy(reply)
    for _ in range(rng.randint(1, 3)):
        places = list(_places(made))
        if places:
            where, key = rng.choice(places)
            if isinstance(where, dict) and rng.random() < 0.2:
                del where[key]
            else:
                where[key] = copy.deepcopy(rng.choice(VALUES))
    data = json.dumps(made).encode()
    return damaged(data, rng) if rng.random() < 0.3 else data


def _places(value: Any) -> list[tuple[Any, Any]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    own = [(value, key) for key in keys]
    return own + [place for _, key in own for place in _places(value[key])]
