"""The counts of many candidates on the same documents, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from promptfit.score.cer import Ints, columns, ratio
from promptfit.score.intervals import intervals
from promptfit.score.normalize import Chain
from promptfit.types import Score, Scored

_PAIRS = 200_000


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of ``K`` candidates on ``D`` documents, summed over each document's samples."""

    edits: Ints
    """Shape ``(K, D)``."""
    chars: Ints
    """Shape ``(D,)``."""
    word_edits: Ints
    """Of all documents, shape ``(K,)``; so are the next two."""
    exact: Ints
    anls: NDArray[np.float64]
    words: int
    samples: int

    @classmethod
    def of_scored(cls, scored: Sequence[Sequence[Scored]], documents: Sequence[str]) -> Tally:
        """Makes it of scored samples: each candidate's, all in one order.

        Args:
            scored: A list a candidate, at least one, each over the same samples in the same order.
            documents: The order of the documents.
        """
        place = {name: index for index, name in enumerate(documents)}
        at = np.array([place[one.sample.document] for one in scored[0]], dtype=np.int64)
        rows = [np.array([one.counts.edits for one in own], dtype=np.int64) for own in scored]
        chars = np.array([one.counts.chars for one in scored[0]], dtype=np.int64)
        return cls(
            np.stack([_summed(row, at, len(documents)) for row in rows]),
            _summed(chars, at, len(documents)),
            np.array([sum(one.counts.word_edits for one in own) for own in scored], dtype=np.int64),
            np.array([sum(one.counts.exact for one in own) for own in scored], dtype=np.int64),
            np.array([fsum(one.counts.anls for one in own) for own in scored]),
            sum(one.counts.words for one in scored[0]),
            len(at),
        )

    @classmethod
    def of_texts(
        cls, truths: Sequence[str], answers: Sequence[Sequence[str]], at: Sequence[int], chain: Chain
    ) -> Tally:
        """Makes it of texts: a thousand candidates on a thousand documents are a million answers to count.

        Args:
            truths: The true answer of each sample.
            answers: Each candidate's answers to the samples.
            at: The document of each sample, counted from 0.
            chain: The normalisation of truth and answer.
        """
        place, size = np.asarray(at, dtype=np.int64), len(truths)
        documents = int(place.max()) + 1
        step = max(1, _PAIRS // size)
        edits, word_edits, exact, anls = [], [], [], []
        for start in range(0, len(answers), step):
            some = answers[start : start + step]
            found = columns(list(truths) * len(some), [text for own in some for text in own], chain)
            edits += [_summed(row, place, documents) for row in found.edits.reshape(-1, size)]
            word_edits.append(found.word_edits.reshape(-1, size).sum(axis=1))
            exact.append(found.exact.reshape(-1, size).sum(axis=1))
            anls += [fsum(row) for row in found.anls.reshape(-1, size)]
        sizes = _summed(found.chars[:size], place, documents)
        words = int(found.words[:size].sum())
        totals = np.concatenate(word_edits), np.concatenate(exact)
        return cls(np.stack(edits), sizes, totals[0], totals[1], np.array(anls), words, size)

    def scores(self, seed: int = 0, resamples: int = 2000) -> list[Score]:
        """Each candidate's score, as ``aggregate.pool`` gives it, all at once."""
        edits = self.edits.astype(np.float64)
        low, high, kinds = intervals(edits, self.chars.astype(np.float64), seed, resamples)
        chars = int(self.chars.sum())
        return [
            Score(
                cer=ratio(int(self.edits[row].sum()), chars),
                low=float(low[row]),
                high=float(high[row]),
                interval=kinds[row],
                exact=int(self.exact[row]) / self.samples,
                wer=ratio(int(self.word_edits[row]), self.words),
                anls=float(self.anls[row]) / self.samples,
                samples=self.samples,
                documents=len(self.chars),
            )
            for row in range(len(self.edits))
        ]


def _summed(values: Ints, at: Ints, documents: int) -> Ints:
    """Sums over each document's samples; exact, since a float holds whole numbers up to 2 ** 53."""
    return np.bincount(at, weights=values, minlength=documents).astype(np.int64)
