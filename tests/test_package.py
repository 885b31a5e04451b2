"""What makes a fresh clone install: ranges, pins without an address, and no path of anybody's machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[1]
LOCKS = {"requirements.lock": ("dev", "web", "gpu"), "requirements-vllm.lock": ("vllm", "gpu")}
"""Each with the extras that it is made of."""
PACKAGE = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]


def _lines(lock: str) -> list[str]:
    return (PROJECT / lock).read_text("utf-8").splitlines()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_versions_and_names_no_address(lock: str) -> None:
    for line in _lines(lock):
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+( ; .+)?", line), line
        assert "://" not in line


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_every_dependency_within_its_range(lock: str) -> None:
    pins = {Requirement(line).name: Requirement(line) for line in _lines(lock)}
    extras = [text for extra in LOCKS[lock] for text in PACKAGE["optional-dependencies"][extra]]
    for text in [*PACKAGE["dependencies"], *extras]:
        wanted = Requirement(text)
        (pinned,) = pins[wanted.name.lower()].specifier
        assert wanted.specifier.contains(pinned.version), f"{pinned} is outside of {wanted}"


@pytest.mark.slow
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_can_be_resolved_and_has_nothing_more(lock: str, tmp_path: Path) -> None:
    """uv keeps the pins that it finds, unless they do not go together or something is not needed any more."""
    made = tmp_path / lock
    made.write_bytes((PROJECT / lock).read_bytes())
    extras = [word for extra in LOCKS[lock] for word in ("--extra", extra)]
    plain = "--universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate".split()
    command = ["uv", "pip", "compile", "--quiet", "pyproject.toml", *extras, *plain, "-o", str(made)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if re.search("Failed to fetch|error sending request|offline|dns", done.stderr):
        pytest.skip("no package registry can be reached")
    assert done.returncode == 0, done.stderr
    assert made.read_text("utf-8") == (PROJECT / lock).read_text("utf-8"), "docs/dependencies.md says how it is made"


def test_every_dependency_has_its_reason() -> None:
    page = (PROJECT / "docs" / "dependencies.md").read_text("utf-8")
    extras = [one for group in PACKAGE["optional-dependencies"].values() for one in group]
    for text in [*PACKAGE["dependencies"], *extras]:
        assert f"`{Requirement(text).name}`" in page, text


def test_nothing_committed_names_an_index_or_a_home() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=False).stdout.decode()
    telling = re.compile(r"(?<!emit-)index-url|extra-index|/home/\w+/|/root/")
    for name in tracked.split("\0"):
        path = PROJECT / name
        if path.is_file() and path != Path(__file__) and not name.startswith((".dvc/store", "licenses")):
            assert not telling.search(path.read_bytes().decode("utf-8", "ignore")), name
