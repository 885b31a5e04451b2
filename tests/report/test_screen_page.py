"""The page of a screening: what stands in it, and how a real browser shows it."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from browser import needs_chromium, opened
from promptfit.report import embedded, page
from promptfit.report.screening import Screening
from promptfit.report.words import WORDS, words
from promptfit.types import PromptfitError

Make = Callable[..., Screening]


def test_what_was_answered_stays_text(screening: Make) -> None:
    html = page.screen_page(screening(4), "ru")
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "onerror=alert" in html
    assert "<img src=x" not in html
    assert "${1+1} {{ 7*7 }}" in html


def test_it_asks_nothing_of_anybody(screening: Make) -> None:
    html = page.screen_page(screening(4), "en")
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", html)
    assert "url(" not in html
    assert "//" not in re.sub("data:[^\"']+|&lt;/script&gt;", "", html)


def test_figures_differences_verdicts_and_faults_are_there(screening: Make) -> None:
    html = page.screen_page(screening(3), "ru")
    assert "<ins>Имя: </ins>К<del>арбаинов</del><ins>АРБАИНОВ</ins>" in html
    assert all(text in html for text in ("CER 1,44", "1,25 с", "900 / 12", "стоит времени", "✓ без ошибок"))
    assert html.count("no memory for it") == 1, "one reason for all is said once"
    assert "CER 1.44" in page.screen_page(screening(3), "en")


def test_languages_have_the_same_words() -> None:
    assert WORDS["ru"].keys() == WORDS["en"].keys()
    with pytest.raises(PromptfitError, match="ru, en"):
        words("de")


def test_pictures_are_small_upright_and_inside(tmp_path: Path) -> None:
    image, exif = Image.new("RGB", (3000, 2000), "ivory"), Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "photo.jpg", exif=exif)
    shown = embedded.embedded(tmp_path / "photo.jpg")
    assert shown is not None
    assert (shown.width, shown.height) == (800, 1200)
    content = base64.b64decode(shown.address.partition(",")[2])
    assert Image.open(io.BytesIO(content)).size == (800, 1200)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    assert embedded.embedded(tmp_path / "broken.png") is None


@needs_chromium
@pytest.mark.slow
def test_a_browser_shows_it_at_every_width(screening: Make, tmp_path: Path) -> None:
    with opened(tmp_path / "profile") as browser:
        for answerers in (1, 2, 4):
            file = tmp_path / f"page-{answerers}.html"
            file.write_text(page.screen_page(screening(answerers), "ru"), "utf-8")
            for width in (1280, 390):
                browser.open(file.as_uri(), width)
                assert browser.run("document.documentElement.scrollWidth") <= width
                assert browser.run("[...document.images].map(image => image.naturalWidth)") == [1200, 300]
                browser.picture(tmp_path / f"page-{answerers}-{width}.png")
        assert browser.run("document.title").startswith("Первый взгляд")
        assert {address.partition(":")[0] for address in browser.addresses()} <= {"file", "data"}
        assert browser.complaints() == []
