"""The offline strategy: seeded, gradient-free edits of phrases, led by what helped before.

Every field starts from the naive wording and from probes of single phrases of all slots. Later rounds edit the best
prompts (insert, delete, swap, replace as in GrIPS, arXiv 2203.07281; crossover as in evolutionary prompt search,
EvoPrompt, arXiv 2309.08532). Which of the many edits to ask is drawn by the phrases' credit.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from promptfit.generate.author import Author
from promptfit.search.history import SHORTENED, History
from promptfit.search.leaks import truths
from promptfit.search.loop import search_in_rounds
from promptfit.search.objective import Objective
from promptfit.search.shorten import shorten
from promptfit.search.strategies.edits.bank import Bank, Phrase, Phrases, Words, words_of
from promptfit.search.strategies.edits.consistency import RecordForms, TruthForms
from promptfit.search.strategies.edits.credit import Change, Credit, Draw, gain
from promptfit.types import Field, Prompt, Trial

PARENTS = 2
"""How many of the best prompts are edited and crossed."""
MORE = 0.3
"""Chance that an edit is followed by another: what changes nothing is told in groups."""
BLIND = 0.35
"""Share of edits that are taken blindly: phrases interact, and the credit does not know that."""
HOPE = 0.5
"""CER that a phrase is hoped to be worth because all other fields' leaders say it (or one of the same question)."""


class Edits:
    """Searches all fields by editing phrases; asks no generator.

    Args:
        slots: The phrase bank, slot by slot.
        at_most: How many phrases of a slot a prompt may have, 1 where nothing is said.
        longest: How many phrases a prompt may have.
        width: Prompts a field and round.
        patience: Rounds without a better prompt after which a field is done.
        requires: The phrases that ask for a form of the answer, by the form's name (``consistency.FORMS``).
        record: The bank for whole records: ``slots``, ``at_most`` and ``longest``.
    """

    def __init__(
        self,
        slots: Mapping[str, Sequence[str]],
        at_most: Mapping[str, int],
        longest: int,
        width: int,
        patience: int,
        requires: Mapping[str, Sequence[str]],
        record: Mapping[str, Any],
    ) -> None:
        self.bank, self.record_bank = Bank(slots, at_most, longest), Bank(**record, naming="")
        self.width, self.patience, self.requires = width, patience, requires

    def search(self, objective: Objective, author: Author) -> None:
        """See ``Strategy.search``; the author is asked nothing."""
        editors = {field: self._editor(objective, field) for field in objective.fields}
        search_in_rounds(objective, editors, self.patience)
        shorten(objective, {field: editor.shorter for field, editor in editors.items()})

    def calls(self, requests: int) -> int:
        """None: nobody is asked."""
        return 0

    def _editor(self, objective: Objective, field: Field) -> Editor:
        samples, given = objective.samples(field), objective.given(field)
        if field.is_record:
            parts = [part for one in samples if one.record for part in one.record.samples]
            bank, fitting = self.record_bank, RecordForms(truths(parts), self.requires)  # type: Bank, TruthForms
        else:
            bank, fitting = self.bank, TruthForms(truths(samples), self.requires)
        return Editor(field, words_of(samples[0]), bank, fitting, self.width, objective.seed, given)


