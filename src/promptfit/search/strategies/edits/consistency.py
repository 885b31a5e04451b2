"""Whether the phrases of a prompt go together with the field's true values, and with each other.

A prompt that asks for digits where the values are words may win a tie by luck; it says something untrue all the same,
and another model, or another document, takes it at its word. So such prompts are not proposed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from promptfit.search.strategies.edits.bank import Phrases
from promptfit.types import PromptfitError

EXAMPLE = "example"
"""The slot of phrases that show a value after a colon."""

FORMS: dict[str, Callable[[str], bool]] = {
    "capitalised": lambda value: value[:1].isupper(),
    "sentence case": lambda value: value[:1].isupper() and value[1:].islower(),
    "title case": str.istitle,
    "upper case": str.isupper,
    "lower case": str.islower,
    "digits": str.isdecimal,
    "no spaces": lambda value: not re.search(r"\s", value),
    "no quotes": lambda value: not re.search("[«»„“”\"']", value),
    "dotted date": lambda value: bool(re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}", value)),
    "ISO date": lambda value: bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)),
    "word": lambda value: len(value) > 1 and value.isalpha(),
    "letter": lambda value: len(value) == 1 and value.isalpha(),
    "decimal point": lambda value: bool(re.fullmatch(r"\D*\d[\d\s]*\.\d+\D*", value)),
}
"""The forms that a phrase may ask for, by their names in the phrase bank; a new one is one line here."""


class TruthForms:
    """Knows the true values of one field.

    Args:
        truths: True values of search documents; without any, all goes together.
        requires: The phrases that ask for a form, by the form's name.

    Raises:
        PromptfitError: There is no form of a name.
    """

    def __init__(self, truths: Iterable[str], requires: Mapping[str, Sequence[str]]) -> None:
        if unknown := [name for name in requires if name not in FORMS]:
            raise PromptfitError(
                f"the phrase bank (conf/strategy/…) requires {unknown[0]!r}; the forms are: {', '.join(FORMS)}"
            )
        self._truths = {value for value in map(str.strip, truths) if value}
        self._forms = {text: FORMS[name] for name, texts in requires.items() for text in texts}
        self._known: dict[frozenset[str], bool] = {}

    def holds(self, phrases: Phrases) -> bool:
        """Tells whether some true value has every form that the phrases ask for and the shape of every example.

        An example has to have the forms, too.
        """
        forms = [phrase.text for phrase in phrases if phrase.text in self._forms]
        shown = [phrase.text for phrase in phrases if phrase.slot == EXAMPLE]
        if not self._truths or not (forms or shown):
            return True
        asked = frozenset([*forms, *shown])
        if asked not in self._known:
            self._known[asked] = self._possible([self._forms[text] for text in forms], list(map(_value, shown)))
        return self._known[asked]

    def _possible(self, forms: Sequence[Callable[[str], bool]], examples: Sequence[str]) -> bool:
        shapes = {shape(example) for example in examples}
        values = [value for value in self._truths if shapes <= {shape(value)}]
        return all(form(example) for form in forms for example in examples) and any(
            all(form(value) for form in forms) for value in values
        )


class RecordForms(TruthForms):
    """Knows the true values of all fields of a record: each form that its phrases ask for is some field's own."""

    def holds(self, phrases: Phrases) -> bool:
        """Tells whether some true value has each form, whichever field it is of."""
        return all(super(RecordForms, self).holds((phrase,)) for phrase in phrases)


def shape(value: str) -> str:
    """A value with runs of digits as 9, of capitals as A and of small letters as a: ``гор. Тверь`` is ``a. Aa``."""
    kinds = ("9" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in value)
    return re.sub(r"([9Aa])\1+", r"\1", "".join(kinds))


def _value(example: str) -> str:
    """What an example phrase shows."""
    return example.partition(":")[2].strip()
