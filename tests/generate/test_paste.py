"""A generator behind a web page, asked by a scripted person at a pseudo-terminal."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stated import stated
from hydra.utils import instantiate
from omegaconf import OmegaConf
from PIL import Image

from person import Person
from promptfit.generate.generator import Message, Quote
from promptfit.generate.manual_generator import flat

PROJECT = Path(__file__).parents[2]
ASK = """
from promptfit.support.manual import terminal
from promptfit.generate.generator import Message
from promptfit.generate.manual_generator import ManualGenerator
from promptfit.paths import home
terminal.QUIET = 0.1
shown = tuple(home() / f"{number}.png" for number in range(3))
talk = [Message("system", "Ты пишешь промпты."), Message("user", "Предложи {лучший} промпт", (*shown, shown[0]))]
generator = ManualGenerator("ChatGPT", "feedback", (), True, 2, None)
generator.check()
for draw in (0, 1):
    completion = generator.complete(talk, draw)
    print("REPLY", repr(completion.text), completion.cost, completion.seconds > 0, flush=True)
"""


def test_a_person_carries_the_messages_and_the_replies(home: Path) -> None:
    for number in range(3):
        Image.new("L", (8, 8), number).save(home / f"{number}.png")
    with Person(ASK, {"PROMPTFIT_HOME": str(home)}) as person:
        person.sees("ChatGPT, exchange 0001\n")
        assert [line.split("/")[-1] for line in person.sees("then paste").split("\n")[1:-1]] == ["0.png", "1.png"]
        person.sees("─\n")
        assert person.sees("\n─") == "Ты пишешь промпты.\n\nПредложи {лучший} промпт"
        person.sees("days later, too.")
        person.types("Вот:\n<prompt>Напиши имя</prompt>\n.\n")
        person.sees("REPLY 'Вот:\\n<prompt>Напиши имя</prompt>' 0.0 True")
        person.sees("exchange 0002 (the same text as before: ask for reply 2)")
        person.sees("days later, too.")
        person.types("другой\x04")
        person.sees("REPLY 'другой' 0.0 True")
        assert person.leaves() == 0


def test_it_costs_nothing_and_is_one_person_far_away(home: Path) -> None:
    page = instantiate(OmegaConf.load(PROJECT / "conf/generator/paste.yaml"), name="Claude", _convert_="all")
    assert (page.name, page.strategy, list(page.start), page.vision) == ("Claude", "feedback", [], True)
    assert (page.remote, page.concurrency) == (True, 1)
    assert page.quote([Message("user", "x")]) == Quote()


def test_its_identity_names_the_page(home: Path) -> None:
    def identity(name: str, **changes: object) -> str:
        made: str = stated("generator/paste", name=name, **changes).identity
        return made

    assert identity("a") != identity("b")
    assert identity("a") == identity("a", strategy="gepa", start=["x.csv"])
    assert identity("a") != identity("a", vision=False)


def test_a_longer_talk_says_who_speaks() -> None:
    talk = [Message("system", "S"), Message("user", "U"), Message("assistant", "A"), Message("user", "V")]
    assert flat(talk[:2]) == "S\n\nU"
    assert flat(talk[1:2]) == "U"
    assert flat(talk) == "[system]\nS\n\n[user]\nU\n\n[assistant]\nA\n\n[user]\nV"
