"""What a proposer may know of a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from promptfit.score.metrics import CER, Metric
from promptfit.types import Field, Trial

SHORTENED = "shorten"
"""The origin of a prompt that is another one with a part taken out."""


@dataclass(frozen=True, slots=True)
class History:
    """What a proposer may know of the search so far: its own field's trials, and the other fields' leaders."""

    field: Field
    trials: tuple[Trial, ...]
    """In the order in which they ended, the unfinished ones too."""
    leader: Trial | None
    """The best trial: the least loss, then the shortest text, then text order. It may have documents yet to see."""
    peers: Mapping[Field, Trial]
    left: int
    """Requests that the field may still spend."""
    metric: Metric = CER
    """What prompts are compared by."""
