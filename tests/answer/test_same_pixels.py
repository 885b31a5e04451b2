"""Whatever file a page lies in, every back end, every generator and every report sees the same pixels of it.

tests/answer/test_vllm_answerer.py holds the same of vLLM.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import image_kinds as kinds
import promptfit.answer.tesseract.ocr_answerer as ocr
from parted import answered
from promptfit.answer.chat.body import Bodies
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.manual_answerer import ManualAnswerer
from promptfit.answer.tesseract.ocr_engine import Installed
from promptfit.generate.generator import Message
from promptfit.generate.manual_generator import ManualGenerator
from promptfit.generate.message_images import contents
from promptfit.report.embedded import embedded
from promptfit.support.http.data_url import SentBounds
from promptfit.types import Request

SHOWN = np.repeat(kinds.GREYS[..., None], 3, axis=2)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """The page in every kind of file."""
    paths = {kind: tmp_path / f"{number}" for number, kind in enumerate(kinds.EXACT)}
    for kind, path in paths.items():
        path.write_bytes(kinds.EXACT[kind]())
    return paths


def raw(content: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """What a program sees that heeds neither EXIF nor profiles, nor a background; which are not there, either."""
    image = Image.open(io.BytesIO(content))
    assert image.format in ("PNG", "JPEG") and image.mode in ("RGB", "L") and getattr(image, "n_frames", 1) == 1
    assert not {"transparency", "exif"} & image.info.keys()
    assert image.info.get("icc_profile") in (None, kinds.SRGB)
    return np.asarray(image.convert("RGB"))


def of_url(url: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return raw(base64.b64decode(url.partition(",")[2]))


def test_a_server_is_sent_it(files: dict[str, Path]) -> None:
    async def sent(path: Path) -> str:
        bodies = Bodies({"model": "m"}, SentBounds(), None, "off")
        request = Request(path, "d", "?")
        (message,) = json.loads(bodies.body(request, await bodies.part(request)))["messages"]
        return str(message["content"][0]["image_url"]["url"])

    for kind, path in files.items():
        assert np.array_equal(of_url(asyncio.run(sent(path))), SHOWN), kind


def test_a_generator_is_sent_it(files: dict[str, Path]) -> None:
    (message,) = contents([Message("user", "?", tuple(files.values()))], len(files), 10**6)
    urls = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
    for kind, url in zip(files, urls, strict=True):
        assert np.array_equal(of_url(url), SHOWN), kind


def test_an_image_that_is_shrunk_is_shrunk_from_it(files: dict[str, Path]) -> None:
    talk = [Message("user", "?", tuple(files.values()))]
    (message,) = contents(talk, len(files), kinds.GREYS.size // 4)
    shrunk = {part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"}
    assert len(shrunk) == 1 and of_url(*shrunk).shape == (24, 32, 3)


def test_a_checkpoint_is_shown_it(files: dict[str, Path], tiny: Callable[[str], Path]) -> None:
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=1, reuse_image=True)
    seen: dict[str, Image.Image] = {}
    inputs = answerer._loaded.loaded.inputs

    def watched(requests: list[Request], pictures: dict[tuple[str, str], Image.Image]) -> object:
        seen.update({path: image for (path, _), image in pictures.items()})
        return inputs(requests, pictures)

    answerer._loaded.loaded.inputs = watched  # type: ignore[method-assign, assignment]
    answered(answerer.answer([Request(path, kind, "?") for kind, path in files.items()]))
    for kind, path in files.items():
        assert np.array_equal(np.asarray(seen[str(path)]), SHOWN), kind


def test_tesseract_is_shown_it(files: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Image.Image] = []
    monkeypatch.setattr(ocr, "installed", lambda languages: Installed("5", {"rus": "0"}))

    def read_lines(image: Image.Image, *_: object) -> list[list[str]]:
        seen.append(image)
        return [["Имя", "Анна"]]

    monkeypatch.setattr(ocr, "read_lines", read_lines)
    answerer = ocr.OcrAnswerer([{"names": ["Имя"], "labels": ["Имя"]}], enlarge=1)
    answered(answerer.answer([Request(path, kind, "Имя") for kind, path in files.items()]))
    assert len(seen) == len(files) and all(np.array_equal(np.asarray(one), SHOWN) for one in seen)


def test_a_person_is_handed_it(files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answerer = ManualAnswerer("Демо", str(tmp_path / "paste"))
    generator = ManualGenerator("Демо", "feedback", (), True, len(files), str(tmp_path / "paste"))
    handed: list[Path] = []

    def ask(key: str, text: str, images: list[Path], note: str) -> str:
        handed.extend(images)
        return "Анна"

    monkeypatch.setattr(answerer._exchange, "ask", ask)
    monkeypatch.setattr(generator._exchange, "ask", ask)
    answered(answerer.answer([Request(path, kind, "Имя") for kind, path in files.items()]))
    generator.complete([Message("user", "?", tuple(files.values()))])
    assert len(handed) == 2 * len(files)
    assert all(np.array_equal(raw(path.read_bytes()), SHOWN) for path in handed)
    assert files["grey PNG"] in handed, "what any page reads alike is handed as it is"


def test_a_report_shows_it(files: dict[str, Path]) -> None:
    for kind, path in files.items():
        picture = embedded(path)
        assert picture and np.array_equal(of_url(picture.address), SHOWN), kind
