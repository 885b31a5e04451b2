"""Optical character recognition as an answerer: what a report's models are held against."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cached_property
from itertools import groupby
from typing import Any, ClassVar

from promptfit.answer.answerer import by_image
from promptfit.answer.shown import name_of, shown
from promptfit.answer.tesseract.labels import VERSION, asked_for, entries_of, read_by_label
from promptfit.answer.tesseract.ocr_engine import Installed, installed, read_lines
from promptfit.support.canonical import canonical_json
from promptfit.types import Answer, NoAnswer, PromptfitError, Request


class OcrAnswerer:
    """Reads each image once, finds the label of the field that a prompt names, and answers with what stands by it.

    It understands nothing else of a prompt: a value is given as it is printed. An image without the label is answered
    with nothing; a prompt that names no known field is not answered.

    Args:
        fields: Names that prompts have for a field, and the labels printed by it (``conf/model/tesseract.yaml``).
        languages: As tesseract names them.
        layout: Tesseract's page segmentation mode; 6 is one block of text.
        enlarge: A smaller image is enlarged to this many pixels on its longer side: tesseract wants letters of some 30.
    """

    remote: ClassVar[bool] = False

    def __init__(
        self,
        fields: Sequence[Mapping[str, Any]],
        languages: Sequence[str] = ("rus",),
        layout: int = 6,
        enlarge: int = 960,
    ) -> None:
        self._entries = entries_of(fields)
        self._languages, self._layout, self._enlarge = list(languages), layout, enlarge

    @cached_property
    def _installed(self) -> Installed:
        return installed(self._languages)

    @cached_property
    def identity(self) -> str:
        """Names tesseract's version, its data, how labels are found, and every setting."""
        parts = {
            "answerer": "tesseract",
            "version": self._installed.version,
            "data": self._installed.data,
            "languages": self._languages,
            "layout": self._layout,
            "enlarge": self._enlarge,
            "labels": VERSION,
            "fields": [asdict(entry) for entry in self._entries],
        }
        return canonical_json(parts)

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        """See ``Answerer.answer``: image by image, as many at a time as there are cores."""
        languages = list(self._installed.data)
        groups = [list(own) for _, own in groupby(by_image(requests), key=lambda index: name_of(requests[index]))]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            reads = pool.map(lambda group: self._read(requests[group[0]], languages), groups)
            for group, (lines, seconds) in zip(groups, reads, strict=True):
                for index in group:
                    entry = asked_for(requests[index].prompt, self._entries)
                    if isinstance(lines, NoAnswer):
                        yield index, lines
                    elif entry is None:
                        yield (
                            index,
                            NoAnswer("the prompt names no field that the answerer's `fields` know; add it there"),
                        )
                    else:
                        text = read_by_label(lines, entry.labels)
                        yield index, Answer(text, seconds=seconds / len(group), ended="stop")

    def _read(self, request: Request, languages: Sequence[str]) -> tuple[list[list[str]] | NoAnswer, float]:
        """The lines of an image, or why there are none; and the seconds that it took."""
        began = time.perf_counter()
        try:
            image = shown(request)
            times = self._enlarge / max(image.size)
            if times > 1:
                image = image.resize((round(image.width * times), round(image.height * times)))
            lines: list[list[str]] | NoAnswer = read_lines(image, languages, self._layout)
        except PromptfitError as error:
            path = str(request.image)
            lines = NoAnswer(str(error) if path in str(error) else f"{path}: {error}")
        return lines, time.perf_counter() - began
