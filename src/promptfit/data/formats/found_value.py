"""What a format finds in somebody's data: values with their images, and what can't be taken, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from promptfit.types import Box


@dataclass(frozen=True, slots=True)
class ImageContent:
    """An image that stands in the data itself, as the bytes of its file."""

    content: bytes


@dataclass(frozen=True, slots=True)
class FoundValue:
    """One true value of one image: a row of the annotation to come.

    Attributes:
        place: Where it was found, for messages: ``row 7``.
        document: The name of its document.
        image: A file, which the finder has seen inside the source's folder, or its bytes.
        image_name: What the image is called in the copy, with folders; an image of bytes may leave its ending out.
        doc_type: The document's type.
        question_type: What is asked; empty where the type says it all.
        answer: The true value; empty where the document has none.
        question: As it is asked; what is asked for, if left out.
        split: As the source calls it.
        boxes: Where the value stands, a box a line, in pixels.
        others: More answers that are as true.
    """

    place: str
    document: str
    image: Path | ImageContent
    image_name: str
    doc_type: str
    question_type: str
    answer: str
    question: str = ""
    split: str = ""
    boxes: tuple[Box, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What can't be taken.

    Attributes:
        place: Where it stands.
        why: A reason that many places share.
        what: What is wrong with this one.
        usual: Whether the format has such places by its nature, so that they count for no fault.
    """

    place: str
    why: str
    what: str = ""
    usual: bool = False


Found = FoundValue | LeftOut
