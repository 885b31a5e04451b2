"""Which files decide what a command does: the sources that it imports, and the configurations that it composes."""

from __future__ import annotations

import ast
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode

from promptfit.cli.commands import COMMANDS

BUILD = "promptfit/build.py"
"""The only module that makes objects of a configuration: without it no `_target_` is imported."""


def sources(command: str, project: Path) -> set[Path]:
    """The source files behind a command line: its stage's imports and, where it builds objects, its configurations'.

    Imports inside functions count, those for the type checker alone do not. `cli` only dispatches, and is left out.
    """
    root = project / "src"
    found = imported([COMMANDS[shlex.split(command)[1]].stage], root)
    if root / BUILD in found:
        found |= imported([name for path in configurations(command, project) for name in targets(path)], root)
    return found


def configurations(command: str, project: Path) -> set[Path]:
    """The files in conf/ that Hydra composes for a command line."""
    _, name, *overrides = shlex.split(command)
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(project / "conf"), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        listed = loader.compute_defaults_list(COMMANDS[name].config, overrides, RunMode.RUN)
        files = {project / "conf" / f"{one.config_path}.yaml" for one in listed.defaults if one.config_path}
    return {file for file in files if file.is_file()}


def imported(names: Iterable[str], root: Path) -> set[Path]:
    """The files of these modules, of all that they import, and of the packages around them.

    Args:
        names: Dotted names of modules, or of what is in them; those of other projects are passed over.
        root: The folder that the packages lie in.
    """
    found: set[Path] = set()
    waiting = list(names)
    while waiting:
        for file in _files(waiting.pop(), root) - found:
            found.add(file)
            waiting += _imports(ast.parse(file.read_text("utf-8")))
    return found


def targets(path: Path) -> Iterator[str]:
    """What the `_target_`s of a YAML name."""
    waiting: list[Any] = [yaml.safe_load(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
            yield from [node["_target_"]] if "_target_" in node else []
        elif isinstance(node, list):
            waiting += node


def _files(name: str, root: Path) -> set[Path]:
    parts = name.split(".")
    ways = [root.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
    files = [file for way in ways for file in (way / "__init__.py", way.with_suffix(".py"))]
    return {file for file in files if file.is_file()}


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for other in node.orelse:
            yield from _imports(other)
        return
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    for one in ast.iter_child_nodes(node):
        yield from _imports(one)
