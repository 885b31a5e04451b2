"""Copy and paste through a real pseudo-terminal; the person is scripted."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from person import Person
from promptfit.support.manual.exchange import Exchange
from promptfit.types import PromptfitError

ASK = """
import json, os, pathlib, sys
from promptfit.support.manual import terminal
from promptfit.support.manual.exchange import Exchange
terminal.QUIET = 0.1
exchange = Exchange("Страница")
try:
    for number, (text, images) in enumerate(json.loads(os.environ["TALK"])):
        reply = exchange.ask(f"{number:x}" * 64, text, [pathlib.Path(image) for image in images])
        print("REPLY", json.dumps(reply), flush=True)
except KeyboardInterrupt:
    sys.exit(130)
"""
READY = "days later, too."
SHEET, REPLY = "0001-000000000000.txt", "0001-000000000000.reply.txt"
SECOND = "0002-111111111111.txt"


def talk(home: Path, *texts: str | tuple[str, list[str]]) -> Person:
    turns = [[text, []] if isinstance(text, str) else list(text) for text in texts]
    return Person(ASK, {"TALK": json.dumps(turns), "PROMPTFIT_HOME": str(home)})


def reply(person: Person) -> str:
    person.sees("REPLY ")
    person.sees('"')
    text: str = json.loads('"' + person.sees('"\n') + '"')
    return text


def folder(home: Path) -> Path:
    return home / ".promptfit/paste/Страница"


@pytest.mark.parametrize(
    ("pasted", "taken"),
    [
        ("Напиши фамилию.\rТолько значение.\r.\r", "Напиши фамилию.\nТолько значение."),
        ("одна строка\x04", "одна строка"),
        ("a\r\nb\r\n\r\nc\r\n.\r\n", "a\nb\n\nc"),
        ("\x1b[200~вставка\nв скобках\x1b[201~\n.\n", "вставка\nв скобках"),
        ("до\n.\nпосле\nq\nконец\n.\n", "до\n.\nпосле\nq\nконец"),
        ("\x1b]0;title\x07\x1b[31mкрасный\x1b[0m\x07\n.\n", "красный"),
        ("с пустой строкой\n.\n\n", "с пустой строкой"),
        ("с пустыми\r.\r  \r\r", "с пустыми"),
        ("опечатак\x7f\x7fка\n.x\x7f\n", "опечатка"),
        ("\n\nq?\n.\n", "q?"),
    ],
)
def test_a_reply_is_pasted_into_the_terminal(home: Path, pasted: str, taken: str) -> None:
    with talk(home, "Предложи промпт") as person:
        person.sees(READY)
        person.types(pasted)
        assert reply(person) == taken
        assert person.leaves() == 0
        assert person.modes() == person.before


def test_it_shows_what_to_paste_and_what_to_attach(home: Path) -> None:
    text, image = "Первая строка\nвторая; \"кавычки\" и ещё 'одни'\n", home / "снимок 1.png"
    image.write_bytes(b"no matter")
    with talk(home, (text, [str(image)])) as person:
        assert str(image) in person.sees("then paste")
        person.sees("─\n")
        assert person.sees("\n─") == text
        assert str(folder(home) / REPLY) in person.sees(READY)
        assert (folder(home) / SHEET).read_text("utf-8") == text


@pytest.mark.parametrize("length", [4094, 4095, 4096, 5000, 300_000])
def test_a_long_line_is_not_cut(home: Path, length: int) -> None:
    line = "".join(chr(ord("a") + i % 26) for i in range(length))
    with talk(home, "x") as person:
        person.sees(READY)
        person.types(line + "\r.\r")
        assert reply(person) == line


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        (b"\x00\x01\x02binary\n.\n", "binary"),
        (bytes(range(256)) * 40 + b"\n.\n", "binary"),
        ("Фамилия".encode("cp1251") + b"\n.\n", "no UTF-8"),
        (b"\n \n.\n", "empty"),
        (b"\x04", "empty"),
        (b"0123456789\n" * 90_910, "more than 1,000,000"),
    ],
)
def test_what_is_no_reply_is_named_and_asked_again(home: Path, pasted: bytes, why: str) -> None:
    with talk(home, "x") as person:
        person.sees(READY)
        person.types(pasted)
        person.sees("not taken")
        assert why in person.sees("again")
        person.types("теперь текст\n.\n")
        assert reply(person) == "теперь текст"


def test_a_reply_is_dropped_as_a_file_while_it_waits(home: Path) -> None:
    with talk(home, "x") as person:
        person.sees(READY)
        person.types("начало, которое не")
        place = folder(home) / REPLY
        place.write_bytes(b"")
        person.sees("it is empty")
        place.write_bytes("Имя".encode("cp1251"))
        person.sees("no UTF-8")
        place.write_bytes("\ufeffОтвет\r\nиз файла\r\n".encode())
        assert reply(person) == "Ответ\nиз файла"


def test_a_file_that_lies_there_is_read_at_once(home: Path) -> None:
    with talk(home, "x") as person:
        person.sees(READY)
        person.types("q\r")
        assert person.leaves() == 130
    (folder(home) / REPLY).write_text("ответ", "utf-8")
    with talk(home, "x", "второй") as person:
        assert reply(person) == "ответ"
        assert "второй" in person.sees(READY)
        person.types("да\n.\n")
        assert reply(person) == "да"
    assert sorted(path.name for path in folder(home).iterdir()) == [REPLY, SHEET, SECOND]


@pytest.mark.parametrize("key", ["q\r", "Q\n", "\x03"])
def test_leaving_gives_the_terminal_back(home: Path, key: str) -> None:
    with talk(home, "x") as person:
        person.sees(READY)
        assert person.modes() != person.before
        person.types(key)
        assert person.leaves() == 130
        assert person.modes() == person.before


def test_who_did_not_end_a_reply_is_told_and_can_leave(home: Path) -> None:
    with talk(home, "один") as person:
        person.sees(READY)
        person.types("Напиши фамилию\nq\nбез конца\n")
        person.sees("The reply has no end yet")
        person.types("q\r")
        assert person.leaves() == 130


def test_an_interrupt_from_outside_gives_the_terminal_back(home: Path) -> None:
    with talk(home, "x") as person:
        person.sees(READY)
        person.child.send_signal(signal.SIGINT)
        assert person.leaves() == 130
        assert person.modes() == person.before


def test_a_hostile_text_is_shown_and_not_obeyed(home: Path) -> None:
    text = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eтекст\x7f\ud800\rскрыто"
    with talk(home, text) as person:
        person.sees("─\n")
        shown = person.sees("\n─")
        assert shown == "␛]0;owned␇␛[2J�31m�текст␡�␍скрыто"
        person.sees(READY)
        person.types("\x1b[2Jответ\x9b\n")
        assert "\x1b" not in person.sees("ответ")
    assert (folder(home) / SHEET).read_bytes() == text.replace("\ud800", "?").encode()


BAR = """
import sys
from rich.console import Console
from promptfit.support.manual.exchange import Exchange
from promptfit.support.console.progress import Progress
with Progress(10, Console(stderr=True, force_terminal=True)) as bar:
    bar.advance()
    reply = Exchange("Страница").ask("0" * 64, "x")
    bar.advance()
