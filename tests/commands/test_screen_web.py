"""The screening page, used in a real headless Chromium as a person would."""

from __future__ import annotations

import hashlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from browser import needs_chromium, opened
from echoing import HOSTILE
from promptfit.cli import main
from promptfit.commands.screen import keep
from promptfit.commands.screen.web import Desk
from promptfit.commands.shared import models
from promptfit.support.files.table import read_table
from promptfit.types import PromptfitError
from reading import environment
from tracked import TRACKING

COMMAND = [sys.executable, "-c", "import sys; from promptfit.cli import main; sys.exit(main())"]
QUESTIONS = f"Фамилия?\nИмя? {HOSTILE}"


@pytest.fixture
def desk(project: Path) -> Desk:
    """The page's work without the page."""
    model = models.composed("models", "reader")
    kept = {
        "store": "answers.sqlite",
        "tracking": TRACKING,
        "reader": ["plain"],
        "chain": ["strip"],
        "language": "ru",
        "seed": 0,
        "dataset": {"name": "mini"},
    }
    return Desk(OmegaConf.create(kept), {"reader": model})


def test_an_answerer_stays_loaded_while_it_is_chosen(desk: Desk, project: Path) -> None:
    image = project / "data/mini/images/p0.png"
    desk.ask([image], ["Имя?"], ["reader"])
    loaded = desk._loaded["reader"]
    screening, page = desk.ask([image], ["Фамилия?"], ["reader"])
    assert desk._loaded["reader"] is loaded
    desk.judge(screening, page, ["worth it"], [" да "])
    (row,) = read_table(keep.verdicts_file(), [keep.COLUMNS]).rows
    assert (row.cells["verdict"], row.cells["note"], row.cells["page"]) == ("worth it", "да", page.name)


@pytest.mark.parametrize(
    ("images", "questions", "names", "said"),
    [
        ([], ["Имя?"], ["reader"], "no image"),
        (["data/mini/images/p0.png"], [], ["reader"], "no question"),
        (["data/mini/images/p0.png"], ["Имя?"], [], "no model"),
        (["data/mini/annotation.csv"], ["Имя?"], ["reader"], "annotation.csv: not an image that"),
        ([f"data/mini/images/p{i}.png" for i in range(4)], ["Имя?"], ["reader"], "at most 3"),
    ],
)
def test_faults(
    desk: Desk, project: Path, images: list[str], questions: list[str], names: list[str], said: str
) -> None:
    with pytest.raises(PromptfitError, match=said):
        desk.ask([project / name for name in images], questions, names)


def test_without_gradio_it_says_what_to_install(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gradio", None)
    assert main(["screen", "model=reader", "web=true"]) == 1
    assert "promptfit[web]" in capsys.readouterr().err


@pytest.fixture
def address(project: Path) -> Iterator[str]:
    """A served page; the server is ended by Ctrl-C, as a person would."""
    pytest.importorskip("gradio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    echo = 'name: echo\nsystem: ""\nanswerer:\n  _target_: echoing.Echo\n'
    (project / "conf/model/echo.yaml").write_text(echo, "utf-8")
    command = [*COMMAND, "screen", "model=echo", "web=true", f"port={port}"]
    with (project / "server.log").open("wb") as log:
        child = subprocess.Popen(command, env=environment(project), stdout=log, stderr=log)
    try:
        for _ in range(600):
            assert child.poll() is None, (project / "server.log").read_text("utf-8")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
        child.send_signal(signal.SIGINT)
        assert child.wait(60) == 0
        assert "Traceback" not in (project / "server.log").read_text("utf-8")
    finally:
        child.kill()
        child.wait()


@needs_chromium
@pytest.mark.slow
def test_drop_ask_judge(project: Path, address: str, tmp_path: Path) -> None:
    image = project / "data/mini/images/p0.png"
    with opened(tmp_path / "profile") as browser:
        browser.open(address)
        browser.wait("!!document.querySelector('#ask') && !!document.querySelector('input[type=file]')")
        browser.drop_file("input[type=file]", image)
        browser.wait("[...document.querySelectorAll('#images img')].some(image => image.naturalWidth > 0)")
        browser.type("#questions textarea", QUESTIONS)
        browser.click("#ask")
        browser.wait("document.querySelectorAll('#answers .pf-answer').length === 2")
        said = browser.run("document.querySelector('#answers').innerText")
        assert said.count(HOSTILE) == 3
        assert said.count(hashlib.sha256(image.read_bytes()).hexdigest()) == 2, "the very bytes that were dropped"
        browser.wait("!!document.querySelector('#save')")
        for width in (1280, 390):
            browser.resize(width)
            browser.wait(f"document.documentElement.scrollWidth <= {width}", 5)
            browser.picture(tmp_path / f"web-{width}.png")
        browser.click("input[type=radio][value='worth it']")
        browser.wait("document.querySelector('label.selected input')?.value === 'worth it'", 5)
        browser.type(".verdict textarea", "читает =1+1")
        browser.click("#save")
        browser.wait("document.querySelector('#saved')?.innerText.includes('.html')")
        assert browser.run("document.title") == "Первый взгляд на модели"
        assert not [one for one in browser.addresses() if not one.startswith((address, "data:", "blob:", "about:"))]
        assert browser.complaints() == []
    (row,) = read_table(project / "screen" / "verdicts.csv", [keep.COLUMNS]).rows
    assert row.cells["verdict"] == "worth it"
    assert row.cells["note"] == "читает =1+1"
    assert row.cells["images"] == "p0.png"
    assert "читает =1+1" in (project / "screen" / row.cells["page"]).read_text("utf-8")
