"""The project of the commands' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

import reading


@pytest.fixture
def project(tracked_home: Path) -> Path:
    """A project whose data set the scripted answerer can read."""
    reading.configure(tracked_home)
    reading.make_data(tracked_home / "data" / "mini")
    return tracked_home
