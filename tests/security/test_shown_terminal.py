"""Whatever others name or say, a terminal shows it as text: nothing of it is obeyed, in whatever command."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.live import Live
from rich.table import Table
from rich.text import Text

import reading
from hostile_texts import ESCAPES, MARKUP
from limited import limited
from promptfit.data import collection
from promptfit.data.collection import Row
from promptfit.support.console.door import console, inert, say, visible

OWN = re.compile(rb"\x1b\[[\d;]*m|\x1b\[\??\d*[A-DHJKhl]|\r(?=\n)|\r\x1b")
"""Our own colours and the bar's own movements, and what a terminal adds to a line feed."""
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\U000e0000-\U000e007f]")
NAME = "Имя [/bold]\x1b]0;owned\x07[link=http://evil]\u202e\x9b31m"
FIELD = f"passport {NAME}"


def steering(shown: bytes) -> list[str]:
    """What a terminal would obey in bytes that it was sent, but for our own."""
    return OBEYED.findall(OWN.sub(b"", shown).decode("utf-8"))


@pytest.fixture
def hostile_project(project: Path) -> Path:
    """A project whose data set, model, files and prompts are named by somebody hostile."""
    annotation = project / "data/mini/annotation.csv"
    text = annotation.read_text("utf-8-sig").replace(";Имя;", f';"{NAME}";').replace("Куликов", "Кули\x1b[31mков\x07")
    image = "p\x1b]0;x\x07\u202e.png"
    (project / "data/mini/images/p1.png").rename(project / "data/mini/images" / image)
    (project / "data/mini/images/p1.txt").rename(project / "data/mini/images" / Path(image).with_suffix(".txt"))
    annotation.write_text(text.replace("images/p1.png", f'"images/{image}"'), "utf-8")
    model = project / "conf/model/reader.yaml"
    named = model.read_text("utf-8").replace("name: reader", r'name: "reader\e]0;x\a[/]"')
    model.with_name("named.yaml").write_text(named, "utf-8")
    collection.write(project / "mine.csv", [Row(FIELD, "Имя\x1b]52;c;eA==\x07 [/bold]"), Row("СНИЛС", "С")])
    collection.write(project / "strange.csv", [Row(f"нет {NAME}", "x")])
    return project


COMMANDS = [
    ["try", "collection=mine.csv"],
    ["try", "collection=mine.csv", "dry_run=true"],
    ["try", "collection=strange.csv"],
    ["try", "Напиши \x1b]0;x\x07[/bold]", "field=passport Фамилия"],
    ["try", "x", "field=\x1b]0;x\x07"],
    ["try", "x", "show=true"],
    ["try", "--\x1b]0;x\x07"],
    ["\x1b]0;x\x07"],
    ["try", "--help"],
    ["--help"],
    ["search", "generator=edits", "budget.per_field=4", "field=passport Фамилия"],
    ["search", "dry_run=true"],
    ["search", "model=named"],
    ["search", "model=\x1b]0;x\x07"],
    ["search", "\x1b]0;x\x07=1"],
    ["search", "generator=file", "generator.start=[\x1b]0;x\x07.csv]"],
    ["screen", "count=2", "verdict=y", "note=\x1b]0;x\x07[/bold]"],
    ["screen", "\x1b]0;x\x07.png"],
    ["select", "collections=[mine.csv]"],
    ["select", "labels=[\x1b]0;x\x07]"],
    ["compare"],
    ["stress", "collection=mine.csv", "augmentation=defocus", "severities=[1]", "documents=1", "worst=1"],
    ["look", "collection=mine.csv"],
    ["report"],
    ["leaderboard"],
    ["store"],
    ["store", "merge", "\x1b]0;x\x07"],
    ["augment"],
    ["augment", "show=true", "image=\x1b]0;x\x07.png"],
    ["import", "vlmhyperbench", "data/mini", "name=again"],
    ["import", "\x1b]0;x\x07", "data/mini"],
    ["export", "vlmhyperbench", "mine.csv"],
    ["export", "vlmhyperbench", "\x1b]0;x\x07"],
]
EACH = """
import contextlib, json, sys
from promptfit.cli import main
for words in json.loads(sys.argv[1]):
    print("--", ascii(words), flush=True)
    with contextlib.suppress(SystemExit):
        asks = words[0] in sys.argv[2:] and "model=" not in str(words)
        main([words[0], *["model=reader"] * asks, *words[1:]])
"""
"""All commands in one process: what a process costs is its imports."""


