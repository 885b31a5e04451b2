"""The recipe of a training: all that decides the weights."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """All that decides the weights: the model card keeps it.

    Attributes:
        start: sha256 of the weights to begin with; empty: from random ones.
        eyes: Documents of the first phase, which trains the vision tower alone.
        documents: Documents of both phases.
        rate, rate_matrices: Peak learning rates of AdamW and, for the layers' matrices, of Muon.
        decay: Share of the documents, at the end, over which the rates fall to zero.
        warmup: Documents over which they rise.
        see, look: Weights of the auxiliary losses.
        clip: Largest norm of the gradient.
    """

    seed: int
    start: str
    batch_size: int
    eyes: int
    documents: int
    rate: float
    rate_matrices: float
    decay: float
    warmup: int
    see: float
    look: float
    clip: float

    def factor(self, document: int) -> float:
        """Learning rate as a share of its peak: a ramp, a plateau, a straight fall to zero."""
        left = (self.documents - document) / (self.decay * self.documents)
        return max(0.0, min(1.0, (document + 1) / self.warmup, left))
