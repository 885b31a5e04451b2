"""An altered image is made in memory where the back end reads it, by every back end alike."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import promptfit.answer.tesseract.ocr_answerer as ocr
from parted import answered, parted
from promptfit.answer.chat.body import Bodies
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.manual_answerer import ManualAnswerer
from promptfit.answer.shown import shown
from promptfit.answer.tesseract.ocr_engine import Installed
from promptfit.support.http.data_url import SentBounds
from promptfit.types import Answer, PromptfitError, Request


@dataclass(frozen=True)
class Inverted:
    """Black is white."""

    name: str = "inverted@1"

    def __call__(self, image: Image.Image) -> Image.Image:
        return Image.fromarray(255 - np.asarray(image))


@dataclass(frozen=True)
class Failing:
    """Stumbles."""

    name: str = "failing@1"

    def __call__(self, image: Image.Image) -> Image.Image:
        raise ZeroDivisionError("no size")


@pytest.fixture
def request_of(picture: Callable[..., tuple[Path, str]]) -> Callable[..., Request]:
    return lambda alteration=None: Request(*picture(1), "Имя", alteration=alteration)


def test_it_is_altered_once_it_is_read(request_of: Callable[..., Request]) -> None:
    plain, altered = (np.asarray(shown(request_of(one))) for one in (None, Inverted()))
    assert np.array_equal(255 - plain, altered)
    assert request_of(Inverted()).altered == "inverted@1" and request_of().altered == ""


def test_an_operation_that_stumbles_is_named_with_its_image(request_of: Callable[..., Request]) -> None:
    with pytest.raises(PromptfitError, match=r"1-64x48\.png: failing@1: ZeroDivisionError: no size"):
        shown(request_of(Failing()))


def test_a_checkpoint_is_shown_it(tiny: Callable[[str], Path], request_of: Callable[..., Request]) -> None:
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=1, reuse_image=True)
    seen: list[Image.Image] = []
    inputs = answerer._loaded.loaded.inputs

    def watched(requests: list[Request], pictures: dict[tuple[str, str], Image.Image]) -> object:
        seen.extend(pictures.values())
        return inputs(requests, pictures)

    answerer._loaded.loaded.inputs = watched  # type: ignore[method-assign, assignment]
    good, bad = request_of(Inverted()), request_of(Failing())
    answers, reasons = parted(answerer.answer([bad, good, request_of()]))
    assert sorted(answers) == [1, 2] and "ZeroDivisionError" in reasons[0]
    pixels = {np.asarray(image).tobytes() for image in seen}
    assert pixels == {np.asarray(shown(one)).tobytes() for one in (good, request_of())}


def test_a_server_is_sent_it(request_of: Callable[..., Request]) -> None:
    import asyncio

    async def sent(request: Request) -> bytes:
        bodies = Bodies({"model": "m"}, SentBounds(), None, "off")
        body = json.loads(bodies.body(request, await bodies.part(request)))
        url = body["messages"][0]["content"][0]["image_url"]["url"]
        return base64.b64decode(url.partition(",")[2])

    altered = Image.open(io.BytesIO(asyncio.run(sent(request_of(Inverted())))))
    assert np.array_equal(np.asarray(altered), np.asarray(shown(request_of(Inverted()))))
    assert asyncio.run(sent(request_of())) == request_of().image.read_bytes(), "as it is, it goes byte for byte"


def test_tesseract_is_shown_it(request_of: Callable[..., Request], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Image.Image] = []
    monkeypatch.setattr(ocr, "installed", lambda languages: Installed("5", {"rus": "0"}))

    def read_lines(image: Image.Image, *_: object) -> list[list[str]]:
        seen.append(image)
        return [["Имя", "Анна"]]

    monkeypatch.setattr(ocr, "read_lines", read_lines)
    answerer = ocr.OcrAnswerer([{"names": ["Имя"], "labels": ["Имя"]}], enlarge=1)
    assert answered(answerer.answer([request_of(Inverted())]))[0].ended == "stop"
    assert np.array_equal(np.asarray(seen[0]), np.asarray(shown(request_of(Inverted()))))


def test_a_person_is_handed_a_file_of_it(
    request_of: Callable[..., Request], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answerer = ManualAnswerer("Демо", str(tmp_path / "paste"))
    handed: list[Path] = []

    def ask(key: str, text: str, images: list[Path], note: str) -> str:
        handed.extend(images)
        return "Анна"

    monkeypatch.setattr(answerer._exchange, "ask", ask)
    said = answered(answerer.answer([request_of(), request_of(Inverted())]))
    assert {one.text for one in said.values()} == {"Анна"} and isinstance(said[0], Answer)
    plain, altered = sorted(handed, key=lambda path: "image-" in path.name)
    assert plain == request_of().image
    assert np.array_equal(np.asarray(Image.open(altered)), np.asarray(shown(request_of(Inverted()))))