print("REPLY", reply)
"""


def test_a_bar_is_away_while_a_person_types(home: Path) -> None:
    with Person(BAR, {"PROMPTFIT_HOME": str(home), "TERM": "xterm"}) as person:
        assert "1/10" in person.sees("Страница, exchange")
        person.sees(READY)
        person.types("первая строка\n")
        assert "/10" not in person.sees("первая строка")
        time.sleep(0.6)  # two frames of the bar, if there were one
        person.types("вторая\n.\n")
        assert "/10" not in person.sees("Taken: 20 characters.\n")
        assert "2/10" in person.sees("REPLY первая строка\nвторая")
        assert person.leaves() == 0


def test_a_page_with_an_odd_name_stays_in_its_folder(home: Path) -> None:
    assert Exchange("../../a b/c").folder == home / ".promptfit/paste/_.._a_b_c"
    assert Exchange("..").folder == home / ".promptfit/paste/_"


def test_without_a_terminal_the_file_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        image = home / "a.png"
        image.write_bytes(b"")
        exchange, digest = Exchange("Страница"), "0" * 64
        with pytest.raises(PromptfitError, match=rf"(?s){SHEET}.*a\.png.*{REPLY}.*run the same command"):
            exchange.ask(digest, "x", [image])
        for content, why in [
            (b"", "empty"),
            (b"\0", "binary"),
            (b"\xff\xfe", "UTF-8"),
            (b"x" * 1_000_001, "1,000,000"),
        ]:
            (folder(home) / REPLY).write_bytes(content)
            os.utime(folder(home) / REPLY, (0, 0))
            with pytest.raises(PromptfitError, match=why) as caught:
                exchange.ask(digest, "x")
            assert REPLY in str(caught.value)
        (folder(home) / REPLY).write_text("ответ")
        assert exchange.ask(digest, "x") == "ответ"
        (folder(home) / REPLY).unlink()
        (folder(home) / REPLY).mkdir()
        with pytest.raises(PromptfitError, match="cannot be read"):
            exchange.ask(digest, "x")


def test_a_missing_image_is_named_before_anything_is_asked(home: Path) -> None:
    with pytest.raises(PromptfitError, match=r"none\.png: the image is missing"):
        Exchange("Страница").ask("0" * 64, "x", [home / "none.png"])
    assert not folder(home).exists()


def test_exchanges_are_numbered_and_keep_their_number(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        for digest in ("a" * 64, "b" * 64, "a" * 64, "c" * 64):
            with pytest.raises(PromptfitError):
                Exchange("Страница").ask(digest, "x")
    assert sorted(path.name[:6] for path in folder(home).iterdir()) == ["0001-a", "0002-b", "0003-c"]
