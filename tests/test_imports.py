"""Imports run one way only, and what is heavy is paid for by the part that needs it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Container, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "promptfit"
WAY = (
    {"types", "paths"},
    {"support"},
    {"data"},
    {"augment"},
    {"answer"},
    {"readers"},
    {"score"},
    {"evaluate"},
    {"generate"},
    {"search", "select", "study"},
    {"report"},
)
"""Rooms in the order in which data flows: each imports itself and those before it; those of one step are peers."""
BESIDE = {"docvlm": {"data"}, "tracking": {"score", "support"}, "build": set(), "cli": {"commands", "support"}}
"""Rooms that are not on the way, and what they may import beside types and paths."""
PARTS = {"main", "plan", "keep", "show"}
"""What a folder of commands/ may hold, each for its own command."""
HEAVY = (
    "torch",
    "transformers",
    "vllm",
    "xgrammar",
    "mlflow",
    "matplotlib",
    "scipy",
    "textgrad",
    "gepa",
    "litellm",
    "openai",
    "gradio",
    "jinja2",
    "augraphy",
    "cv2",
)


def allowed(room: str) -> set[str]:
    everywhere = {"types", "paths", room}
    if room == "commands":
        return everywhere.union(*WAY, BESIDE) - {"cli"}
    if room in BESIDE:
        return everywhere | BESIDE[room]
    before = WAY[: next(step for step, rooms in enumerate(WAY) if room in rooms)]
    return {room}.union(*before, everywhere if room not in ("types", "paths") else {"types", "paths"})


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all imports, those inside functions and for the type checker, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


FILES = sorted(path for path in SOURCE.rglob("*.py") if path != SOURCE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(SOURCE)) for path in FILES])
def test_a_room_imports_rooms_to_its_left(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    names = [name for name in imported(ast.parse(path.read_text("utf-8"))) if name.startswith("promptfit.")]
    wrong = [name for name in names if name.split(".")[1] not in allowed(room)]
    assert not wrong, f"{room} must not import {wrong}"


def test_only_tracking_imports_mlflow_and_only_build_instantiates() -> None:
    for path in FILES:
        room = path.relative_to(SOURCE).parts[0]
        names = list(imported(ast.parse(path.read_text("utf-8"))))
        assert room == "tracking" or not any(name.split(".")[0] == "mlflow" for name in names), path
        assert room == "build.py" or "hydra.utils.instantiate" not in names, path


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_pays_for_nothing() -> None:
    loaded = loaded_by("from promptfit.cli import main\nmain(['--help'])\nmain(['search', '--help'])")
    assert not loaded & {*HEAVY, "hydra", "omegaconf", "rich"}


def test_composition_pays_for_hydra_only() -> None:
    loaded = loaded_by("from promptfit.cli import main\nmain(['search', 'show=true'])")
    assert not loaded & set(HEAVY)


COMMANDS = sorted(path for path in (SOURCE / "commands").rglob("[a-z]*.py"))


def test_commands_pay_for_nothing_heavy_before_they_run() -> None:
    """All in one process: what none of them imports, each does not."""
    names = [".".join(path.relative_to(SOURCE).with_suffix("").parts) for path in COMMANDS]
    assert not loaded_by("\n".join(f"import promptfit.{name}" for name in names)) & set(HEAVY)


def test_no_two_modules_and_no_two_classes_have_one_name() -> None:
    modules, classes = Counter[str](), Counter[str]()
    for path in FILES:
        if path.stem != "__init__" and not (path.is_relative_to(SOURCE / "commands") and path.stem in PARTS):
            modules[path.stem] += 1
        tree = ast.parse(path.read_text("utf-8"))
        classes.update(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for counts in (modules, classes) for name, count in counts.items() if count > 1] == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports for the type checker and those inside functions count, too."""
    modules = {".".join(("promptfit", *path.relative_to(SOURCE).with_suffix("").parts)): path for path in FILES}
    graph = {
        name: {one for one in closest(imported(ast.parse(path.read_text("utf-8"))), modules) if one != name}
        for name, path in modules.items()
    }
    TopologicalSorter(graph).prepare()


def closest(names: Iterator[str], modules: Container[str]) -> Iterator[str]:
    """The project's modules that are imported, whole or for what is in them."""
    for name in names:
        yield from (one for one in (name, name.rpartition(".")[0]) if one in modules)
