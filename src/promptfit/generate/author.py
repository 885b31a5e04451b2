"""What a strategy asks with: the generator, the texts to ask in, and the purse that pays."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from promptfit.generate.brief import Brief
from promptfit.generate.generator import Completion, Flagged, Generator, Message, Quote
from promptfit.generate.metaprompt import MetaPrompt
from promptfit.generate.proposals import LONGEST, read
from promptfit.generate.spending import Spending
from promptfit.types import Field, PromptfitError

log = logging.getLogger(__name__)

FLAGGED = 8
"""Calls in a row that a provider's filter refuses, about more than one field if there are several: it refuses all."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the generator, for the record."""

    field: Field
    asked: str
    """The last message's text."""
    images: int
    completion: Completion


class Author:
    """Asks a generator on behalf of the fields of one search. Threads may use it side by side.

    Args:
        generator: Who is asked, usually a ``CachedGenerator``.
        metaprompt: The texts to ask in.
        spending: What each field may take.
        briefs: What the generator may know of each field.
        longest: Characters of a prompt at most.
        mistake_images: Images that the generator is shown with the worst mistakes, at most.

    Raises:
        PromptfitError: The generator is not shown as many images.

    Attributes:
        replies: How many calls were at fault, by the fault's name: those of ``proposals.read``, and ``flagged``.
        cut: How many were cut off at the generator's ``max_tokens``.
    """

    def __init__(
        self,
        generator: Generator,
        metaprompt: MetaPrompt,
        spending: Spending,
        briefs: Mapping[Field, Brief],
        longest: int = LONGEST,
        mistake_images: int = 0,
    ) -> None:
        if not 0 <= mistake_images <= max(0, generator.most_images):
            raise PromptfitError(_too_many(mistake_images, generator))
        self.metaprompt, self.spending, self.mistake_images = metaprompt, spending, mistake_images
        self.replies: Counter[str] = Counter()
        self.cut = 0
        self._flagged: Counter[Field] = Counter()  # in a row
        self._generator, self._briefs, self._longest = generator, briefs, longest
        self._draws: Counter[tuple[Field, tuple[Message, ...]]] = Counter()
        self._calls: dict[Field, list[Call]] = {field: [] for field in briefs}
        self._lock = Lock()

    @property
    def generator_name(self) -> str:
        """The generator's, for a prompt's origin."""
        return self._generator.name

    @property
    def concurrency(self) -> int:
        """Calls that may be under way at once."""
        return self._generator.concurrency

    def brief(self, field: Field) -> Brief:
        """Returns what the generator may know of the field."""
        return self._briefs[field]

    def quotes(self, wanted: int = 1) -> dict[Field, Quote]:
        """Returns the most that a first call of each field can take; asks nobody."""
        return {
            field: self._generator.quote(self.metaprompt.messages("propose", brief, wanted=wanted))
            for field, brief in self._briefs.items()
        }

    def check(self) -> None:
        """Looks whether the generator can be asked, and whether every field's share pays for one call.

        Raises:
            PromptfitError: It can't, or does not. Nothing was spent.
        """
        self._generator.check()
        self.spending.check(self.quotes())

    def ask(self, field: Field, messages: Sequence[Message]) -> Completion:
        """Asks once; the same messages of the same field again are another draw.

        Raises:
            Exhausted: The field's share of calls, tokens or money could be exceeded; nobody was asked.
            Flagged: A provider's filter does not let these messages pass; it is counted.
            PromptfitError: The generator can't go on, or a filter has let nothing pass for long.
        """
        quote = self._generator.quote(messages)
        self.spending.reserve(field, quote)
        try:
            completion = self._generator.complete(messages, self._draw(field, messages))
        except BaseException as fault:
            self.spending.release(field, quote)
            if isinstance(fault, Flagged):
                self._count_flagged(field, fault)
            raise
        self.spending.settle(field, quote, completion)
        with self._lock:
            self._flagged.clear()
            self.cut += completion.ended == "length"
        images = sum(len(message.images) for message in messages)
        self._calls[field].append(Call(field, messages[-1].text, images, completion))
        return completion

    def calls(self) -> list[Call]:
        """Returns all calls, field by field, each field's in their order."""
        return [call for own in self._calls.values() for call in own]

    def prompts(self, field: Field, messages: Sequence[Message], wanted: int) -> list[str]:
        """Asks once, and takes the prompts out of the reply; a reply that is no good gives none, and is counted.

        Raises:
            Exhausted: As ``ask``.
            Flagged: As ``ask``.
            PromptfitError: As ``ask``.
        """
        reply = read(self.ask(field, messages).text, wanted, self._longest)
        if reply.fault:
            with self._lock:
                self.replies[reply.fault] += 1
        return list(reply.prompts)

    def _count_flagged(self, field: Field, fault: Flagged) -> None:
        with self._lock:
            self.replies["flagged"] += 1
            self._flagged[field] += 1
            own = self._flagged[field]
            calls, of_all = self._flagged.total(), len(self._flagged) >= min(2, len(self._briefs))
        if calls >= FLAGGED and of_all:
            raise PromptfitError(f"{calls} calls in a row were flagged, the last one about {field.name}: {fault}")
        level = logging.WARNING if own == 1 else logging.INFO
        log.log(level, "%s: this call of the generator is left out: %s", field.name, fault)

    def _draw(self, field: Field, messages: Sequence[Message]) -> int:
        asked = (field, tuple(messages))
        with self._lock:
            self._draws[asked] += 1
            return self._draws[asked] - 1


def _too_many(images: int, generator: Generator) -> str:
    if images < 0:
        return f"mistake_images={images}: a number of images, 0 or more"
    if not generator.most_images:
        return f"mistake_images={images}: generator={generator.name} sees no images; say 0, or name one that sees"
    return (
        f"mistake_images={images}: generator={generator.name} is shown at most {generator.most_images} images a call; "
        f"say mistake_images={generator.most_images}, or raise that in its configuration (max_images; of paste: images)"
    )
