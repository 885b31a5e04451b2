"""The table of `make bench-gpu`, to paste into an issue."""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import mean, median

from PIL import Image

from benchmarks.throughput_work import Ask, Subject
from benchmarks.throughput_worker import Heat

PLAIN = "generate, one by one"
"""The way whose answers all others' are held against."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What an arm did, or why it did nothing."""

    name: str
    heats: Sequence[Heat] = ()
    loading: float = 0.0
    """Seconds from its start to its first word."""
    memory: int = 0
    """Bytes at most."""
    note: str = ""

    @property
    def rate(self) -> float:
        """Answers a second, the median of the rounds."""
        return median(heat.rate for heat in self.heats)

    @property
    def texts(self) -> list[str]:
        """What it said in the first round."""
        return [text for text, _ in self.heats[0].said]


def table(measured: Sequence[Measured], asks: Sequence[Ask], subject: Subject) -> str:
    """A line a way to ask, below a word on the machine and on what was asked."""
    images = list(dict.fromkeys(one.image for one in asks))
    with Image.open(images[0]) as first:
        size = f"{first.width} x {first.height}"
    name = Path(subject.checkpoint).name if subject.device == "cpu" else subject.checkpoint
    limit = f", shrunk to {subject.max_pixels:,} pixels" if subject.max_pixels else ""
    lines = [
        f"**{name}**, {subject.dtype} on {machine(subject.device)}; {len(images)} pages (the first {size}{limit}), "
        f"{len(asks) // len(images)} prompts each, at most {subject.max_new_tokens} new tokens. {_versions()}",
        "",
        "| way to ask | answers a second | seconds a page | memory, GiB | loading, s | same answers as one by one |",
        "|---|---|---|---|---|---|",
    ]
    plain = next((one.texts for one in measured if one.name == PLAIN and one.heats), None)
    for one in measured:
        if not one.heats:
            lines.append(f"| {one.name} | {one.note} | | | | |")
            continue
        pages = len(asks) / one.rate / len(images)
        rates = [heat.rate for heat in one.heats]
        same = "" if plain is None else f"{mean(a == b for a, b in zip(one.texts, plain, strict=True)):.1%}"
        lines.append(
            f"| {one.name} | {one.rate:.2f} ({min(rates):.2f}-{max(rates):.2f}) | {pages:.2f} | "
            f"{one.memory / 2**30:.1f} | {one.loading:.0f} | {same} |"
        )
    return "\n".join(lines) + "\n"


def machine(device: str) -> str:
    """The GPU and its driver, or the processor."""
    if device != "cpu":
        asked = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
        try:
            said = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=True).stdout.splitlines()
            return f"{len(said)} x {said[0]}"
        except (OSError, subprocess.SubprocessError, IndexError):
            return device
    return f"a CPU ({platform.machine()})"


def reason(log: Path) -> str:
    """The last line of a log that names an error, fit for a table."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    told = [line for line in lines if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return told[-1].replace("|", "/")[:300] if told else ""


def _versions() -> str:
    found = []
    for package in ("promptfit", "torch", "transformers"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
