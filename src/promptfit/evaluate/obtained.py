"""What a command obtained of all that it asked: how answers ended, and which documents and prompts are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock

from promptfit.evaluate.record_reading import is_faithful, is_repair
from promptfit.evaluate.scoring import recount
from promptfit.readers.fence import fence
from promptfit.score.normalize import Chain
from promptfit.types import Field, PromptfitError, Reading, Sample, Scored

_THOUGHT = (
    ", {:,} of them before a word of the answer: thoughts use that up, too, and "
    'model.answerer.template_options="{{enable_thinking: false}}" turns them off where the model has such a switch'
)
SHOWN = 3
"""Documents, or prompts, that are named; of the others there is a number."""


class Obtained:
    """Keeps the books of one command. Threads may use it side by side.

    Args:
        share: Of the documents that may be missing; with more of them a result is not to be relied on.

    Attributes:
        answers: Answers that were read.
        documents: Those that got no answer, by name, with the image and the reason.
        prompts: Those that can't be asked, by field and text, with the reason.
    """

    def __init__(self, share: float = 0.05) -> None:
        self.share = share
        self.answers = 0
        self.documents: dict[str, str] = {}
        self.prompts: dict[tuple[str, str], str] = {}
        self._of: set[str] = set()
        self._ended: Counter[str] = Counter()
        self._notes: Counter[str] = Counter()  # of records
        self._records = [0, 0]  # all of them, and those that are not the JSON that was asked for
        self._unsaid = 0  # of those that were cut: nothing is read in them
        self._wrapped = [0, 0, 0, 0]  # answers, edits, edits that are left without the wrapping, characters
        self._lock = Lock()

    @property
    def room(self) -> float:
        """Documents that may still leave."""
        return self.share * len(self._of) - len(self.documents)

    @property
    def over(self) -> bool:
        """Whether more documents are missing than may be."""
        return self.room < -1e-9

    def expect(self, samples: Iterable[Sample]) -> None:
        """The documents of these samples are asked about."""
        with self._lock:
            self._of.update(sample.document for sample in samples)

    def read(self, ended: str, reading: Reading) -> None:
        """Counts one answer by how it ended."""
        with self._lock:
            self.answers += 1
            self._ended["cut"] += ended == "length"
            self._unsaid += ended == "length" and not reading.value.strip()
            self._ended["empty"] += not reading.value.strip()
            self._ended[reading.fault] += bool(reading.fault)

    def scored(self, one: Scored, chain: Chain) -> None:
        """Counts one scored answer; if it is wrapped, with what taking that off would mend."""
        self.read(one.answer.ended, one.reading)
        if one.parts:
            with self._lock:
                self._notes.update(one.reading.notes)
                self._records = [self._records[0] + 1, self._records[1] + (not is_faithful(one.reading))]
            return
        if one.counts.exact or (value := fence(one.reading.value).value) == one.reading.value:
            return
        (bare,) = recount([one], [value], chain)
        if bare.edits < one.counts.edits:
            with self._lock:
                added = (1, one.counts.edits, bare.edits, one.counts.chars)
                self._wrapped = [old + new for old, new in zip(self._wrapped, added, strict=True)]

    def leave(self, sample: Sample, reason: str) -> None:
        """A document got no answer: it leaves the comparison."""
        with self._lock:
            self.documents.setdefault(sample.document, f"{sample.image.name}: {bare_reason(sample.image, reason)}")

    def drop(self, field: Field, text: str, reason: str) -> None:
        """A prompt can't be asked."""
        with self._lock:
            self.prompts.setdefault((field.name, text), reason)

    def figures(self) -> dict[str, float]:
        """What is amiss, as metrics; nothing where nothing is."""
        told = {"answers_cut": self._ended["cut"], "answers_empty": self._ended["empty"]}
        told |= {"answers_wrapped": self._wrapped[0], "documents_missing": len(self.documents)}
        return {name: float(value) for name, value in {**told, "prompts_unaskable": len(self.prompts)}.items() if value}

    def lines(self, limit: int | None = None, readers: Iterable[str] = ("thoughts",)) -> list[str]:
        """What is amiss, in words.

        Args:
            limit: The answerer's ``max_new_tokens``, if it has one.
            readers: The steps of the reader that answers were read by.
        """
        return [*self._endings(limit), *self._unfaithful(), *self._wrappings(readers), *self._missing()]

    def check(self) -> None:
        """Ends the command, once it has written what it has, where too many documents are missing.

        Raises:
            PromptfitError: They are.
        """
        if self.over:
            raise PromptfitError(
                f"{len(self.documents)} of {len(self._of)} documents got no answer, more than missing={self.share:g} "
                f"allows; the first: {_first(self.documents)}. Mend that and run again: what was answered is kept"
            )

    def _endings(self, limit: int | None) -> Iterator[str]:
        of = f"of {self.answers:,} answers"
        if cut := self._ended["cut"]:
            where = f" at max_new_tokens={limit} (model.answerer.max_new_tokens= raises it)" if limit else " off"
            yield f"{cut:,} {of} were cut{where}{_THOUGHT.format(self._unsaid) if self._unsaid else ''}"
        if empty := self._ended["empty"]:
            why = {name: count for name, count in self._ended.items() if name not in ("cut", "empty") and count}
            told = ", ".join(f"{name}: {count:,}" for name, count in why.items())
            yield f"{empty:,} {of} are empty{f' ({told})' if told else ''}: they count as wrong"

    def _unfaithful(self) -> Iterator[str]:
        count, bad = self._records
        put_right = {note: times for note, times in self._notes.items() if is_repair(note)}
        amiss = {note: times for note, times in self._notes.items() if note not in put_right}
        if bad:
            yield f"{bad:,} of {count:,} records are not the JSON that was asked for ({_counted(amiss)})"
        if put_right:
            yield f"put right in records as they were read: {_counted(put_right)}"

    def _wrappings(self, readers: Iterable[str]) -> Iterator[str]:
        answers, edits, bare, chars = self._wrapped
        if answers:
            yield (
                f"{answers:,} of {self.answers:,} answers stand in a code fence, bold, quotes or after a head like "
                f"`Answer:`: CER {edits / max(1, chars):.4f}, and {bare / max(1, chars):.4f} with "
                f"reader=[{','.join([*readers, 'fence'])}]"
            )

    def _missing(self) -> Iterator[str]:
        if self.documents:
            named = "; ".join(f"{name}, {why}" for name, why in list(self.documents.items())[:SHOWN])
            yield (
                f"{len(self.documents)} of {len(self._of)} documents got no answer and are left out for all prompts: "
                f"{named}{_more(self.documents)}"
            )
        if self.prompts:
            named = "; ".join(
                f"{name} {text[:80]!r}: {why}" for (name, text), why in list(self.prompts.items())[:SHOWN]
            )
            several = "prompts can't be asked and are" if len(self.prompts) > 1 else "prompt can't be asked and is"
            yield f"{len(self.prompts)} {several} dropped: {named}{_more(self.prompts)}"


def bare_reason(image: Path, reason: str) -> str:
    """A reason beside the image's name: without that name, and without a full stop."""
    return reason.removeprefix(f"{image}: ").rstrip(". ")


def _first(named: Mapping[str, str]) -> str:
    return next(f"{name}, {why}" for name, why in named.items())


def _counted(several: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in sorted(several.items(), key=lambda one: (-one[1], one[0])))


def _more(several: Mapping[object, str] | Mapping[str, str] | Mapping[tuple[str, str], str]) -> str:
    return f"; and {len(several) - SHOWN} more" if len(several) > SHOWN else ""
