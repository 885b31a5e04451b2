"""The texts that ask a generator for prompts: versioned templates out of conf/metaprompt/."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import Any

from promptfit.generate.brief import Brief
from promptfit.generate.generator import Message
from promptfit.types import Field, PromptfitError

ALWAYS = frozenset({"field", "doc_type", "question_type", "answerer", "examples", "images", "keys", "schema"})
"""Placeholders of every template: what a brief says."""
TEMPLATES: Mapping[str, frozenset[str]] = {
    "system": frozenset(),  # who the generator is; in front of every talk
    "propose": frozenset({"wanted"}),  # the first prompts of a field
    "improve": frozenset({"wanted", "trials", "leaders", "mistakes", "peers"}),  # better ones, after feedback
    "reflect": frozenset({"prompt", "part", "mistakes"}),  # a better one than this, or a part of it, by its mistakes
    "loss": frozenset({"prompt", "mistakes"}),  # how a prompt is criticised by its scored answers
    "role": frozenset(),  # what a prompt is, in a phrase
}
"""The templates that there must be, and the placeholders that each may use beside those of every template."""
_SLOT = re.compile(r"\{([^{}]*)\}")


class MetaPrompt:
    """What a generator is told: of fields, and of whole records.

    Args:
        version: Raised whenever a text changes.
        language: ``ru``, ``en`` or another; it names the file in messages.
        templates: Text by name, every name of ``TEMPLATES``.
        constraints: What any prompt must keep to, a sentence each; templates as well.
        record: ``templates`` and ``constraints`` for prompts that ask for a whole record; None is those of fields.

    Raises:
        PromptfitError: A template is missing, unknown or empty, or uses a placeholder that it has no value for.
    """

    def __init__(
        self,
        version: int,
        language: str,
        templates: Mapping[str, str],
        constraints: Sequence[str],
        record: Mapping[str, Any] | None,
    ) -> None:
        self.version, self.language = version, language
        self._of_fields = Templates(language, templates, constraints)
        self._of_records = Templates(language, record["templates"], record["constraints"]) if record else None

    @cached_property
    def digest(self) -> str:
        """sha256 (hex) of the version and all texts: it is logged with every trial."""
        everything = [self.version, self.language, *self._of_fields.texts]
        everything += self._of_records.texts if self._of_records else []
        return sha256(json.dumps(everything, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def of(self, field: Field) -> Templates:
        """Returns the templates for a field, or for a record."""
        return self._of_records if field.is_record and self._of_records else self._of_fields

    def messages(self, name: str, brief: Brief, **values: object) -> list[Message]:
        """Returns a whole talk: the system's text, and the template as the user's message with the brief's images."""
        words, texts = brief.words() | values, self.of(brief.field)
        return [
            Message("system", texts.render("system", **words)),
            Message("user", texts.render(name, **words), brief.images),
        ]


class Templates:
    """Templates with ``{placeholders}``; see ``MetaPrompt``."""

    def __init__(self, language: str, templates: Mapping[str, str], constraints: Sequence[str]) -> None:
        self.language = language
        self._templates, self._constraints = dict(templates), tuple(constraints)
        for name in [*TEMPLATES, *templates]:
            if name not in TEMPLATES or not str(templates.get(name) or "").strip():
                fault = "is missing or empty" if name in TEMPLATES else "is unknown"
                raise self._error(f"the template {name!r} {fault}; the templates are: {', '.join(TEMPLATES)}")
        for name in TEMPLATES:
            self._check(name, templates[name], ALWAYS | TEMPLATES[name])
        for sentence in self._constraints:
            self._check("constraints", sentence, ALWAYS)

    @property
    def texts(self) -> list[object]:
        """All of them."""
        return [self._templates, self._constraints]

    def render(self, name: str, **values: object) -> str:
        """Puts values into a template. A value is put in as it is: what looks like a placeholder in it stays.

        Args:
            name: One of ``TEMPLATES``.
            values: Values of its placeholders; ``Brief.words()`` has those of every template. Others are left out.
        """
        return _fill(self._templates[name], values)

    def constraints(self, **values: object) -> list[str]:
        """Returns what any prompt must keep to, a sentence each; values as for ``render``."""
        return [_fill(sentence, values) for sentence in self._constraints]

    def _check(self, name: str, template: str, known: frozenset[str]) -> None:
        if not isinstance(template, str):
            raise self._error(f"template {name!r} is no text but {template!r}; put it in quotes")
        for slot in _SLOT.findall(template):
            if slot not in known:
                raise self._error(
                    f"template {name!r}: unknown placeholder {{{slot}}}; it may use: {', '.join(sorted(known))}"
                )

    def _error(self, fault: str) -> PromptfitError:
        return PromptfitError(f"meta-prompt {self.language!r} (conf/metaprompt/…), {fault}")


def _fill(template: str, values: Mapping[str, object]) -> str:
    """One pass over the template, so that values are never read as templates."""
    return _SLOT.sub(lambda slot: str(values[slot[1]]), template).strip()