@pytest.mark.slow
def test_no_command_lets_a_name_steer_a_terminal(hostile_project: Path) -> None:
    asking = ("try", "search", "screen", "select", "stress", "look", "compare", "report")
    master, slave = pty.openpty()
    environment = {**reading.environment(hostile_project), "TERM": "xterm-256color"}
    script = [sys.executable, "-c", EACH, json.dumps(COMMANDS), *asking]
    with subprocess.Popen(script, stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=environment) as running:
        os.close(slave)
        shown = b""
        while chunk := _read(master):
            shown += chunk
    os.close(master)
    told = shown.decode("utf-8")
    assert running.returncode == 0 and told.count("\n-- ") + 1 == len(COMMANDS), told[-3000:]
    assert "Traceback" not in told, told[told.find("Traceback") - 500 :][:3000]
    assert not steering(shown), [OWN.sub(b"", line) for line in shown.splitlines() if steering(line)]
    assert "[/bold]" in told, told[:1500]
    assert "␛]0;owned␇" in re.sub(r"\s|│", "", told)


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # the last process has closed it
        return b""


HOSTILE = {**ESCAPES, **MARKUP}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_seen_and_not_obeyed(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table(text, "b", title=text, caption=text)
    table.add_row(text, Text(text))
    say(text)
    say(text, error=True)
    console().print(table)
    console().print(text)
    with Live(table, console=console(error=True)):
        pass
    out, err = capsys.readouterr()
    assert not OBEYED.findall(out + err)
    assert out.startswith(visible(text)[:1])
    if text in MARKUP.values():
        assert "".join(text.split())[:20] in "".join(out.split())


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES.keys())
def test_what_is_inert_stays_so(text: str) -> None:
    assert inert(inert(text)) == inert(text)
    assert not OBEYED.findall(inert(text))


def test_russian_and_other_writing_is_shown_as_it_is() -> None:
    for text in ("Ёлка «й» №5 — 10 ₽", "a\tb\nc", "日本語 한국어 עברית العربية", "e\u0301", "👩\u200d🔬"):
        assert inert(text) == text


TOLD = """
import logging, sys, threading, warnings
from promptfit.support.console.door import open_logs_and_tracebacks
open_logs_and_tracebacks()
logging.basicConfig(level=logging.INFO, format="%(message)s")
said = "http://user:secret@host \\x1b]0;owned\\x07 [/bold] \\u202e"
logging.getLogger("other").warning("%s", said)
logging.getLogger("promptfit").warning(said)
try:
    raise ValueError(said)
except ValueError:
    logging.exception(said)
warnings.warn(said)
def fail():
    raise OSError(said)
thread = threading.Thread(target=fail)
thread.start(), thread.join()
raise KeyError(said + "x" * 100_000)
"""


def test_logs_warnings_and_tracebacks_go_through_the_door() -> None:
    done = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, check=False)
    shown = done.stderr
    assert done.returncode == 1 and not steering(shown), shown
    told = shown.decode()
    assert "secret" not in told and told.count("user:***@host") >= 6 and told.count("[/bold]") >= 6
    assert "more characters" in told and len(told) < 60_000


def test_the_last_line_of_a_command_is_inert_in_any_encoding() -> None:
    script = "import sys; from promptfit.cli import main; sys.exit(main(sys.argv[1:]) - 2)"
    assert limited(script, "\x1b]0;x\x07") == ""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", script, "Имя\x1b"], capture_output=True, env=environment, check=False)
    assert done.returncode == 0 and b"no command" in done.stderr and b"\x1b" not in done.stderr
