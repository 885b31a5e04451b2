"""Encoded images are kept between batches: each is encoded once, as long as there is room, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from parted import answered
from promptfit.answer.attending import NoAttention
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.local.prefix import Branching
from promptfit.answer.local.prefix_cache import Key, Prefix, PrefixCache
from promptfit.types import PromptfitError, Request

KEYS: list[Key] = [((f"{digest}.png", ""), digest, "") for digest in "abcd"]


def prefix(tokens: int) -> Prefix:
    layer = torch.zeros(1, tokens, 4), torch.zeros(1, tokens, 4)
    return Prefix(torch.zeros(tokens, dtype=torch.long), [layer], [], NoAttention("none"))


def test_the_ones_used_longest_ago_make_room() -> None:
    cache = PrefixCache(room=3 * prefix(10).bytes)
    for key in KEYS[:3]:
        cache.keep({key: prefix(10)})
    assert list(cache.take([KEYS[0]])) == [KEYS[0]]
    cache.keep({KEYS[3]: prefix(10)})
    assert set(cache.take(KEYS)) == {KEYS[0], KEYS[2], KEYS[3]}
    cache.keep({KEYS[1]: prefix(31)})
    assert not cache.take(KEYS), "one that is larger than the room is not kept"


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many images were encoded, by batch."""
    counts: list[int] = []
    encode = Branching._encode

    def counted(self: Branching, asked: list[tuple[Request, list[int]]], pictures: object) -> list[Prefix]:
        counts.append(len(asked))
        return encode(self, asked, pictures)  # type: ignore[arg-type]

    monkeypatch.setattr(Branching, "_encode", counted)
    return counts


@pytest.mark.parametrize(("prefix_cache", "times"), [(1.0, 1), (0.0, 10)])
def test_ten_rounds_encode_an_image_once(
    prefix_cache: float,
    times: int,
    tiny: Callable[[str], Path],
    picture: Callable[..., tuple[Path, str]],
    encoded: list[int],
) -> None:
    drawn = [picture(1), picture(2, (96, 64)), picture(3, (64, 64))]
    settings: dict[str, Any] = {"device": "cpu", "max_new_tokens": 3, "batch_size": 6}
    ours = LocalAnswerer(str(tiny("qwen2_vl")), reuse_image=True, prefix_cache=prefix_cache, **settings)
    plain = LocalAnswerer(str(tiny("qwen2_vl")), **settings)
    for number in range(10):
        asked = [Request(*one, f"{name} {number}") for one in drawn for name in ("Номер", "Дата выдачи")]
        found, wanted = (answered(one.answer(asked)) for one in (ours, plain))
        assert {i: (a.text, a.tokens_in) for i, a in found.items()} == {
            i: (a.text, a.tokens_in) for i, a in wanted.items()
        }
    assert sum(encoded) == times * len(drawn)


def test_images_whose_digest_nobody_took_are_not_taken_for_each_other(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]], encoded: list[int]
) -> None:
    ours = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2, reuse_image=True)
    list(ours.answer([Request(picture(number)[0], "", "Номер") for number in range(3)]))
    assert sum(encoded) == 3


def test_a_system_text_and_an_alteration_are_prefixes_of_their_own(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]], encoded: list[int]
) -> None:
    path, digest = picture(1)
    ours = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2, reuse_image=True)
    for system in ("", "Кратко", ""):
        list(ours.answer([Request(path, digest, "Номер", system=system)]))
    assert sum(encoded) == 2
    with pytest.raises(PromptfitError, match="prefix_cache=-1"):
        LocalAnswerer("x", device="cpu", prefix_cache=-1)
