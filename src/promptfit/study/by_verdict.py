"""The rows of the occlusion table for people: each verdict once, though several combinations may earn it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from promptfit.study.records.look_json import Verdict


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """All answers of one verdict; None stands for either."""

    verdict: str
    right: bool | None
    covered_changes: bool | None
    elsewhere_stays: bool | None
    answers: int

    @property
    def said(self) -> tuple[bool | None, bool | None, bool | None]:
        """What the verdict rests on: right when clean, changes when covered, stays when elsewhere is covered."""
        return self.right, self.covered_changes, self.elsewhere_stays


def by_verdict(combinations: Sequence[Verdict]) -> list[VerdictRow]:
    """Adds up the combinations of each verdict that have answers, the most frequent verdict first."""
    rows = []
    for name in dict.fromkeys(one.verdict for one in combinations if one.answers):
        own = [one for one in combinations if one.verdict == name and one.answers]
        right, changes, stays = (
            _common(getattr(one, each) for one in own) for each in ("right", "covered_changes", "elsewhere_stays")
        )
        rows.append(VerdictRow(name, right, changes, stays, sum(one.answers for one in own)))
    return sorted(rows, key=lambda one: -one.answers)


def _common(values: Iterable[bool]) -> bool | None:
    seen = set(values)
    return seen.pop() if len(seen) == 1 else None
