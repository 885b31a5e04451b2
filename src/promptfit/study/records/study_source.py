"""What every study records: what it was made from, and a CER with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default


@dataclass(frozen=True, slots=True)
class Source:
    """What a study was made from."""

    answerer: str
    dataset: str
    data_digest: str
    collection: str
    """The prompt collection's file, relative to the project's root."""
    collection_digest: str
    """sha256 (hex) of that file."""
    seed: int
    chain: Sequence[str]
    commit: str
    run_id: str
    """The MLflow run."""
    requests: int
    """Logical requests that the study took."""
    documents: int
    left_out: Mapping[str, int] = with_default(default_factory=dict)
    """Samples that could not take part, by the reason."""
    command: str = ""
    """What makes it again."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A CER with its 95 % interval; all captures of a document, and all its corrupted versions, are one cluster."""

    cer: float
    low: float | None
    high: float | None
    interval: str
    """As ``types.Score`` has it, or ``none`` (ends are None)."""
    exact: float
    samples: int
    documents: int
