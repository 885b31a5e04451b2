"""Prompts as ordered phrases out of slots, and the four edits of a phrase (GrIPS, arXiv 2203.07281) with crossover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from promptfit.types import PromptfitError, Sample

ASK = "ask"
"""The slot that names the field; a prompt has exactly one phrase of it."""
OWN = "own"
"""The slot of words that no phrase of the bank explains."""


Words = Mapping[str, str]
"""What stands for the placeholders of phrases, see ``words_of``."""


def words_of(sample: Sample) -> Words:
    """``q``: the question type, or the document type where that is empty; of a record ``keys``, its fields' names."""
    if sample.record is None:
        return {"q": sample.field.key}
    return {"q": sample.field.doc_type, "keys": ", ".join(sample.record.keys)}


class Phrase(NamedTuple):
    """One instruction, with placeholders in braces."""

    slot: str
    text: str

    def of(self, words: Words) -> str:
        """Returns the phrase with the words in it."""
        text = self.text
        for name, word in words.items():
            text = text.replace(f"{{{name}}}", word)
        return text


Phrases = tuple[Phrase, ...]


class Bank:
    """The phrases there are.

    Args:
        slots: The phrases of each slot; the slots in the order in which a prompt names them.
        at_most: How many phrases of a slot a prompt may have, 1 where nothing is said.
        longest: How many phrases a prompt may have.
        naming: What every phrase of the slot ``ask`` has to hold.

    Raises:
        PromptfitError: The slot ``ask`` is missing or empty, or one of its phrases does not name the field.
    """

    def __init__(
        self, slots: Mapping[str, Sequence[str]], at_most: Mapping[str, int], longest: int, naming: str = "{q}"
    ) -> None:
        if not slots.get(ASK) or not all(naming in text for text in slots[ASK]):
            whose = f" whose every phrase holds {naming}" if naming else ""
            raise PromptfitError(f"the phrase bank (conf/strategy/…) needs a slot 'ask'{whose}")
        self.slots = {slot: tuple(Phrase(slot, text) for text in texts) for slot, texts in slots.items()}
        self.phrases = tuple(phrase for phrases in self.slots.values() for phrase in phrases)
        self.start: Phrases = (self.slots[ASK][0],)
        self._at_most, self._longest = dict(at_most), longest
        self._rank = {slot: place for place, slot in enumerate(slots)}

    def render(self, phrases: Phrases, words: Words) -> str:
        """Joins the phrases as sentences, without a full stop at the end."""
        said = [phrase.of(words) for phrase in phrases]
        return "".join([_sentence(each) for each in said[:-1]] + said[-1:])

    def parse(self, text: str, words: Words) -> Phrases:
        """Finds the phrases of a prompt; unknown words become one phrase, of slot ``own``, or ``ask`` in front."""
        found: Phrases = ()
        while text:
            known = [phrase for phrase in self.phrases if (text + " ").startswith(_sentence(phrase.of(words)))]
            known += [phrase for phrase in self.phrases if text == phrase.of(words)]
            if not known:
                return (*found, Phrase(OWN if found else ASK, text))
            phrase = max(known, key=lambda phrase: len(phrase.of(words)))
            found = (*found, phrase)
            text = text[len(_sentence(phrase.of(words))) :]
        return found

    def edits(self, phrases: Phrases, mates: Sequence[Phrases] = ()) -> Iterator[tuple[str, Phrases]]:
        """Yields every prompt that is one edit away, with the name of the edit; crossed with a mate counts as one."""
        for phrase in self.phrases:
            if phrase in phrases:
                continue
            if self._room(phrases, phrase):
                yield "insert", self._insert(phrases, phrase)
            for place, old in enumerate(phrases):
                if old.slot == phrase.slot:
                    yield "replace", (*phrases[:place], phrase, *phrases[place + 1 :])
        for place, old in enumerate(phrases):
            if old.slot != ASK:
                yield "delete", (*phrases[:place], *phrases[place + 1 :])
        for place in range(1, len(phrases)):
            yield "swap", (*phrases[: place - 1], phrases[place], phrases[place - 1], *phrases[place + 1 :])
        for mate in mates:
            crossed = self._crossover(phrases, mate)
            if crossed != phrases:
                yield "crossover", crossed

    def _crossover(self, one: Phrases, other: Phrases) -> Phrases:
        """Returns ``one`` with what ``other`` says in slots where ``one`` has room."""
        for phrase in other:
            if phrase not in one and self._room(one, phrase):
                one = self._insert(one, phrase)
        return one

    def _room(self, phrases: Phrases, phrase: Phrase) -> bool:
        taken = sum(old.slot == phrase.slot for old in phrases)
        return len(phrases) < self._longest and taken < self._at_most.get(phrase.slot, 1)

    def _insert(self, phrases: Phrases, phrase: Phrase) -> Phrases:
        """Puts the phrase after those of its own and of earlier slots."""
        rank = self._rank.get(phrase.slot, len(self._rank))
        place = sum(self._rank.get(old.slot, len(self._rank)) <= rank for old in phrases)
        return (*phrases[:place], phrase, *phrases[place:])


def _sentence(words: str) -> str:
    return words + (" " if words[-1] in ".?!:…" else ". ")
