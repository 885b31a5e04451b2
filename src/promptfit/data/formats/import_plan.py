"""What an import will do, told before it does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from promptfit.data.annotation import COLUMNS
from promptfit.data.formats.found_value import Found


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """What a part of the source is taken for.

    Attributes:
        part: Of an annotation: the image, the fields.
        taken: Where it comes from.
        guessed: Whether nobody said so.
        option: What says it otherwise, as it is typed.
        example: Of its values.
    """

    part: str
    taken: str
    guessed: bool
    option: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What the person wants of any format.

    Attributes:
        source: As it was typed: a path, or a name of the hub.
        into: The folder that gets the data set: ``into/<name>``.
        prompts: The folder that gets a collection of prompts.
        name: Its name; one after the source if left out.
        splits: Our names of the source's splits.
        left_out: The share of the values that may be left out.
        limit: How many documents at most; None is all of them.
        licence: Of the data, for its card.
    """

    source: str
    into: Path
    prompts: Path
    name: str | None = None
    splits: Mapping[str, str] | None = None
    left_out: float = 1.0
    limit: int | None = None
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where data is from, as its card says it: no path, since a card travels.

    Attributes:
        source: A file's or folder's name, or the hub's name of it.
        revision: The hub's, or sha256 of a file.
        licence: As the source states it.
        notes: What was done to it, or is odd in it.
    """

    source: str
    revision: str = ""
    licence: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportPlan:
    """A reading of a source that has begun.

    Attributes:
        name: Of the data set, unless the person has one.
        root: The folder of the source, whose marks say whether anybody may see it; None where it is elsewhere.
        found: Begins to read the values, one at a time.
        origin: What the card says; asked after the reading, so that it can say what was met.
        meanings: What is taken for what.
        columns: Of the annotation.
    """

    name: str
    root: Path | None
    found: Callable[[], Iterator[Found]]
    origin: Callable[[], Origin]
    meanings: tuple[ColumnMeaning, ...] = ()
    columns: tuple[str, ...] = COLUMNS

    @property
    def guessed(self) -> bool:
        """Whether somebody should look at it first."""
        return any(one.guessed for one in self.meanings)
