"""The report in a real browser: at a desk's width and at a phone's, on screen and on paper."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

import scripted_studies
from browser import Browser, needs_chromium, opened
from promptfit.report.material import gather
from promptfit.report.report_page import report_page
from scripted_studies import NAME

pytestmark = [needs_chromium, pytest.mark.slow]

DRAWN = "[...document.images].every(image => image.complete && image.naturalWidth > 0 && image.clientWidth > 60)"
CHARTS = """[...document.querySelectorAll('svg')].every(svg => svg.clientWidth > 100 && svg.clientHeight > 60 &&
    [...svg.querySelectorAll('polyline, rect, circle')].some(mark => mark.getBoundingClientRect().height > 0))"""
OUTSIDE = """[...document.querySelectorAll('main *, nav *')].filter(one => !one.closest('.scroll, svg') &&
    one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"""
BOXES = "[...document.querySelectorAll('.scroll')].every(box => box.clientWidth <= innerWidth)"
SMALL = """[...document.querySelectorAll('main *')].filter(one => one.childNodes.length && one.textContent.trim() &&
    !one.closest('svg') && parseFloat(getComputedStyle(one).fontSize) < 11).length"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("root")
    scripted_studies.write_all(root)
    material = gather(root, NAME)
    found = {code: root / f"report.{code}.html" for code in ("ru", "en")}
    for code, path in found.items():
        path.write_text(report_page(material, code, "http://127.0.0.1:5000/#/runs/"), "utf-8")
    return found


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("profile")) as one:
        yield one


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("code", ["ru", "en"])
def test_it_is_whole_and_fits(browser: Browser, pages: dict[str, Path], tmp_path: Path, code: str, width: int) -> None:
    browser.events.clear()
    browser.open(pages[code].as_uri(), width)
    assert browser.run("document.documentElement.scrollWidth") <= width
    assert browser.run(OUTSIDE) == [] and browser.run(BOXES) and browser.run(SMALL) == 0
    assert browser.run("document.images.length") == 20 and browser.run(DRAWN)
    assert browser.run("document.querySelectorAll('svg').length") == len(scripted_studies.HARM) + 1
    assert browser.run(CHARTS)
    assert browser.run("document.scripts.length") == 0 and NAME in browser.run("document.title")
    assert {address.partition(":")[0] for address in browser.addresses()} <= {"file", "data"}
    assert browser.complaints() == []
    browser.picture(tmp_path / f"report-{code}-{width}.png")


def test_the_frame_stands_on_the_answer(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["ru"].as_uri(), 1280)
    left, right = browser.run(
        "(([shot]) => { const image = shot.querySelector('img').getBoundingClientRect(), box = shot.querySelector('i')"
        ".getBoundingClientRect(); return [(box.left - image.left) / image.width, (box.right - image.left) /"
        " image.width] })(document.querySelectorAll('.worst .shot'))"
    )
    assert 0.09 < left < 0.13 and 0.4 < right < 0.6, "the text begins at 12 % of the image"


def test_contents_lead_to_the_sections(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["en"].as_uri(), 375)
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
    browser.click("nav a[href='#growth']")
    browser.wait("Math.abs(document.querySelector('#growth').getBoundingClientRect().top) < 120", 10)


def test_it_prints(browser: Browser, pages: dict[str, Path]) -> None:
    for path in pages.values():
        browser.open(path.as_uri(), 696)
        printed = browser.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"]
        pdf = base64.b64decode(printed)
        assert pdf.startswith(b"%PDF") and 8 < pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") < 40
        browser.call("Emulation.setEmulatedMedia", media="print")
        assert browser.run("document.documentElement.scrollWidth") <= 696, "nothing is cut off at the sheet's side"
        assert browser.run("getComputedStyle(document.querySelector('nav')).display") == "none"
        browser.call("Emulation.setEmulatedMedia", media="")
