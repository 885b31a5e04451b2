"""How a language says numbers, counts and sentences; what it says lies in phrases/<language>.yaml."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from promptfit.types import PromptfitError

FOLDER = Path(__file__).parent / "phrases"
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Language:
    """The phrases of one language, and its grammar."""

    code: str
    said: dict[str, Any]

    def __call__(self, key: str, **values: object) -> str:
        """A phrase with its places filled; what is filled in is never read as a phrase."""
        return str(self.said["phrases"][key]).format(**values)

    def name(self, group: str, key: str) -> str:
        """What the page calls a kind, a lever, a verdict, an augmentation; the key itself where it has no word."""
        return str(self.said[group].get(key, key))

    def names(self, group: str, keys: Sequence[str]) -> str:
        """Several of them, with commas."""
        return ", ".join(self.name(group, key) for key in keys)

    def has(self, group: str, key: str) -> bool:
        """Whether there is a word of its own."""
        return key in self.said[group]

    def count(self, number: int, noun: str) -> str:
        """``21 ответ``, ``22 ответа``, ``25 ответов``; the noun's forms stand in the phrases, case by case."""
        return f"{self.whole(number)}\N{NO-BREAK SPACE}{self.form(number, noun)}"

    def form(self, number: int, noun: str) -> str:
        """The noun as it stands behind this number."""
        return str(self.said["nouns"][noun][_plural(self.code, number)])

    def whole(self, number: float) -> str:
        """Digits in threes."""
        digits = f"{round(number):,}"
        return digits.replace(",", self.said["thousands"]) if abs(number) >= 10_000 else digits.replace(",", "")

    def number(self, value: float, digits: int = 2) -> str:
        """With the language's decimal point and a real minus."""
        return f"{value:.{digits}f}".replace("-", MINUS).replace(".", self.said["point"])

    def percent(self, share: float) -> str:
        """A share in percent, with as many digits as say something."""
        return str(self.said["percent"]).format(value=self.hundredths(share))

    def points(self, share: float) -> str:
        """A difference of shares, signed."""
        said = self.hundredths(share)
        sign = "+" if share > 0 and said != "0" else ""
        return str(self.said["points"]).format(value=sign + said)

    def hundredths(self, share: float) -> str:
        """The number alone of ``percent``."""
        value = 100 * share
        if abs(value) < 0.005:
            return "0"
        if math.isclose(value, round(value), abs_tol=1e-9) or abs(value) >= 100:
            return self.number(value, 0)
        return self.number(value, 1 if abs(value) >= 0.95 else 2)

    def short(self, share: float) -> str:
        """The same where there is little room."""
        value = 100 * share
        return self.number(value, 0 if value >= 9.95 or not value else 1)

    def ends(self, low: float, high: float) -> str:
        """An interval's ends in percent, without the sign."""
        dash = "\N{EN DASH}" if low >= 0 else " … "
        return f"{self.hundredths(low)}{dash}{self.hundredths(high)}"

    def quoted(self, text: str) -> str:
        """In the language's quotation marks."""
        return str(self.said["quote"]).format(text=text)

    def listed(self, texts: Sequence[str]) -> str:
        """``a, b and c``."""
        return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + self.said["and"] + texts[-1]


@lru_cache
def language(code: str) -> Language:
    """The language of this code.

    Raises:
        PromptfitError: There is no such language.
    """
    import yaml

    known = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    if code not in known:
        raise PromptfitError(f"language={code}: no such language; there are: {', '.join(known)}")
    return Language(code, yaml.safe_load((FOLDER / f"{code}.yaml").read_text("utf-8")))


def _plural(code: str, number: int) -> int:
    """The place of the form: Russian has three (CLDR's one, few, many), English two."""
    if code == "ru":
        if number % 10 == 1 and number % 100 != 11:
            return 0
        return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2
    return 0 if number == 1 else 1
