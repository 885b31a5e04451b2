"""The words that rooms share: small frozen records, and the Recorder that the loops write to.

Nothing here does anything; every room may import this file, and this file imports no room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the sample's own image, x1 < x2 and y1 < y2."""


class PromptfitError(Exception):
    """A fault that the person can mend: the message names the place and the remedy.

    The command line prints it without a traceback and exits with 1.
    """


RECORD = "*"
"""The question type of a whole record."""


@dataclass(frozen=True, slots=True, order=True)
class Field:
    """What one prompt asks for: a document type and a question type, which may be empty, or ``*`` for the record."""

    doc_type: str
    question_type: str

    @property
    def name(self) -> str:
        """The field as it is written in files: ``"<doc_type> <question_type>"``, or the type alone."""
        return f"{self.doc_type} {self.question_type}".strip()

    @property
    def is_record(self) -> bool:
        """Whether all fields of the document type are asked for at once."""
        return self.question_type == RECORD

    @property
    def key(self) -> str:
        """The field's key in a record, and its name in a prompt: the document type where the question type is empty."""
        return self.question_type or self.doc_type


ABSENT = (
    *("нет", "-", "N/A", "NA", "null", "none", "no", "nothing", "empty", "пусто", "прочерк", "отсутствует"),
    *("не указано", "не указан", "не указана", "нет данных", "not specified", "not available", "no data"),
)
"""What says that nothing is there, unless a schema says otherwise; ``-`` stands for any dashes, dots and quotes."""


@dataclass(frozen=True, slots=True)
class ValueKind:
    """What the values of a field are, so that they are compared as that."""

    type: str = "text"
    """One of ``support.parsing.value_types.TYPES``."""
    format: str = ""
    """How the truths are written: ``dd.MM.yyyy``, ``0 000,00``, ``000-000-000 00``; empty where it is not known."""
    absent: tuple[str, ...] = ABSENT
    """Words that mean that nothing is there, in truths and answers alike."""
    choices: tuple[tuple[str, ...], ...] = ()
    """Of a choice: its values, each with the other words for it."""


TEXT = ValueKind()
"""Of what no schema speaks."""


class Alteration(Protocol):
    """What an image goes through before it is shown: frozen, hashable, and a pure function of the image."""

    @property
    def name(self) -> str:
        """Canonical: the same name makes the same pixels of the same image. It is a part of the answer's key."""

    def __call__(self, image: Image) -> Image:
        """Returns the altered image, RGB."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One image of one document with one question and its true answer, or several."""

    document: str
    """The document's first ``data_index``; samples of one document are not independent."""
    image: Path
    image_digest: str
    """sha256 (hex) of the image file's bytes."""
    question: str
    answer: str
    field: Field
    split: str
    box: Box | None = None
    """Where the answer stands in the image, if known."""
    alteration: Alteration | None = None
    """What the image goes through before it is shown; None: it is shown as it is."""
    data_index: str = ""
    """As the annotation has it, where its rows are of a document of another name (see ``data/grouping.py``)."""
    treatment: str = ""
    """What is done to its pixels beyond decoding, such as ``white`` (see docs/images.md); mostly nothing."""
    kind: ValueKind = part(default=TEXT, compare=False)
    """What the true answer is, as the data set's schema has it; of a field, so that it tells no samples apart."""

    record: Record | None = part(default=None, compare=False)
    """Of a record's sample: what it is made of, and its ``answer`` is the record as JSON, for people to read. Of a
    field that is asked for by a prompt for the whole record: that record, of which its value is one."""
    accepted: tuple[str, ...] = ()
    """Further true answers, as good as ``answer``."""

    @property
    def truths(self) -> tuple[str, ...]:
        """All true answers, the first one first: the best one counts, and the first one's length is what it weighs."""
        return self.answer, *self.accepted

    @property
    def shown_digest(self) -> str:
        """What tells the pixels that are shown from all others, see ``Request``."""
        return f"{self.image_digest}+{self.treatment}" if self.treatment else self.image_digest


@dataclass(frozen=True, slots=True)
class Record:
    """All fields of one document, as one answer."""

    samples: tuple[Sample, ...]
    """A sample a field that has a true value, in the schema's order; none where one field alone is of interest."""
    keys: tuple[str, ...]
    """Of all fields of the document type, in that order."""
    weights: tuple[int, ...]
    """What an edit counts for in each sample's field, so that long fields outweigh no short ones in a race."""
    schema: str = ""
    """Its JSON Schema, for answerers that hold their answers to one."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text shown with the image, and how it came to be."""

    text: str
    """With its system text in front, where it has one: ``<system>…</system>``, see ``support.system_text``."""
    origin: str = ""
    """What made it: ``seed``, ``insert``, ``swap``, ``crossover``, a generator's name."""
    parent: str | None = None
    """The text of the prompt that it was made from."""


