"""A scripted answerer: no model, a stand-in that follows instructions as a VLM does, in some of its own ways.

It is chatty unless told otherwise, prints what stands in the document unless a format is named, understands some
phrasings always, some on half of the documents and some never, and misreads a character now and then.
All of it is a hash of the document, the field and the words, so it answers the same every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hydra.utils import instantiate
from omegaconf import OmegaConf

from promptfit.generate.author import Author
from promptfit.generate.brief import Brief
from promptfit.generate.generator import NoGenerator
from promptfit.generate.spending import Limits, Spending
from promptfit.types import Answer, Field, NoAnswer, Request, Sample, Score, Trial

CONF = Path(__file__).parents[2] / "conf"
SURNAMES = "Лебедев Козлов Морозов Павлов Орлов Зайцева Крылов Савина Тихонов Грачёва Белкин Рябова".split()
PLACES = "гор. Калуга|пос. Вишня|гор. Орёл|с. Покровка|гор. Псков|дер. Ивановка".split("|")
FIRMS = "Ромашка|Вектор|Альфа Плюс|Северный ветер|Простор|Точка роста".split("|")

# phrase -> the skill that it asks for and on which share of documents it is understood
SKILLS: dict[str, tuple[str, float]] = {
    "Ответь только значением": ("brief", 1.0),
    "Только значение": ("brief", 0.5),
    "Без пояснений": ("brief", 0.5),
    "Answer with the value only": ("brief", 1.0),
    "Только ответ, без лишних слов": ("brief", 0.5),
    "С заглавной буквы": ("title", 0.5),
    "Первая буква заглавная, остальные строчные": ("title", 1.0),
    "Title case": ("title", 0.3),
    "Заглавными буквами": ("upper", 1.0),
    "Только цифры": ("digits", 1.0),
    "Digits only": ("digits", 0.5),
    "Без пробелов": ("digits", 0.5),
    "Дата в формате ГГГГ-ММ-ДД": ("iso", 0.5),
    "Date as YYYY-MM-DD": ("iso", 1.0),
    "Полным словом": ("word", 1.0),
    "In full word": ("word", 0.5),
    "Без кавычек": ("bare", 1.0),
    "No quotes": ("bare", 0.5),
    "Число с точкой": ("point", 1.0),
    "Number with a point": ("point", 0.5),
    "Пример: Куликов": ("brief title", 0.5),
    "Пример: мужской": ("brief word", 1.0),
    "Пример: 4711123456": ("brief digits", 0.5),
    "Пример: 1999-12-31": ("brief iso", 1.0),
    "Пример: 1234.56": ("brief point", 0.5),
}
MISREAD = {"Прочитай поле": 0.005, "Напиши": 0.015, "Найди": 0.05, "What is": 0.03}
"""Share of characters misread, by the wording that asks."""


@cache
def part(*words: object) -> float:
    """A number in [0, 1) that the words decide."""
    return int.from_bytes(hashlib.sha256("|".join(map(str, words)).encode()).digest()[:6], "big") / 2**48


def one_of(choices: Sequence[str], *words: object) -> str:
    return choices[int(part(*words) * len(choices))]


@dataclass(frozen=True)
class Kind:
    """How a field is printed, and what the truth makes of it."""

    skills: tuple[str, ...]

    def printed(self, field: Field, document: str) -> str:
        key = (field.doc_type, document, self.skills)
        number = int(part(*key, "number") * 9e9 + 1e9)
        day, month, year = 1 + number % 28, 1 + number % 12, 1950 + number % 60
        return {
            ("title",): one_of(SURNAMES, *key, field.name).upper(),
            (): one_of(PLACES, *key),
            ("digits",): f"{number // 10**8} {number // 10**6 % 100} {number % 10**6:06d}",
            ("iso",): f"{day:02d}.{month:02d}.{year}",
            ("word",): one_of(["МУЖ.", "ЖЕН."], *key),
            ("bare",): f"ООО «{one_of(FIRMS, *key, field.name)}»",
            ("point",): f"{number % 100000 // 100} {number % 1000:03d},{number % 100:02d} руб.",
        }[self.skills]

    def truth(self, field: Field, document: str) -> str:
        return shape(self.printed(field, document), {*self.skills, "brief"}, "")


def shape(value: str, skills: set[str], label: str) -> str:
    """Applies what was understood to what is printed; what does not fit the value changes nothing."""
    if "word" in skills:
        value = {"МУЖ.": "мужской", "ЖЕН.": "женский"}.get(value, value)
    if "title" in skills and value.isupper():
        value = value.capitalize()
    if "upper" in skills:
        value = value.upper()
    if "point" in skills and value.endswith("руб."):
        value = value.replace(" ", "").replace("руб.", "").replace(",", ".")
    elif "iso" in skills and value[2:3] == ".":
        value = "-".join(reversed(value.split(".")))
    elif "digits" in skills:
        value = "".join(letter for letter in value if letter.isdigit()) or value
    if "bare" in skills:
        value = value.replace("«", "").replace("»", "")
    return value if "brief" in skills else f"{label}: {value}"


FIELDS: dict[Field, Kind] = {
    Field("паспорт", "Фамилия"): Kind(("title",)),
    Field("паспорт", "Имя"): Kind(("title",)),
    Field("паспорт", "Пол"): Kind(("word",)),
    Field("паспорт", "Дата рождения"): Kind(("iso",)),
    Field("паспорт", "Серия и номер паспорта"): Kind(("digits",)),
    Field("паспорт", "Место рождения"): Kind(()),
    Field("СНИЛС", ""): Kind(("digits",)),
    Field("СНИЛС", "Фамилия"): Kind(("title",)),
    Field("счет", "Продавец"): Kind(("bare",)),
    Field("счет", "Сумма"): Kind(("point",)),
}


def samples(documents: int, split: str = "search", fields: Mapping[Field, Kind] = FIELDS) -> list[Sample]:
    """Every field on so many documents of its type."""
    made = []
    for field, kind in fields.items():
        for number in range(documents):
            name = f"{split}-{field.doc_type}-{number}"
            image = Path(f"{name}.png")
            truth = kind.truth(field, name)
            made.append(Sample(name, image, name, field.question_type, truth, field, split))
    return made


class FollowingAnswerer:
    """Answers as the module says; counts its calls and can break off like a person's Ctrl-C."""

    remote = False

    identity = "scripted"

    def __init__(self, interrupt_after: int | None = None, fields: Mapping[Field, Kind] = FIELDS) -> None:
        self.calls: list[list[Request]] = []
        self.answered = 0
        self._interrupt_after, self._fields = interrupt_after, fields

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        self.calls.append(list(requests))
        for index in reversed(range(len(requests))):  # any order is allowed
            if self.answered == self._interrupt_after:
                raise KeyboardInterrupt
            self.answered += 1
            yield index, Answer(self.reply(requests[index]))

    def reply(self, request: Request) -> str:
        document = request.image_digest
        doc_type = document.split("-")[1]
        known = [field for field in self._fields if field.doc_type == doc_type]
        asked = [field for field in known if field.question_type and field.question_type in request.prompt]
        field = asked[0] if asked else next((field for field in known if not field.question_type), known[0])
        skills: set[str] = set()
        for phrase, (names, share) in SKILLS.items():
            if phrase in request.prompt and part(document, field.name, phrase) < share:
                skills.update(names.split())
        value = self._fields[field].printed(field, document)
        rate = next((rate for words, rate in MISREAD.items() if words in request.prompt), 0.02)
        return self._misread(shape(value, skills, request.prompt.split(".")[0]), rate, document, field.name)

    @staticmethod
    def _misread(text: str, rate: float, *key: str) -> str:
        return "".join("#" if part(*key, place) < rate else letter for place, letter in enumerate(text))


def nobody(fields: Iterable[Field]) -> Author:
    """The author of strategies that ask no generator."""
    metaprompt = instantiate(OmegaConf.load(CONF / "metaprompt" / "ru.yaml"))
    briefs = {field: Brief(field, "scripted", (), ()) for field in fields}
    return Author(NoGenerator("nobody", "edits", ()), metaprompt, Spending(Limits(), list(briefs)), briefs)


class ListRecorder:
    """Keeps what it is told in lists; a stand-in for the tracker."""

    def __init__(self) -> None:
        self.trials: list[Trial] = []
        self.measured: list[tuple[Trial, str]] = []
        self.values: list[dict[str, float]] = []
        self.winners: dict[Field, tuple[str, Score]] = {}

    def trial(self, trial: Trial, split: str = "") -> None:
        if split:
            self.measured.append((trial, split))
        else:
            self.trials.append(trial)

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        self.values.append(dict(values))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        raise AssertionError("the search keeps no table")

    def artifact(self, path: Path) -> None:
        raise AssertionError("the search keeps no file")

    def winner(self, field: Field, prompt: object, score: Score) -> None:
        self.winners[field] = (str(getattr(prompt, "text", prompt)), score)
