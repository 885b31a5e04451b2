from __future__ import annotations

import random

import pytest

from promptfit.data.synth.documents import TRUTH, DrawnDocument, make
from promptfit.docvlm import skills
from promptfit.docvlm.skills import Wording, reply
from promptfit.types import Field

BRIEF = Wording("Только значение", brief=True)


def _said(document: DrawnDocument, question: str, *phrases: Wording) -> str:
    prefix, form = reply(document, question, list(phrases))
    return prefix + form.text


def test_the_wording_decides_the_answer() -> None:
    document = make("passport", random.Random(3))
    printed = document.values["Фамилия"]["printed"].text
    assert _said(document, "Фамилия") == f"Фамилия: {printed}"
    assert _said(document, "Фамилия", BRIEF) == printed
    assert _said(document, "Фамилия", BRIEF, Wording("", form="title")) == printed.title()
    # A form that a surname does not have is as if not said; the last one that it has wins.
    assert _said(document, "Фамилия", BRIEF, Wording("", form="iso")) == printed
    assert _said(document, "Фамилия", BRIEF, Wording("", form="title"), Wording("", form="printed")) == printed
    assert _said(document, "Серия и номер паспорта", Wording("", form="digits")).isdigit()


def test_training_never_shows_the_phrases_kept_out() -> None:
    rng = random.Random(0)
    shown = []
    for _ in range(3000):
        document = make(rng.choice(list(TRUTH)), rng, training=True)
        shown.append(skills.training_prompt(document, rng.choice(list(document.values)), rng)[0])
    for phrase in skills.KEPT_OUT:
        assert not any(phrase.split("{q}")[0].strip(' «"') in text for text in shown if len(phrase) > 12), phrase


@pytest.mark.parametrize("doc_type", TRUTH)
def test_the_grammar_holds_a_prompt_that_asks_for_the_truth(doc_type: str) -> None:
    for question, truth in TRUTH[doc_type].items():
        prompts = skills.grammar(Field(doc_type, question))
        assert len(prompts) == len(set(prompts)) > 100
        assert any(b in p for p in prompts for b in skills.BRIEF)
        assert any(f in p for p in prompts for f in skills.FORMS[truth])
