"""Keys of a command's group that are said without its name: `image=` for `format.image=`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from promptfit.cli.commands import Command
from promptfit.support.files.group_yaml import chain, contents


def in_group(conf: Path, command: Command, words: Sequence[str], bare: Sequence[str]) -> list[str]:
    """The overrides, with the group's name before keys of the configuration that is chosen of it.

    Args:
        conf: The folder of the configurations.
        command: Whose group it is.
        words: Overrides as they were typed.
        bare: Words that are none.
    """
    if not command.group:
        return list(words)
    file = conf / command.group / f"{_chosen(conf, command, words, bare)}.yaml"
    known = {key for node in chain(file) for key in node} if file.is_file() else set()  # Hydra says what there is
    return [f"{command.group}.{word}" if _root(word) in known else word for word in words]


def _chosen(conf: Path, command: Command, words: Sequence[str], bare: Sequence[str]) -> str:
    place = command.words.index(command.group)
    said = [word.partition("=")[2] for word in words if word.partition("=")[0] == command.group]
    defaults = contents(conf / f"{command.config}.yaml")["defaults"]
    usual = [one[command.group] for one in defaults if isinstance(one, dict) and command.group in one]
    return str([*usual, *bare[place : place + 1], *said][-1])


def _root(word: str) -> str:
    return word.partition("=")[0].partition(".")[0]
