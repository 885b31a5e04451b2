"""Imports run one way only, and what is heavy is paid for by the part that needs it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "promptfit"
WAY = ["data", "augment", "answer", "score", "generate", "search", "select", "study", "report"]
EVERYWHERE = {"types", "paths"}
"""Words and places: they import nothing of the project but each other."""
BESIDE = {"docvlm": {"data"}, "tracking": set(), "build": set(), "cli": {"stages"}}
"""Rooms that are not on the way, and what they may import."""
HEAVY = (
    "torch",
    "transformers",
    "vllm",
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
    if room == "stages":
        return {"stages", *WAY, *BESIDE, *EVERYWHERE} - {"cli"}
    if room in EVERYWHERE:
        return EVERYWHERE
    beside = BESIDE.get(room, set())
    return {room, *EVERYWHERE, *(WAY[: WAY.index(room)] if room in WAY else beside)}


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all imports, those inside functions too, but not those for the type checker."""
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


@pytest.mark.parametrize("stage", sorted(path.stem for path in (SOURCE / "stages").glob("[a-z]*.py")))
def test_a_stage_pays_for_nothing_heavy_before_it_runs(stage: str) -> None:
    assert not loaded_by(f"import promptfit.stages.{stage}") & set(HEAVY)