@dataclass(frozen=True, slots=True)
class Request:
    """One image + one prompt to an answerer. The image comes before the prompt in the message."""

    image: Path
    image_digest: str
    """``Sample.shown_digest``: sha256 (hex) of the file's bytes and, where its pixels are more than decoded, what is
    done to them. So an answer to a transparent image that was read as black is not the answer to the same file on
    white, and answers to plain images keep their keys."""
    prompt: str
    system: str = ""
    alteration: Alteration | None = None
    """What the image goes through first."""
    draw: int = 0
    """Asking again with another number may bring another answer, where the answerer samples."""
    schema: str = ""
    """Where a record is asked for: its JSON Schema, as ``data/schemas/json_schema.py`` writes it. Empty for a single
    value. Whether it binds the answer is the answerer's setting ``structured``."""

    @property
    def altered(self) -> str:
        """Canonical name of the alteration; empty where the image is shown as it is."""
        return self.alteration.name if self.alteration else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answerer said to a request, as it came. One that could not be obtained is a ``NoAnswer``."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    cost: float = 0.0
    """Money, in the currency of the price in the config; 0 for a model of one's own."""
    ended: str = ""
    """Why it ended: ``stop``, ``length`` (cut off), ``tool_calls``; empty where nobody said."""
    model: str = ""
    """What the server's reply called its model; empty where no server was asked, or it did not say."""

    @property
    def said(self) -> bool:
        """Whether the model had its say: nothing at all, from one that was cut off or went for a tool, is no answer."""
        return bool(self.text.strip()) or self.ended in ("", "stop")


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Why a request got no answer. It is never scored and never kept."""

    reason: str
    passing: bool = False
    """Whether the same may be answered later: a network or a server is at fault, neither the prompt nor the image."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader took out of an answer: the value that is compared with the truth."""

    value: str
    """Of a record: its values as JSON, for people to read."""
    fault: str = ""
    """Why there is no value, such as ``unclosed thought``; the value is empty then."""
    notes: tuple[str, ...] = ()
    """Of a record: what was put right, what is missing and what is too much, such as ``trailing comma``; once each."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What one answer adds to every metric. Amounts and weights add up; their ratios do not."""

    parts: Mapping[str, tuple[float, int]]
    """By the metric's name: an amount, and the weight of the truth, see ``score.metrics``."""

    @property
    def edits(self) -> int:
        """Substitutions + deletions + insertions of characters (jiwer's), after normalisation."""
        return int(self.parts["cer"][0])

    @property
    def chars(self) -> int:
        """Characters of the normalised truth."""
        return self.parts["cer"][1]

    @property
    def exact(self) -> bool:
        """Whether the answer is the truth."""
        return not self.edits


@dataclass(frozen=True, slots=True)
class Scored:
    """A sample, what was answered, what was read in it, and its counts."""

    sample: Sample
    answer: Answer
    reading: Reading
    counts: Counts
    parts: tuple[Scored, ...] = ()
    """Of a record: the same of each of its fields."""
    nearest: str | None = None
    """Of a sample with several true answers: the one with the fewest edits to what was read."""

    @property
    def expected(self) -> str:
        """The true answer that this one is held against, for people to read."""
        return self.sample.answer if self.nearest is None else self.nearest

    @property
    def fields(self) -> tuple[Scored, ...]:
        """A record's fields, or the field itself."""
        return self.parts or (self,)

    @property
    def raw(self) -> str:
        """The answer as it came, where that is not what was read; else empty."""
        return "" if self.answer.text == self.reading.value else self.answer.text


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval over documents."""

    low: float
    high: float
    """Its ends (of the share of erring documents if there was no error); NaN where there is none."""
    kind: str
    """How it was made: ``studentized``, ``gamma`` (few erring documents), ``exact`` (none) or ``none`` (one
    document)."""


@dataclass(frozen=True, slots=True)
class Score:
    """Pooled over samples: ``cer == sum(edits) / sum(chars)``, so it can exceed 1."""

    values: Mapping[str, float]
    """Every metric, by its name."""
    intervals: Mapping[str, Interval]
    """Of the CER, and of the metric that the search or selection is for."""
    samples: int
    documents: int

    @property
    def cer(self) -> float:
        """The CER, which every table begins with."""
        return self.values["cer"]

    @property
    def low(self) -> float:
        """The lower end of the CER's interval; so are the next two."""
        return self.intervals["cer"].low

    @property
    def high(self) -> float:
        """Its upper end."""
        return self.intervals["cer"].high

    @property
    def interval(self) -> str:
        """How it was made."""
        return self.intervals["cer"].kind


@dataclass(frozen=True, slots=True)
class Trial:
    """One prompt for one field, asked on a set of samples and scored."""

    field: Field
    prompt: Prompt
    iteration: int
    score: Score
    scored: tuple[Scored, ...]
    finished: bool
    """False where the prompt has not seen every sample: a race stopped it, or is not yet worth more."""
    requests: int
    """Logical requests (kept or new) that this trial spent."""


class Recorder(Protocol):
    """Where the loops report to. ``tracking/`` writes to MLflow; tests keep a list."""

    def trial(self, trial: Trial, split: str = "") -> None:
        """Keeps one trial with its prompt, metrics and sample predictions.

        Args:
            trial: What was asked and scored.
            split: Where the trial is the measurement of a prompt that was chosen elsewhere: the split that it is on.
        """

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Keeps figures of the whole search, selection, study or training."""

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Keeps a table as an artifact ``<name>.json``."""

    def artifact(self, path: Path) -> None:
        """Keeps a file."""

    def winner(self, field: Field, prompt: Prompt, score: Score) -> None:
        """Registers the prompt that was chosen for a field."""


class StudyRecorder(Recorder, Protocol):
    """Where a study reports to."""

    def condition(
        self,
        augmentation: str,
        severity: int,
        figures: Mapping[str, float],
        cers: Mapping[Field, float],
        scored: Sequence[Scored],
    ) -> None:
        """Keeps one condition of a study: its metrics, the CER of each field and the sample predictions."""
