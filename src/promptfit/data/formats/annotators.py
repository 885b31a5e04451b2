"""Several annotations of one task: how far they agree, and the one that is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from promptfit.data.formats.labelled_regions import labelled_values

AGREED, LATEST = "agreed", "latest"
_UNIT = 1000
"""Pixels of a page on which annotations are compared: their places do not count."""


class Annotators:
    """Chooses, and counts what was chosen among.

    Args:
        rule: ``agreed``: the ground truth if one is marked, else the annotation whose values are those of most others;
            ``latest``; or who completed it, by id or e-mail.
    """

    def __init__(self, rule: str) -> None:
        self._rule = rule
        self._tasks, self._pairs, self._alike = 0, 0, 0

    def chosen(self, task: Mapping[str, Any]) -> Sequence[Any] | None:
        """The results that are taken; None where there are none."""
        listed = task.get("annotations", task.get("completions"))
        made = [one for one in listed if _counts(one)] if isinstance(listed, list) else []
        if self._rule not in (AGREED, LATEST):
            made = [one for one in made if self._rule in _who(one)]
        if not made:
            return None
        if len(made) == 1:
            return list(made[0]["result"])
        made.sort(key=lambda one: str(one.get("updated_at") or one.get("created_at") or ""))
        values = [_values(one) for one in made]
        self._tasks += 1
        shares = self._agreement(values)
        if self._rule == AGREED:
            marked = [one for one in made if one.get("ground_truth") is True]
            agreed = made[max(range(len(made)), key=lambda place: (shares[place], place))]
            return list((marked[-1] if marked else agreed)["result"])
        return list(made[-1]["result"])

    def notes(self) -> tuple[str, ...]:
        """How far they agree."""
        if not self._tasks:
            return ()
        rule = {
            AGREED: "the ground truth is taken where one is marked, else who agrees most with the others (the later of "
            "two)",
            LATEST: "the latest is taken",
        }.get(self._rule, f"that of {self._rule} is taken")
        share = f"{self._alike / self._pairs:.0%} of {self._pairs} values" if self._pairs else "no value"
        return (f"{self._tasks} task(s) have several annotations, which agree in {share}; {rule} (annotator=)",)

    def _agreement(self, values: Sequence[Mapping[str, str]]) -> list[float]:
        """How often each annotation has what another one has; each pair of them counts once."""
        alike = [0.0] * len(values)
        for first, one in enumerate(values):
            for second in range(first + 1, len(values)):
                names = {*one, *values[second]}
                same = sum(one.get(name) == values[second].get(name) for name in names)
                self._pairs += len(names)
                self._alike += same
                for place in (first, second):
                    alike[place] += same / max(1, len(names))
        return alike


def _counts(annotation: Any) -> bool:
    return (
        isinstance(annotation, Mapping)
        and annotation.get("was_cancelled") is not True
        and isinstance(annotation.get("result"), list)
        and bool(annotation["result"])
    )


def _who(annotation: Mapping[str, Any]) -> set[str]:
    """Who completed it: an id, or a person with an id and an e-mail."""
    who = annotation.get("completed_by")
    return {str(one) for one in (who.values() if isinstance(who, Mapping) else [who])}


def _values(annotation: Mapping[str, Any]) -> dict[str, str]:
    return {one.name: one.answer for one in labelled_values(annotation["result"], _UNIT, _UNIT) if not one.fault}
