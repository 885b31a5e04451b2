"""``schema.yaml`` beside ``annotation.csv``: a document type, its fields in order, and what their values are.

    passport:
      Дата рождения: {type: date, format: dd.MM.yyyy, absent: [нет, "-"], description: день, когда он родился}
      Пол: {type: choice, choices: {мужской: [муж, м], женский: [жен, ж]}}
    СНИЛС:
      "": {type: code}

All of it is text: ``no`` is a word, and ``null``, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from promptfit.data.schemas.dataset_schema import Schema
from promptfit.data.schemas.inferred import known_choices
from promptfit.data.schemas.stated import FieldSchema, StatedField
from promptfit.support.lookalikes import meant
from promptfit.support.parsing.loose import words
from promptfit.support.parsing.value_types import TYPES
from promptfit.support.texts import as_name, nfc
from promptfit.types import ABSENT, Field, PromptfitError

FILE_NAME = "schema.yaml"
KEYS = ("type", "format", "absent", "choices", "description")
_LARGEST = 1_000_000
"""Bytes of a file that somebody has written or corrected."""


def read(path: Path) -> dict[Field, StatedField]:
    """Reads what a file states, in its order.

    Raises:
        PromptfitError: It is no such file; line, key and remedy are named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PromptfitError(f"{path}: cannot be read ({error.strerror}); check its rights") from error
    if len(content) > _LARGEST:
        raise PromptfitError(f"{path}: {len(content):,} bytes are no schema; it has a few lines a field")
    try:
        return _Reader(path).fields(yaml.compose(content.decode("utf-8-sig"), _Loader))
    except UnicodeDecodeError as error:
        raise PromptfitError(f"{path}: no UTF-8; save it as UTF-8") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:  # also of an escape like \UFFFFFFFF
        told = " ".join(str(error).split()) or "nested too deeply"
        raise PromptfitError(f"{path}: no YAML ({told}); put what has : # [ ] {{ }} in it in quotes") from error


def written(schema: Schema) -> str:
    """A schema as its file has it; absent words are left out where they are the usual ones."""
    types: dict[str, dict[str, object]] = {}
    for field, own in schema.fields.items():
        types.setdefault(field.doc_type, {})[field.question_type] = _plain(own)
    text: str = yaml.dump(
        types, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000, default_flow_style=None
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Writes an empty key as any other, ``'': …``; by itself PyYAML gives it a line of its own behind ``?``."""

    def check_simple_key(self) -> bool:
        empty = isinstance(self.event, yaml.ScalarEvent) and not self.event.value
        return empty or bool(super().check_simple_key())


def _plain(own: FieldSchema) -> dict[str, object]:
    kind = own.kind
    told: dict[str, object] = {
        "type": kind.type,
        "format": kind.format,
        "choices": {one[0]: list(one[1:]) for one in kind.choices},
        "description": own.description,
    }
    usual = kind.absent == ABSENT
    return {key: value for key, value in told.items() if value} | ({} if usual else {"absent": list(kind.absent)})


class _Reader:
    """Goes over the nodes of a file, since these know their lines."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fields(self, node: yaml.Node | None) -> dict[Field, StatedField]:
        if node is None:
            return {}
        return {
            Field(doc_type, name): self.field(own, f"{doc_type} {name}".strip())
            for doc_type, fields in self.mapping(node, "a document type, such as passport:")
            for name, own in self.mapping(fields, "a field, such as Фамилия: {type: name}")
        }

    def field(self, node: yaml.Node, name: str) -> StatedField:
        if isinstance(node, yaml.ScalarNode):  # `Фамилия: name`
            return StatedField(self.type(node, name))
        own = self.nodes(node, "a key, such as type: date")
        for key, value in own.items():
            if key not in KEYS:
                raise self.fault(value, f'"{key}" of {name} is no key; {_hint(key, KEYS)}there are: {", ".join(KEYS)}')
        return StatedField(
            self.type(own["type"], name) if "type" in own else "",
            self.text(own["format"]) if "format" in own else None,
            tuple(self.texts(own["absent"])) if "absent" in own else None,
            self.choices(own["choices"]) if "choices" in own else (),
            self.text(own["description"]) if "description" in own else "",
        )

    def type(self, node: yaml.Node, name: str) -> str:
        if (type := self.text(node)) in TYPES:
            return type
        raise self.fault(node, f'{name}: "{type}" is no type; {_hint(type, TYPES)}there are: {", ".join(TYPES)}')

    def choices(self, node: yaml.Node) -> tuple[tuple[str, ...], ...]:
        if isinstance(node, yaml.MappingNode):
            own = self.nodes(node, "a choice with a list of other words for it")
            found = tuple((nfc(name), *self.texts(value)) for name, value in own.items())
        else:
            found = known_choices(list(self.texts(node)))
        seen: set[str] = set()
        for word in (words(one) or one for group in found for one in dict.fromkeys(group)):
            if word in seen:
                raise self.fault(node, f'"{word}" stands for two choices; leave it to one of them')
            seen.add(word)
        return found

    def mapping(self, node: yaml.Node, wanted: str) -> Iterator[tuple[str, yaml.Node]]:
        names: dict[str, yaml.Node] = {}
        for key, value in self.nodes(node, wanted).items():
            if names.setdefault(as_name(key), value) is not value:
                raise self.fault(value, f'"{as_name(key)}" is there twice; remove one of the two')
        return iter(names.items())

    def nodes(self, node: yaml.Node, wanted: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.fault(node, f"here should stand {wanted}")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if (name := self.text(key)) in found:
                raise self.fault(key, f'"{name}" is there twice; remove one of the two')
            found[name] = value
        return found

    def texts(self, node: yaml.Node) -> Iterator[str]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.fault(node, "here should stand a list, such as [нет, N/A]")
        return map(self.text, node.value)

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self.fault(node, "here should stand a text")
        return nfc(str(node.value))

    def fault(self, node: yaml.Node, said: str) -> PromptfitError:
        return PromptfitError(f"{self.path}: line {node.start_mark.line + 1}: {said}")


class _Loader(yaml.BaseLoader):
    """Takes every scalar for a text, and no alias: a short file could stand for a very long one."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(f"line {self.current_event.start_mark.line + 1}: *alias; write it out")
        return super().compose_node(parent, index)


def _hint(name: str, known: Iterable[str]) -> str:
    found = meant(name, known)
    return f"{found} " if found else ""
