"""The guard against true answers in prompts: a prompt that says the answer measures nothing."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from threading import Lock

from promptfit.support.enumerated import SHOWN
from promptfit.support.grouped_by import grouped_by
from promptfit.support.lookalikes import folded
from promptfit.support.parsing.absence import is_absent
from promptfit.support.texts import normalized, plain_spaces
from promptfit.types import Field, Prompt, Sample

log = logging.getLogger(__name__)

FEW_ANSWERS = 10
"""Fields with at most so many distinct answers (the sex, say) may name those that repeat: that is their format."""
SHORTEST = 4
"""Characters of a token, or of an answer, under which it is no telltale."""
_TOKEN = re.compile(r"[^\W_]+")
_CAPITAL = re.compile(r"(?<=[^\W\d_A-ZА-ЯЁ])(?=[A-ZА-ЯЁ])")
"""Where words stand joined, each with its capital."""


class Guard:
    """Knows the true answers of one field's search split.

    A prompt leaks if it has a whole true answer as whole tokens, or a token of at least ``SHORTEST`` characters that
    one answer alone has, of those that it is asked about: among a thousand answers every common word is some firm's
    name. What several answers share (a town's "гор.", a firm's "ООО") is vocabulary, and may be said; so may an answer
    that several documents have, where there are ``FEW_ANSWERS`` or fewer. Case, marks between tokens, unseen characters
    and letters that look alike hide nothing.

    Args:
        answers: The true answers, one a document.
        known: Words that the field itself is made of; they are no leak.
        asked: Those of the documents that prompts are asked of; all if left out.
        accepted: Those that are several of one document: what they share is of one answer.
    """

    def __init__(
        self,
        answers: Iterable[str],
        known: str = "",
        asked: Iterable[str] | None = None,
        accepted: Iterable[Sequence[str]] = (),
    ) -> None:
        repeats = Counter(map(_answer, answers))
        free = {answer for answer, times in repeats.items() if times > 1 and len(repeats) <= FEW_ANSWERS}
        guarded, field = repeats.keys() - free, _answer(known)
        joined, among = _joined(accepted), repeats if asked is None else set(map(_answer, asked))
        of_one = Counter(token for _, token in {(joined.get(own, own), token) for own in among for token in own})
        telltales = {token for answer in guarded for token in answer if of_one[token] == 1 and len(token) >= SHORTEST}
        self._tokens = telltales.difference(field, *free)
        self._answers = {whole for answer in guarded - {field} if len(whole := "".join(answer)) >= SHORTEST}
        self._longest = max(map(len, self._answers), default=0)

    def leak(self, prompt: str) -> str:
        """Returns what the prompt gives away, in small letters, or an empty text."""
        return self._leak(_words(prompt)) or self._leak(_words(_CAPITAL.sub(" ", prompt)))

    def _leak(self, words: Sequence[str]) -> str:
        tokens = [folded(word) for word in words]
        if found := [word for word, token in zip(words, tokens, strict=True) if token in self._tokens]:
            return min(found)
        for start in range(len(tokens)):
            whole = ""
            for end in range(start, len(tokens)):
                whole += tokens[end]
                if len(whole) > self._longest:
                    break
                if whole in self._answers:
                    return " ".join(words[start : end + 1])
        return ""


class RecordGuard:
    """Knows the true answers of all fields of a record; a prompt leaks if any field's guard says so.

    Args:
        guards: Of the fields. Each knows the names of all fields, since a record's prompt may name them.
    """

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._guards = tuple(guards)

    def leak(self, prompt: str) -> str:
        """Returns what the prompt gives away, in small letters, or an empty text."""
        return next((leak for one in self._guards if (leak := one.leak(prompt))), "")


def guard_of(field: Field, samples: Sequence[Sample], asked: Sequence[Sample] | None = None) -> Guard | RecordGuard:
    """The guard of one question.

    Args:
        field: A field, or a record.
        samples: All of its samples whose answers no prompt may hold.
        asked: Those that prompts are asked of; all if left out.
    """
    if not field.is_record:
        return _guard(field.name, samples, asked)
    every, some = _fields_of(samples), None if asked is None else _fields_of(asked)
    known = " ".join(one.name for one in every)
    return RecordGuard([_guard(known, own, None if some is None else some.get(one, ())) for one, own in every.items()])


def _guard(known: str, samples: Sequence[Sample], asked: Sequence[Sample] | None) -> Guard:
    told = dict.fromkeys((document, _answer(text)) for document, text in _there(samples))
    several = [truths([sample]) for sample in samples if sample.accepted]
    return Guard([" ".join(own) for _, own in told], known, None if asked is None else truths(asked), several)


def _fields_of(records: Sequence[Sample]) -> dict[Field, list[Sample]]:
    parts = (part for one in records if one.record for part in one.record.samples)
    return grouped_by(parts, lambda one: one.field)


class Rejected:
    """The prompts that gave a true answer away. Threads may use it side by side."""

    def __init__(self) -> None:
        self._lines: dict[tuple[Field, str], str] = {}
        self._lock = Lock()

    @property
    def lines(self) -> tuple[str, ...]:
        """One a prompt, in words."""
        return tuple(self._lines.values())

    def add(self, field: Field, prompt: Prompt, leak: str, given: bool) -> None:
        """Takes note of a prompt, and warns of the first ones, and of all that a person gave."""
        with self._lock:
            if (field, prompt.text) in self._lines:
                return
            said = f"{field.name}: the prompt {prompt.text[:80]!r} ({prompt.origin}) has a true answer in it, {leak!r}"
            self._lines[field, prompt.text] = said
            told = given or len(self._lines) <= SHOWN
        if told:
            log.warning("%s; it is not asked", said)


def truths(samples: Iterable[Sample]) -> list[str]:
    """The true answers, all that a document has, once each: several captures of it say no more than one.

    Those that say that nothing is there are none: any prompt may say what to answer then.
    """
    return [answer for _, answer in _there(samples)]


def _there(samples: Iterable[Sample]) -> list[tuple[str, str]]:
    """Documents and their true answers, as ``truths`` has them."""
    every = ((one, answer) for one in samples for answer in one.truths)
    return list(dict.fromkeys((one.document, answer) for one, answer in every if not is_absent(answer, one.kind)))


def _joined(accepted: Iterable[Sequence[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """By each of several true answers of a document, one that stands for all of them."""
    joined: dict[tuple[str, ...], tuple[str, ...]] = {}
    for texts in accepted:
        own = [_answer(text) for text in texts]
        first = next((joined[one] for one in own if one in joined), next(iter(own), ()))
        joined.update((one, joined.get(one, first)) for one in own)
    return joined


def _words(text: str) -> list[str]:
    return _TOKEN.findall(plain_spaces(normalized("NFKC", text)).casefold())


def _answer(text: str) -> tuple[str, ...]:
    return tuple(map(folded, _words(text)))
