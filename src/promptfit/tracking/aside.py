"""A process of its own writes what waits for MLflow, which takes seconds to come up: nobody sits and waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from promptfit.paths import home
from promptfit.tracking import waiting
from promptfit.tracking.place import Place

PATIENCE = 120.0
"""Seconds that it waits for another one that is at it."""


def hand_over_aside(place: Place) -> None:
    """Starts it, and returns at once. What it can't hand over goes on waiting for the next command."""
    subprocess.Popen(
        [sys.executable, "-m", __name__, json.dumps(asdict(place))],
        cwd=home(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
    )


if __name__ == "__main__":
    waiting.hand_over(Place(**json.loads(sys.argv[1])), PATIENCE)
