"""A VLM behind a web page through the command line, at a pseudo-terminal: left, and gone on with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from person import Person
from reading import environment

COMMAND = [sys.executable, "-c", "import sys; from promptfit.cli import main; sys.exit(main())"]
TRY = [*COMMAND, "try", "Только номер", "field=СНИЛС", "model=paste", "model.name=My VLM"]


@pytest.mark.slow
def test_a_web_demo_is_tried_in_two_sittings(project: Path) -> None:
    """The person answers one image, leaves, and goes on; one of the two other answers is dropped as a file."""
    with Person(TRY, environment(project)) as person:
        person.sees("My VLM, exchange 0001 (1 of 3)")
        person.sees("days later, too.")
        person.types("123-456-789 01\r.\r")
        person.sees("exchange 0002 (2 of 3)")
        person.sees("days later, too.")
        person.types("q\r")
        person.sees("run the same command to go on")
        assert person.leaves() == 130
    (sheet,) = (project / ".promptfit/paste/My_VLM").glob("0002-*.txt")
    sheet.with_name(f"{sheet.stem}.reply.txt").write_text("123", "utf-8")
    with Person(TRY, environment(project)) as person:
        person.sees("exchange 0003 (2 of 2)")
        person.sees("days later, too.")
        person.types("123-456-789 05\r.\r")
        person.sees("My VLM on the search split")
        person.sees("asked 2 new requests, 1 were kept from before")
        assert person.leaves() == 0
