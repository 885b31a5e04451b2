"""A VLM behind a web page, asked by a scripted person at a pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from person import Person
from promptfit.answer.manual_answerer import ManualAnswerer

ASK = """
import pathlib, sys
from promptfit.support.manual import terminal
from promptfit.answer.manual_answerer import ManualAnswerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.paths import home
from promptfit.types import Request
terminal.QUIET = 0.1
asked = [("b", "Имя"), ("a", "Фамилия, только значение"), ("b", "Пол"), ("a", "Имя"), ("a", "Имя")]
requests = [Request(home() / f"{image}.png", image, prompt, "Ты читаешь") for image, prompt in asked]
answerer = CachedAnswerer(ManualAnswerer("Демо"), AnswerCache(home() / "answers.sqlite"))
try:
    for index, answer in answerer.answer(requests):
        assert answer.seconds > 0 or answerer.asked == 0
        print(f"[{index}={answer.text}]", flush=True)
except KeyboardInterrupt:
    sys.exit(130)
print("END", answerer.kept, answerer.asked)
"""


def ask(home: Path) -> Person:
    for image in "ab":
        Image.new("RGB", (8, 8)).save(home / f"{image}.png")
    for name in ("PUBLIC", "annotation.csv"):  # a web page is elsewhere
        (home / name).touch()
    return Person(ASK, {"PROMPTFIT_HOME": str(home)})


def answer(person: Person, image: str, prompt: str, text: str) -> None:
    assert person.sees("then paste").rstrip().endswith(f"/{image}.png")
    person.sees("─\n")
    assert person.sees("\n─") == f"Ты читаешь\n\n{prompt}"
    person.sees("days later, too.")
    person.types(f"{text}\n.\n" if text != "q" else "q\n")


def test_images_come_in_turn_and_a_left_talk_goes_on(home: Path) -> None:
    with ask(home) as person:
        person.sees("exchange 0001 (1 of 4)")
        answer(person, "a", "Имя", "Иван")
        person.sees("[3=Иван]\n[4=Иван]")
        answer(person, "a", "Фамилия, только значение", "q")
        assert person.leaves() == 130
    with ask(home) as person:
        person.sees("[3=Иван]\n[4=Иван]")
        person.sees("exchange 0002 (1 of 3)")
        answer(person, "a", "Фамилия, только значение", "Орлов\nвторая строка")
        person.sees("[1=Орлов\nвторая строка]")
        answer(person, "b", "Имя", "Пётр")
        person.sees("[0=Пётр]")
        answer(person, "b", "Пол", "м")
        person.sees("[2=м]\nEND 2 3")
        assert person.leaves() == 0


def test_another_page_is_another_answerer(home: Path) -> None:
    assert ManualAnswerer("Демо").identity == '{"paste": "Демо"}' != ManualAnswerer("Demo").identity
