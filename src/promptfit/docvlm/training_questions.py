"""What a page of training is asked: prompts and the answers to learn, some of its fields or the whole document."""

from __future__ import annotations

import random
from dataclasses import dataclass

from promptfit.data.synth.documents import DrawnDocument
from promptfit.docvlm import record_skills, skills
from promptfit.docvlm.record_skills import Piece
from promptfit.docvlm.skills import Wording

SYSTEM = 0.25
"""Share of the batches that have a system text."""
FIELDS = 3
"""Prompts a page: more would share its image, fewer pages would be seen in the same time."""


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A prompt, and the answer piece by piece."""

    prompt: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class System:
    """A system text (empty: none) and its phrases, which prompts go on from."""

    text: str
    phrases: list[Wording]


def system(rng: random.Random, record: bool) -> System:
    """The system text of a batch: who is spoken to, brevity, forms; or none."""
    if rng.random() >= SYSTEM:
        return System("", [])
    phrases = [Wording(rng.choice(skills.FILLER))] if rng.random() < 0.6 else []
    if not phrases or rng.random() < 0.5:
        phrases.append(Wording(rng.choice(record_skills.BARE if record else skills.BRIEF), brief=True))
    if record:
        forms = rng.sample(sorted(set(skills.FORMS) - {"printed"}), rng.randint(0, 3))
        phrases += [Wording(rng.choice(skills.FORMS[form]), form=form) for form in forms]
    return System(skills.joined([p.text for p in phrases], ". "), phrases)


def about_fields(document: DrawnDocument, said: System, rng: random.Random) -> list[TrainingQuestion]:
    """A prompt for each of up to ``FIELDS`` fields, at random."""
    questions = []
    for question in rng.sample(list(document.values), min(FIELDS, len(document.values))):
        prompt, phrases = skills.training_prompt(document, question, rng)
        prefix, form = skills.reply(document, question, said.phrases + phrases)
        questions.append(TrainingQuestion(prompt, [Piece(prefix), Piece("", question, form)]))
    return questions


def about_record(document: DrawnDocument, said: System, rng: random.Random) -> list[TrainingQuestion]:
    """One prompt for all fields."""
    prompt, phrases = record_skills.training_prompt(document, rng)
    return [TrainingQuestion(prompt, record_skills.reply(document, said.phrases + phrases))]
