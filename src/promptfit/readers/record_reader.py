"""A whole record out of one answer: the value of every field that was asked for, or why there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from promptfit.readers.field_keys import FieldKeys
from promptfit.readers.json_text import JsonText, json_text
from promptfit.readers.json_values import Members, is_nested, is_whole, text_of
from promptfit.readers.plain import plain
from promptfit.readers.record_members import Gathering, Member, placed
from promptfit.readers.repairs import Repair
from promptfit.readers.strict_json import TooDeepError, sole_object
from promptfit.types import PromptfitError, Reading

NO_JSON, NO_KEY, CUT_OFF, TOO_DEEP = "no JSON", "no such key", "cut off", "nested too deep"
"""Why a field has no value."""


@dataclass(frozen=True, slots=True)
class RecordReading:
    """What was read in an answer that should be a record.

    ``null`` is a value: there is nothing on the document. Its text is empty, and it has no fault.
    """

    fields: Mapping[str, Reading]
    """By the keys asked for, in their order."""
    extra: tuple[str, ...] = ()
    """Keys that nobody asked for, as the answer has them."""
    repairs: Mapping[Repair, int] = field(default_factory=dict)
    """What was put right, and how often."""
    parsed: bool = False
    """Whether there is JSON, and all of it."""

    @property
    def all_keys(self) -> bool:
        """Whether every field has a value."""
        return not any(one.fault for one in self.fields.values())

    @property
    def faithful(self) -> bool:
        """Structural fidelity: parsed, all keys, no extra keys."""
        return self.parsed and self.all_keys and not self.extra


class RecordReader:
    """Reads records of one document type: a pure function of the text.

    Args:
        keys: The fields' names, in order.
        names: Other names that a field goes by, if the schema has some (see ``FieldKeys``).
        before: What an answer goes through first, such as the step ``thoughts``, or a whole ``Reader``; its fault is
            every field's.

    Raises:
        PromptfitError: There are no keys, or two are one.
    """

    def __init__(
        self,
        keys: Sequence[str],
        names: Mapping[str, Sequence[str]] | None = None,
        before: Callable[[str], Reading] = plain,
    ) -> None:
        if not keys or len(set(keys)) < len(keys):
            raise PromptfitError(f"a record of {', '.join(map(repr, keys)) or 'nothing'}: name each of its fields once")
        self.keys = tuple(keys)
        self._known = FieldKeys(self.keys, names)
        self._before = before

    def __call__(self, text: str) -> RecordReading:
        """Reads an answer; no text raises."""
        said = self._before(text)
        if said.fault:
            return self._nothing(said.fault)
        if (sole := sole_object(said.value)) is not None and (reading := self._as_asked(sole)):
            return reading
        try:
            return self._record(json_text(said.value))
        except TooDeepError:
            return self._nothing(TOO_DEEP)

    def _as_asked(self, members: Members) -> RecordReading | None:
        """The reading of just the fields that were asked for, each with one value: the quick way, for most answers."""
        values = dict(members.pairs)
        if len(members.pairs) != len(self.keys) or any(key not in values for key in self.keys):
            return None
        if any(map(is_nested, values.values())):
            return None
        texts = {key: text_of(values[key])[0] for key in self.keys}
        if _is_broken("".join(texts.values())):
            return None
        return RecordReading({key: Reading(text) for key, text in texts.items()}, parsed=True)

    def _record(self, found: JsonText) -> RecordReading:
        repairs = found.repairs
        gathering = Gathering(self._known, repairs)
        members = [one for root in found.roots for one in gathering.of(root)]
        if not members and not any(isinstance(root, Members) for root in found.roots):
            return self._nothing(NO_JSON, repairs)
        chosen, extra = _chosen(placed(members, self.keys), repairs)
        missing = Reading("", NO_KEY if found.whole else CUT_OFF)
        fields = {key: _reading(chosen[key], repairs) if key in chosen else missing for key in self.keys}
        return RecordReading(fields, tuple(extra), _counted(repairs), found.whole)

    def _nothing(self, fault: str, repairs: Counter[Repair] | None = None) -> RecordReading:
        return RecordReading({key: Reading("", fault) for key in self.keys}, repairs=_counted(repairs or Counter()))


def _chosen(members: Sequence[Member], repairs: Counter[Repair]) -> tuple[dict[str, Member], list[str]]:
    """One member a field, the last of those with the plainest key, and the keys that are left over."""
    chosen: dict[str, Member] = {}
    extra = []
    for one in members:
        meaning = one.meaning
        if meaning is None:
            extra.append(_whole_characters(one.key, repairs))
        elif is_whole(one.value):
            before = chosen.get(meaning.field)
            repairs[Repair.DUPLICATE_KEY] += before is not None
            if not before or not before.meaning or meaning.rank <= before.meaning.rank:
                chosen[meaning.field] = one
    repairs.update(one.meaning.repair for one in chosen.values() if one.meaning and one.meaning.repair)
    return chosen, extra


def _reading(member: Member, repairs: Counter[Repair]) -> Reading:
    value, nested = text_of(member.value)
    repairs[Repair.NESTED_VALUE] += nested
    return Reading(_whole_characters(value, repairs))


def _whole_characters(text: str, repairs: Counter[Repair]) -> str:
    """The text without halves of characters, which no file takes."""
    if not _is_broken(text):
        return text
    repairs[Repair.HALF_CHARACTER] += 1
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _counted(repairs: Counter[Repair]) -> dict[Repair, int]:
    return {one: repairs[one] for one in Repair if repairs[one]}