class Editor:
    """Proposes edited prompts for one field, none that contradicts its true values or itself."""

    def __init__(
        self,
        field: Field,
        words: Words,
        bank: Bank,
        fitting: TruthForms,
        width: int,
        seed: int,
        given: Sequence[Prompt] = (),
    ) -> None:
        self.field, self.words, self.bank, self.fitting = field, words, bank, fitting
        self.width, self.given = width, given
        self._rng = random.Random(f"{seed} {field.doc_type} {field.question_type}")
        self._draws = np.random.default_rng(self._rng.getrandbits(64))
        self._phrases: dict[str, Phrases] = {}

    def propose(self, history: History) -> list[Prompt]:
        """Returns up to ``width`` prompts that were not tried before."""
        return self._next(history) if history.trials else self._first()

    def shorter(self, history: History) -> list[Prompt]:
        """Returns the best prompt without each of its phrases, as far as that was not tried."""
        if not history.leader:
            return []
        known = {trial.prompt.text for trial in history.trials}
        leader = history.leader.prompt.text
        edits = [phrases for origin, phrases in self.bank.edits(self._read(leader)) if origin == "delete"]
        return [prompt for phrases in edits if (prompt := self._prompt(SHORTENED, phrases, leader)).text not in known]

    def _first(self) -> list[Prompt]:
        """What was given, the naive wording, and single phrases added to that (or put in its place), slot by slot."""
        start = self.bank.start
        probes: dict[str, list[tuple[str, Phrases]]] = {slot: [] for slot in self.bank.slots}
        for origin, phrases in self._edits(start):
            (new,) = set(phrases) - set(start)
            probes[new.slot].append((origin, phrases))
        for slot in probes.values():
            self._rng.shuffle(slot)
        turns = [probe for turn in zip_longest(*probes.values()) for probe in turn if probe]
        seed = self._prompt("seed", start, None)
        probed = (self._prompt(origin, phrases, seed.text) for origin, phrases in turns[: self.width - 1])
        return [*self.given, seed, *probed]

    def _next(self, history: History) -> list[Prompt]:
        known = {trial.prompt.text for trial in history.trials}
        credit = self._credit(history)
        parents = self._parents(history)
        chosen: dict[str, Prompt] = {}
        for _ in range(self.width):
            parent = parents[min(self._draws.geometric(0.7), len(parents)) - 1]
            child = self._child(parent, parents, credit.draw(self._draws), known | set(chosen))
            if child:
                chosen[child.text] = child
        return list(chosen.values())

    def _child(self, parent: Trial, parents: Sequence[Trial], draw: Draw, known: set[str]) -> Prompt | None:
        """The best edit of the parent under the draw, or a blind one; at times a second one on top."""
        phrases, origin = self._read(parent.prompt.text), ""
        mates = [self._read(other.prompt.text) for other in parents]
        while not origin or self._rng.random() < MORE:
            edits = self._edits(phrases, mates)
            if self._rng.random() < BLIND:
                self._rng.shuffle(edits)
            else:
                edits.sort(key=lambda edit: -draw.of(edit[1]))
            new = next((edit for edit in edits if self.bank.render(edit[1], self.words) not in known), None)
            if not new:
                break
            origin, phrases = new
        return self._prompt(origin, phrases, parent.prompt.text) if origin else None

    def _edits(self, phrases: Phrases, mates: Sequence[Phrases] = ()) -> list[tuple[str, Phrases]]:
        """Every prompt that is one edit away and says nothing untrue."""
        return [edit for edit in self.bank.edits(phrases, mates) if self.fitting.holds(edit[1])]

    def _parents(self, history: History) -> list[Trial]:
        """The leader, and those that did best against it on the documents that they saw."""
        leader = history.leader or history.trials[0]
        others = [trial for trial in history.trials if trial is not leader]
        gains = {trial.prompt.text: gain(leader, trial, history.metric) or 0.0 for trial in others}
        others.sort(key=lambda trial: (-gains[trial.prompt.text], len(trial.prompt.text), trial.prompt.text))
        return [leader, *others[: PARENTS - 1]]

    def _credit(self, history: History) -> Credit:
        tried = {trial.prompt.text: trial for trial in history.trials}
        changes: list[Change] = []
        for trial in history.trials:
            parent = tried.get(trial.prompt.parent or "")
            gained = gain(parent, trial, history.metric) if parent else None
            if parent and gained is not None:
                changes.append((self._read(parent.prompt.text), self._read(trial.prompt.text), gained))
        return Credit(self.bank.phrases, changes, self._hopes(history))

    def _hopes(self, history: History) -> dict[Phrase, float]:
        """What other fields' leaders say is tried early here, at once if the field has the same question."""
        hopes: dict[Phrase, float] = dict.fromkeys(self.bank.phrases, 0.0)
        for peer, trial in history.peers.items():
            alike = bool(self.field.question_type) and peer.question_type == self.field.question_type
            for phrase in self.bank.parse(trial.prompt.text, words_of(trial.scored[0].sample)):
                if phrase in hopes:
                    hopes[phrase] = HOPE if alike else min(HOPE, hopes[phrase] + HOPE / len(history.peers))
        return hopes

    def _read(self, text: str) -> Phrases:
        """Phrases of a prompt of this field, also of one that somebody else wrote."""
        if text not in self._phrases:
            self._phrases[text] = self.bank.parse(text, self.words)
        return self._phrases[text]

    def _prompt(self, origin: str, phrases: Phrases, parent: str | None) -> Prompt:
        text = self.bank.render(phrases, self.words)
        self._phrases.setdefault(text, phrases)
        return Prompt(text, origin, parent)
