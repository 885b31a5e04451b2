"""Every hostile input ends with words, runs nothing, writes nothing outside, and stays within memory and time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import reading
from hostile import ALL, Hostile

MEMORY, SECONDS = 1 << 30, 20
PROGRAM = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
from promptfit.cli import main
sys.exit(main(sys.argv[1:]))
"""


SEEN = [one for number, one in enumerate(ALL) if number % 30 == 0]
"""What the quick tests run; the others are left to the slow ones."""


def limited(words: list[str], root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(memory=MEMORY), *words],
        env=reading.environment(root),
        cwd=root,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def check(one: Hostile, root: Path, outside: Path) -> None:
    canary = outside / "canary"
    one.lay(root, canary)
    before = sorted(path for path in outside.rglob("*") if not path.is_relative_to(root))
    done = limited([word.replace("CANARY", str(canary)) for word in one.words], root)
    assert sorted(path for path in outside.rglob("*") if not path.is_relative_to(root)) == before, "written outside"
    assert not canary.exists(), "it was run"
    assert done.returncode == 1 and one.told in done.stderr and "Traceback" not in done.stderr, done.stderr[-800:]


@pytest.fixture
def root(home: Path) -> Path:
    """A project with the outside beside it."""
    inner = home / "project"
    inner.mkdir()
    (home / "conf").rename(inner / "conf")
    reading.configure(inner)
    reading.make_data(inner / "data/mini")
    return inner


@pytest.mark.parametrize("one", SEEN, ids=lambda one: one.name)
def test_a_hostile_input_ends_with_words(one: Hostile, root: Path) -> None:
    check(one, root, root.parent)


@pytest.mark.slow
@pytest.mark.parametrize("one", [one for one in ALL if one not in SEEN], ids=lambda one: one.name)
def test_every_hostile_input_ends_with_words(one: Hostile, root: Path) -> None:
    check(one, root, root.parent)
