"""What makes a fresh clone install: ranges, pins without an address, and no path of anybody's machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[1]
LOCK = (PROJECT / "requirements.lock").read_text("utf-8")
PACKAGE = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_lock_pins_versions_and_names_no_address() -> None:
    for line in LOCK.splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+( ; .+)?", line), line
        assert "://" not in line


def test_the_lock_has_every_dependency_within_its_range() -> None:
    pins = {Requirement(line).name: Requirement(line) for line in LOCK.splitlines()}
    for text in [*PACKAGE["dependencies"], *PACKAGE["optional-dependencies"]["dev"]]:
        wanted = Requirement(text)
        (pinned,) = pins[wanted.name.lower()].specifier
        assert wanted.specifier.contains(pinned.version), f"{pinned} is outside of {wanted}"


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
