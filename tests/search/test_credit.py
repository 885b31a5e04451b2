"""The credit finds what helps, and what is unknown stays open."""

from __future__ import annotations

import numpy as np

from promptfit.search.strategies.edits.bank import Phrase
from promptfit.search.strategies.edits.credit import Credit

ASK, GOOD, BAD, NEW = (Phrase("slot", text) for text in ("ask", "good", "bad", "new"))
TRIED = [((ASK,), (ASK, GOOD), 0.5), ((ASK,), (ASK, BAD), -0.3), ((ASK, BAD), (ASK, GOOD), 0.8)]


def spread(phrase: Phrase, hopes: dict[Phrase, float]) -> tuple[float, float]:
    credit, generator = Credit([ASK, GOOD, BAD, NEW], TRIED, hopes), np.random.default_rng(0)
    drawn = [credit.draw(generator).of((phrase,)) for _ in range(400)]
    return float(np.mean(drawn)), float(np.std(drawn))


def test_what_helped_is_worth_more_than_what_harmed() -> None:
    assert spread(GOOD, {})[0] > 0.35 and spread(BAD, {})[0] < -0.2


def test_what_was_never_tried_is_drawn_more_widely() -> None:
    assert spread(NEW, {})[1] > 3 * spread(GOOD, {})[1]


def test_a_hope_moves_what_was_not_tried() -> None:
    assert spread(NEW, {NEW: 0.5})[0] > 0.4


def test_words_that_are_not_in_the_bank_count_nothing() -> None:
    assert Credit([ASK], [], {}).draw(np.random.default_rng(0)).of((Phrase("own", "x"),)) == 0
