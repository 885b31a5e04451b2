"""Lists of names, places and firms, cut in two so that no data set shows a name that training has seen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_CYRILLIC = re.compile(r"[А-ЯЁ][а-яё]+")
Pair = tuple[tuple[str, ...], tuple[str, ...]]
"""Male and female."""
COMPANY_KINDS = ("ООО", "АО", "ЗАО", "ПАО", "ОАО")


@dataclass(frozen=True)
class Words:
    """One half of the lists."""

    surnames: Pair
    names: Pair
    patronymics: Pair
    cities: tuple[str, ...]
    firms: tuple[str, ...]


@lru_cache(maxsize=2)
def words(training: bool) -> Words:
    """The words for training, or those for the data sets: the digest of a word says which half it is in."""
    from faker.providers.address.ru_RU import Provider as Address
    from faker.providers.person.ru_RU import Provider as Person
    from mimesis import Address as MimesisAddress
    from mimesis import Person as MimesisPerson
    from mimesis import Text

    person = MimesisPerson("ru")._dataset  # the whole lists, which its public methods only draw from

    def pair(male: Iterable[str], female: Iterable[str], more: Mapping[str, list[str]], longest: int) -> Pair:
        return (
            _half([*male, *more["male"]], longest, training),
            _half([*female, *more["female"]], longest, training),
        )

    return Words(
        surnames=pair(Person.last_names_male, Person.last_names_female, person["surnames"], 12),
        names=pair(Person.first_names_male, Person.first_names_female, person["names"], 11),
        patronymics=pair(Person.middle_names_male, Person.middle_names_female, person["patronymic"], 13),
        cities=_half([*Address.city_names, *MimesisAddress("ru")._dataset["city"]], 9, training),
        firms=_half((w.title() for w in Text("ru")._dataset["words"] if len(w) > 3), 9, training),
    )


def _half(items: Iterable[str], longest: int, training: bool) -> tuple[str, ...]:
    plain = {w for w in items if len(w) <= longest and _CYRILLIC.fullmatch(w)}
    return tuple(sorted(w for w in plain if (hashlib.sha256(w.encode()).digest()[0] >= 64) == training))
