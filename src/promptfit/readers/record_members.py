"""The members of a record, wherever in an answer's JSON they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from promptfit.readers.field_keys import FieldKeys, Meaning
from promptfit.readers.json_values import Members, Node, Number, is_nested
from promptfit.readers.repairs import Repair

_NAMES = frozenset("name key field question label ключ поле имя название вопрос".split())
_VALUES = frozenset("value text answer значение ответ".split())
"""What the two members of a pair are called; a field of such a name comes first."""
_LAST = 99
"""The rank of a meaning that is the least plain."""


@dataclass(frozen=True, slots=True)
class Member:
    """A key, what it means, and its value."""

    key: str
    meaning: Meaning | None
    value: Node


@dataclass(slots=True)
class Gathering:
    """Takes members out of objects and lists, which hold them flat, nested or as pairs.

    An object inside that has none of the fields is a member of its own, with the key that it stands under.
    """

    keys: FieldKeys
    repairs: Counter[Repair] = field(default_factory=Counter)

    def of(self, node: Node) -> list[Member]:
        """The members of an object or a list; of anything else there are none."""
        if isinstance(node, Members):
            pair = self._named_pair(node)
            if pair and pair.meaning:
                self.repairs[Repair.PAIRS] += 1
                return [pair]
            return [one for key, value in node.pairs for one in self._member(key, value)]
        return [one for item in node for one in self._item(item)] if isinstance(node, list) else []

    def _member(self, key: str, value: Node) -> Iterator[Member]:
        meaning = self.keys.meaning(key)
        if meaning is None and is_nested(value):
            inner = Gathering(self.keys)
            inside = inner.of(value)
            if any(one.meaning for one in inside) or not key:
                self.repairs.update(inner.repairs)
                self.repairs[Repair.NESTING] += 1
                yield from inside
                return
        yield Member(key, meaning, value)

    def _item(self, item: Node) -> list[Member]:
        pair: Member | None = None
        if isinstance(item, Members):
            pair = self._named_pair(item)
        elif isinstance(item, list) and len(item) == 2 and _is_text(item[0]):
            pair = Member(str(item[0]), self.keys.meaning(str(item[0])), item[1])
        self.repairs[Repair.PAIRS] += pair is not None
        return [pair] if pair else self.of(item)

    def _named_pair(self, node: Members) -> Member | None:
        """``{"name": "Фамилия", "value": "Иванов"}``."""
        names = [value for key, value in node.pairs if key.casefold() in _NAMES and not self.keys.meaning(key)]
        values = [value for key, value in node.pairs if key.casefold() in _VALUES and not self.keys.meaning(key)]
        if len(names) != 1 or len(values) != 1 or not _is_text(names[0]):
            return None
        return Member(str(names[0]), self.keys.meaning(str(names[0])), values[0])


def placed(members: Sequence[Member], fields: Sequence[str]) -> list[Member]:
    """The members, those with a key in another language by their place.

    That is plain where there are as many members as fields, two thirds of them are known by their keys, these stand in
    the fields' order, and the others' keys are in another script than the fields' names.
    """
    pairs = list(zip(members, fields, strict=False))
    unknown = sum(one.meaning is None for one in members)
    plain = all(one.meaning.field == own if one.meaning else _foreign(one, own) for one, own in pairs)
    if len(members) != len(fields) or 3 * unknown > len(fields) or not plain:
        return list(members)
    return [one if one.meaning else replace(one, meaning=Meaning(own, Repair.KEY_PLACE, _LAST)) for one, own in pairs]


def _foreign(member: Member, field: str) -> bool:
    return member.key.isascii() != field.isascii() and not is_nested(member.value)


def _is_text(node: Node) -> bool:
    return isinstance(node, str) and not isinstance(node, Number)
