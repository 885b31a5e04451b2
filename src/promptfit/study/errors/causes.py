"""Charges each edit of an answer to its first cause, by repairing one cause after the other.

An answer that has one cause as a whole is charged all its edits. In this order, the first that holds:

1. ``empty``: no letter or digit, though the truth has some.
2. ``refusal``: it says, in Russian or English, that the value is not there, can't be read or told (`refusals.py`).
3. ``other field``: it is (similarity of at least 0.8, and more than to the truth) the true answer of another field of
   the document, or has it among its words.
4. ``invented``: its similarity to the truth is under 0.4, and neither it nor any words in it are a misread truth.

An answer that is the truth in another form, or has it among its words, has none of these causes; one that nearly (0.6)
is the truth, or has words that nearly are, can have no more than the first three, and the third only as a whole.
Similarity is 1 - edits / the longer text's characters, without case, spaces and punctuation. `whole.py` decides it.

So is an answer ``invented`` that is too long beside its truth to be taken apart (``first_cause.MOST``).

All others are repaired step by step, and each step is charged by how much the edits fall; a step that does not make
them fewer is not taken (`first_cause.py`):

5. ``wrapped``: a code fence, bold, quotes or a head like ``Answer:`` go, as the reader ``fence`` takes them off.
6. ``chatty``: the words around the value go.
7. ``format``: the value is written in the truth's form (`same_value.py`), if the normalisers would not do as well.
8. ``format``, ``case``, ``spaces``, ``substitution``: the normalisers of score/normalize.py on truth and answer, in the
   order of ``NORMALISERS``; a step that the chain has already mends nothing, and neither does removing
   punctuation or spaces that both have alike.
9. ``substitution``, ``lost``, ``added``: what is left, by jiwer's alignment (that of rapidfuzz, which it stands on).

So the edits of all causes add up to the answer's edits.
"""

from __future__ import annotations

from dataclasses import dataclass

NORMALISERS = {
    "strip": "spaces",
    "plain_spaces": "spaces",
    "nfkc": "format",
    "lower": "case",
    "remove_punctuation": "format",
    "collapse_spaces": "spaces",
    "remove_spaces": "spaces",
    "yo_to_ye": "substitution",
}
"""Steps of score/normalize.py, in the order in which they are tried, and the kind of error that each mends."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an edit is there, and what would mend it."""

    kind: str
    lever: str
    normaliser: str | None = None


WHOLE = {
    "empty": Cause("empty", "prompt"),
    "refusal": Cause("refusal", "prompt"),
    "other field": Cause("other field", "better model"),
    "invented": Cause("invented", "better model"),
}
WRAPPED = Cause("wrapped", "post-processing", "fence")
"""What is mended by a reader, and by no normaliser."""
CHATTY, FORMAT = Cause("chatty", "prompt"), Cause("format", "prompt")
MENDED = {step: Cause(kind, "post-processing", step) for step, kind in NORMALISERS.items()}
MISREAD = {
    "replace": Cause("substitution", "better model"),
    "delete": Cause("lost", "better model"),
    "insert": Cause("added", "better model"),
}
"""By the name that the alignment gives the edit."""
CAUSES = (*WHOLE.values(), WRAPPED, CHATTY, FORMAT, *MENDED.values(), *MISREAD.values())
"""All causes, in the order in which edits are charged."""
PLACES = {cause: place for place, cause in enumerate(CAUSES)}
KINDS = (
    "substitution",
    "lost",
    "added",
    "case",
    "spaces",
    "format",
    "wrapped",
    "chatty",
    "refusal",
    "empty",
    "other field",
    "invented",
)
"""All kinds of error, as they are shown."""
LEVERS = ("prompt", "post-processing", "larger image", "better model")
"""What may mend an edit."""
