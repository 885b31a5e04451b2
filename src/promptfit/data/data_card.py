"""``data_card.md``: where a data set is from, and what became of it on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from promptfit.support.files.writing import replace_file

FILE_NAME = "data_card.md"
SHOWN_FIELDS = 40


@dataclass(frozen=True, slots=True)
class DataCard:
    """What a card says.

    Attributes:
        name: The data set's.
        source: Where it is from.
        revision: Of the source.
        licence: Of the data; empty where nobody said.
        rows: Of the annotation.
        images: That were copied.
        fields: By name.
        left_out: A line a reason.
        notes: What was done to it, or is odd in it.
    """

    name: str
    source: str
    revision: str
    licence: str
    rows: int
    images: int
    fields: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def write(folder: Path, card: DataCard) -> Path:
    """Writes the card into a data set's folder.

    Raises:
        PromptfitError: It can't be written.
    """
    path = folder / FILE_NAME
    replace_file(path, text(card).encode("utf-8", "replace"))
    return path


def text(card: DataCard) -> str:
    """The card in Markdown; what others wrote is text in it."""
    shown = [f"- {_plain(name)}" for name in card.fields[:SHOWN_FIELDS]]
    if len(card.fields) > SHOWN_FIELDS:
        shown.append(f"- … and {len(card.fields) - SHOWN_FIELDS} more")
    parts = [
        f"# {_plain(card.name)}",
        "| | |\n|---|---|\n"
        + "\n".join(
            f"| {what} | {_plain(said)} |"
            for what, said in (
                ("source", card.source),
                ("revision", card.revision or "not known"),
                ("licence", card.licence or "not stated; ask whose data it is before you pass it on"),
                ("rows", f"{card.rows:,}"),
                ("images", f"{card.images:,}"),
                ("fields", f"{len(card.fields):,}"),
            )
        ),
        "## Fields\n\n" + "\n".join(shown),
        "## Left out\n\n" + ("\n".join(f"- {_plain(line)}" for line in card.left_out) or "Nothing."),
    ]
    if card.notes:
        parts.append("## Notes\n\n" + "\n".join(f"- {_plain(line)}" for line in card.notes))
    return "\n\n".join(parts) + "\n"


def _plain(said: str) -> str:
    """In one line, without a meaning in Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(said.split()))
