"""What a data set knows of its images: pages, and which of them are more than decoded before they are shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

import image_kinds as kinds
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.data import opaque
from promptfit.data.grouping import document_digests
from promptfit.data.images import inspect
from promptfit.data.reader import load
from promptfit.evaluate.ask import request_of
from promptfit.generate.cached_generator import key as completion_key
from promptfit.generate.generator import Message
from promptfit.support.cache.cached_texts import key_of
from promptfit.types import Answer, NoAnswer, Prompt, Request

ROW = "1;clean;images/1.png;Напиши Имя;Анна;passport;Имя;"
TREATMENT = {
    "grey PNG": "",
    "RGB PNG": "",
    "PNG with an sRGB profile": "",
    "palette PNG": "",
    "PNG lying": "",
    "16-bit RGB PNG": "",
    "opaque RGBA PNG": "",
    "TIFF of pages": "",
    "RGBA PNG": "white",
    "LA TIFF": "white",
    "palette PNG with tRNS": "white",
    "16-bit PNG": "scaled",
    "float TIFF of 0-1": "scaled",
}


class Said:
    """Answers with its own name."""

    remote, identity = False, "me"

    def __init__(self, text: str) -> None:
        self.text = text

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        yield from ((index, Answer(self.text)) for index in range(len(requests)))


@pytest.mark.parametrize("kind", TREATMENT)
def test_what_is_done_to_an_image_is_named(home: Path, kind: str) -> None:
    (home / "a").write_bytes(kinds.EXACT[kind]())
    facts = inspect(home / "a")
    digest = hashlib.sha256(kinds.EXACT[kind]()).hexdigest()
    assert (facts.treatment, facts.digest, facts.width, facts.height) == (TREATMENT[kind], digest, 64, 48)
    assert facts.shown_digest == (f"{digest}+{TREATMENT[kind]}" if TREATMENT[kind] else digest)


def test_every_step_is_named(home: Path) -> None:
    (home / "a").write_bytes(kinds.encoded(kinds.RGBA, "PNG", icc_profile=kinds.wide_gamut()))
    assert inspect(home / "a").treatment == "white+sRGB"
    (home / "a").write_bytes(kinds.encoded(kinds.PAGE.convert("CMYK"), "TIFF"))
    assert inspect(home / "a").treatment == "", "without a profile it is read as ever"


@pytest.mark.parametrize("kind", TREATMENT)
def test_kept_answers_to_other_pixels_are_not_taken_and_all_others_are(
    home: Path, make_dataset: Callable[..., Path], kind: str
) -> None:
    """The store as an earlier version left it: answers under the digest of the file's bytes alone.

    It read transparent pages as black ones, and 16 bits as white: these are asked anew; of the rest none is lost.
    """
    root = make_dataset(ROW)
    (root / "images/1.png").write_bytes(kinds.EXACT[kind]())
    digest = hashlib.sha256(kinds.EXACT[kind]()).hexdigest()
    (sample,) = load(root).samples
    assert sample.image_digest == digest, "what a document is does not hang on what is done to its pixels"
    with closing(CachedAnswerer(Said("earlier"), AnswerCache(home / "store"))) as earlier:
        assert next(earlier.answer([Request(sample.image, digest, "Имя")]))[1] == Answer("earlier")
    with closing(CachedAnswerer(Said("anew"), AnswerCache(home / "store"))) as now:
        ((_, said),) = now.answer([request_of(Prompt("Имя"), sample, "")])
    assert said == Answer("anew" if TREATMENT[kind] else "earlier")


def test_a_generator_s_completion_hangs_on_the_pixels_that_it_was_shown(home: Path) -> None:
    def made(content: bytes) -> bytes:
        (home / "a.png").write_bytes(content)
        return completion_key("me", [Message("user", "p", (home / "a.png",))], 0)

    plain, clear = kinds.EXACT["RGB PNG"](), kinds.EXACT["RGBA PNG"]()
    earlier = [key_of(["me", "0", "user", "p", "1", hashlib.sha256(one).hexdigest()]) for one in (plain, clear)]
    assert [made(plain) == earlier[0], made(clear) == earlier[1]] == [True, False]


def test_the_same_documents_stay_the_same_and_the_data_count_as_changed(
    home: Path, make_dataset: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_dataset(ROW)
    (root / "images/1.png").write_bytes(kinds.EXACT["RGBA PNG"]())
    now = load(root)
    monkeypatch.setattr("promptfit.data.images.is_opaque", lambda digest, content: True)  # as if nothing were done
    before = load(root)
    assert document_digests(now.samples) == document_digests(before.samples)
    assert now.digest != before.digest, "results of black pages are not results of these"


def test_an_image_is_seen_through_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "a.png").write_bytes(kinds.EXACT["opaque RGBA PNG"]())
    assert inspect(home / "a.png").treatment == ""
    monkeypatch.setattr(opaque, "opened", None)
    assert inspect(home / "a.png").treatment == ""


def test_images_of_several_pages_are_told_once(home: Path, make_dataset: Callable[..., Path]) -> None:
    rows = [f"{number};clean;images/{number}.tiff;?;Анна;passport;Имя;" for number in range(5)]
    rows += ["9;clean;images/9.gif;?;Анна;passport;Имя;", "9;clean;images/9.gif;?;Анна;passport;Отчество;", ROW]
    root = make_dataset(*rows)
    for number in range(5):
        content = kinds.encoded(kinds.PAGE, "TIFF", save_all=True, append_images=[kinds.INK] * (number + 1))
        (root / f"images/{number}.tiff").write_bytes(content)
    (root / "images/9.gif").write_bytes(kinds.EXACT["GIF of frames"]())
    said = [line for line in load(root).warnings if "several pages" in line]
    assert said == [
        f"{root / 'annotation.csv'}: 6 image(s) have several pages, of which only the first is read: "
        '"0.tiff" (2), "1.tiff" (3), "2.tiff" (4) and 3 more; save each page apart'
    ]


def test_transparent_pages_are_told_apart_by_what_stands_on_them(home: Path, make_dataset: Callable[..., Path]) -> None:
    """As black pages they all looked the same; and their earlier fingerprints are not taken."""
    root = make_dataset(*(f"{number};clean;images/{number}.png;?;А;passport;Имя;" for number in (1, 3, 4)))
    for number, ink in ((1, kinds.INK), (3, kinds.PAGE), (4, kinds.INK)):
        nothing = kinds.NOTHING
        page = Image.merge("RGBA", (nothing, nothing, nothing, ink))
        (root / f"images/{number}.png").write_bytes(kinds.encoded(page, "PNG", compress_level=number))
    assert [one.document for one in load(root).samples] == ["1", "3", "1"]
