"""What the comparison of strategies has finished: a file a search, good while the code that made it is the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from benchmarks.workspace import PROJECT
from promptfit.support.files.writing import replace_file

FOLDER = PROJECT / "outputs" / "bench" / "strategies"
SOURCES = (
    "src/promptfit/search/**/*.py",
    "src/promptfit/generate/*.py",
    "conf/config.yaml",
    "conf/generator/_chat.yaml",
    "conf/racing/search.yaml",
    "conf/strategy/*.yaml",
    "conf/metaprompt/ru.yaml",
    "benchmarks/arms.py",
    "benchmarks/plain_*.py",
    "tests/fakes/scripted_*.py",
)
"""What decides which prompts are tried."""

Way = list[tuple[int, str]]
"""Requests of a field so far, and the prompt that it would end with then."""


@dataclass(frozen=True, slots=True)
class Job:
    """One search: an arm and a seed, and what it has to do with."""

    arm: str
    seed: int
    budget: int
    """Requests a field."""
    fields: tuple[str, ...]
    model: str
    """The answerer's identity."""
    data: str = "mini"
    """What it is searched on."""

    @property
    def file(self) -> Path:
        """Where its result lies."""
        said = sha256(json.dumps([asdict(self), _sources()], ensure_ascii=False).encode()).hexdigest()
        return FOLDER / f"{self.arm.replace(' ', '-')}-{self.seed}-{said[:12]}.json"

    def done(self) -> bool:
        """Whether it was finished, by the same code."""
        return self.file.is_file()

    def write(self, ways: Mapping[str, Way]) -> None:
        """Keeps its result, whole or not at all."""
        replace_file(self.file, json.dumps(ways, ensure_ascii=False, indent=1).encode())

    def read(self) -> dict[str, Way]:
        """What was kept, by the field's name."""
        ways = json.loads(self.file.read_text("utf-8"))
        return {name: [(int(requests), str(prompt)) for requests, prompt in way] for name, way in ways.items()}


@lru_cache(maxsize=1)
def _sources() -> str:
    files = sorted(path for pattern in SOURCES for path in PROJECT.glob(pattern))
    return sha256(b"\0".join(path.name.encode() + b"\0" + path.read_bytes() for path in files)).hexdigest()
