"""What a selection found, as `selection.json` holds it: for DVC's metrics, for figures, leaderboards and reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from promptfit.support.files.record_file import UNSAID


@dataclass(frozen=True, slots=True)
class Figures:
    """One score with its 95 % interval; in the file, the values stand beside the interval."""

    values: Mapping[str, float]
    """Every metric, by its name."""
    low: float | None
    high: float | None
    """Ends of the CER's interval; None where ``interval`` is ``none``."""
    interval: str
    """As ``types.Interval`` has its kind: ``exact`` is about the share of erring documents."""
    ends: tuple[float, ...] = ()
    """Of the objective's interval: low, high; empty where the objective is the CER, or there is none."""

    @property
    def cer(self) -> float:
        """The CER."""
        return self.values["cer"]

    def for_file(self) -> dict[str, object]:
        """The CER and its interval first, then the other metrics, as readers of the file are used to it."""
        told = {"cer": self.cer, "low": self.low, "high": self.high, "interval": self.interval}
        return {**told, **({"ends": list(self.ends)} if self.ends else {}), **self.values}

    @classmethod
    def from_file(cls, raw: object) -> Figures:
        """What ``for_file`` laid out.

        Raises:
            ValueError: It is none.
        """
        if not isinstance(raw, dict) or not {"cer", "low", "high", "interval"} <= raw.keys():
            raise ValueError("no score with cer, low, high and interval")
        values = {key: one for key, one in raw.items() if key not in ("low", "high", "interval", "ends")}
        ends = raw.get("ends", [])
        if not isinstance(ends, list) or not isinstance(raw["interval"], str):
            raise ValueError("no interval")
        for one in (*values.values(), *ends, raw["low"] or 0.0, raw["high"] or 0.0):
            if isinstance(one, bool) or not isinstance(one, int | float):
                raise ValueError(f"{one!r} is no number")
        return cls(values, raw["low"], raw["high"], raw["interval"], tuple(ends))

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> object:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            lambda raw: raw if isinstance(raw, cls) else cls.from_file(raw)
        )


@dataclass(frozen=True, slots=True)
class CandidateRecord:
    """One prompt of a field."""

    prompt: str
    labels: Sequence[str]
    cer_stage1: float | None
    select: Figures
    """On the documents that it saw."""
    documents: int
    finished: bool
    tied: bool
    """It might be the best as well as the winner."""
    curve: Sequence[tuple[int, float]]
    """Documents and the CER on these, at each look of the race and at the end."""


@dataclass(frozen=True, slots=True)
class FieldSelection:
    """One field's choice; ``winner`` and ``runner_up`` are places in ``candidates``."""

    field: str
    doc_type: str
    candidates: Sequence[CandidateRecord]
    winner: int
    runner_up: int | None
    test: Figures | None
    """The winner on `test`: the number to quote."""
    p: float | None
    p_adjusted: float | None
    settled: bool
    why: str
    """Why the winner was taken, as ``choose`` says it."""
    more_documents: int | None
    """How many more would settle a tie; None where no difference was seen, and for a lone candidate."""
    gap_to_stage1: float | None
    gap_to_select: float | None
    requests: int
    full_requests: int
    flags: Sequence[str]
    baselines: Mapping[str, Figures]
    """The baselines on `test`, by their labels."""

    def __post_init__(self) -> None:
        """Refuses a winner that is no candidate, as a file may name it.

        Raises:
            ValueError: There is no such place.
        """
        if not 0 <= self.winner < len(self.candidates):
            raise ValueError(f"winner {self.winner} is no place in candidates")

    @property
    def best(self) -> CandidateRecord:
        """The winner."""
        return self.candidates[self.winner]


@dataclass(frozen=True, slots=True)
class TypeRecord:
    """The winners of one document type on `test`; the CER is the mean of its fields' CERs."""

    doc_type: str
    fields: int
    test: Figures


@dataclass(frozen=True, slots=True)
class MixingRecord:
    """The mix of all labels against the best label's own collection."""

    label: str
    fields: int
    """Fields that this label has; the comparison is on these."""
    mixed: bool
    """Whether the mix was taken."""
    gain: float
    """The macro CER (or the objective's macro loss) that the mix took off out of sample, on `select`; below 0 it added
    some."""
    p: float
    test_single: float | None
    """The same on `test`, of the label's own collection, and of the mix; None without `test` samples."""
    test_mixed: float | None
    test_p: float | None


@dataclass(frozen=True, slots=True)
class GainRecord:
    """The chosen prompts against a baseline on `test`, on the fields that it has; macro CERs."""

    label: str
    fields: int
    baseline: Figures
    chosen: Figures
    change: float
    low: float | None
    high: float | None
    """The change of the macro CER, below 0 for a gain, and the ends of its paired 95 % interval."""


@dataclass(frozen=True, slots=True)
class SelectionRecord:
    """A whole selection. DVC takes the numbers of the first three as metrics, and passes over lists."""

    metrics: Mapping[str, float]
    cer_test: Mapping[str, float]
    cer_select: Mapping[str, float]
    answerer: str
    dataset: str
    data_digest: str
    seed: int
    chain: Sequence[str]
    labels: Sequence[str]
    racing: bool
    test: Sequence[Figures] = field(default_factory=list)
    """Of the best collection, macro CER; one, or none where no field has a `test` sample."""
    types: Sequence[TypeRecord] = field(default_factory=list)
    mixing: Sequence[MixingRecord] = field(default_factory=list)
    """One, or none where there is one label."""
    gains: Sequence[GainRecord] = field(default_factory=list)
    """Over each baseline."""
    fields: Sequence[FieldSelection] = field(default_factory=list)
    warnings: Sequence[str] = field(default_factory=list)
    commit: str = ""
    """The project's, ``-dirty`` where what decides results was changed since."""
    command: str = ""
    """What makes it again."""
    objective: str = field(default="cer", metadata=UNSAID)
    """The metric that prompts were compared by; the file says it where it is not the CER."""
