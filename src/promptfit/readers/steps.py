"""A reader by the names of its steps: a pure function of the raw answer, so that another one costs no request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from promptfit.readers.fence import fence
from promptfit.readers.plain import plain
from promptfit.readers.thoughts import thoughts
from promptfit.types import PromptfitError, Reading

STEPS: Mapping[str, Callable[[str], Reading]] = {"plain": plain, "thoughts": thoughts, "fence": fence}


class Reader:
    """Takes the value out of an answer, step by step; the first fault ends it.

    Args:
        names: Of the steps, as the configuration's ``reader`` has them.

    Raises:
        PromptfitError: There is no such step, or none is named.
    """

    def __init__(self, names: Sequence[str] = ("plain",)) -> None:
        self.names = tuple(map(str, names))
        if unknown := [name for name in self.names if name not in STEPS]:
            raise PromptfitError(f"reader={unknown[0]}: no such reader; there are: {', '.join(STEPS)}")
        if not self.names:
            raise PromptfitError(f"reader=[]: name at least one of {', '.join(STEPS)}")

    def __call__(self, text: str) -> Reading:
        """Reads an answer."""
        reading = Reading(text)
        for name in self.names:
            reading = STEPS[name](reading.value)
            if reading.fault:
                break
        return reading
