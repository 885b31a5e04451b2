"""Pages to read: of a person's own folder, or of A4 drawn here, with sixteen things to ask of each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.throughput_work import Ask
from promptfit.data.synth.fonts import font

A4 = (1240, 1754)
"""Pixels at 150 dpi."""
LABELS = (
    *("Invoice number", "Date", "Seller", "Buyer", "Tax number", "Account", "Bank", "Currency"),
    *("Total", "VAT", "Due date", "Order", "Delivery", "Weight", "Contact", "Signed by"),
)
OWN = (
    "What kind of document is this?",
    "What is its number?",
    "What is its date?",
    "Who issued it?",
    "Whom is it for?",
    "What is the largest amount?",
    "Which names are in it?",
    "Which language is it in?",
)
_NAMES = "Adler Brandt Castro Dubois Eriksen Fischer Garcia Horvat Ivanova Jansen Keller Larsen".split()


def drawn(folder: Path, pages: int, prompts: int, seed: int = 0) -> list[Ask]:
    """Draws pages of print with labelled values, and asks for these."""
    face = font("DejaVuSans", 26)
    asks = []
    for number in range(pages):
        rng = random.Random(f"{seed}-{number}")
        values = {label: f"{rng.choice(_NAMES)} {rng.randint(100, 99999)}" for label in LABELS}
        page = Image.new("RGB", A4, "white")
        pen = ImageDraw.Draw(page)
        for row, (label, value) in enumerate(values.items()):
            pen.text((110, 120 + 95 * row), f"{label}: {value}", fill="black", font=face)
            pen.text((110, 160 + 95 * row), _filler(rng), fill=(90, 90, 90), font=face)
        path = folder / f"a4-{number:03}.png"
        page.save(path)
        asks += [
            Ask(str(path), _digest(path), f"What is the {label.lower()}? Value only", values[label])
            for label in LABELS[:prompts]
        ]
    return asks


def own(folder: Path, pages: int, prompts: int) -> list[Ask]:
    """Asks of the images of a folder, in the order of their names.

    Raises:
        ValueError: It has none.
    """
    kinds = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in kinds)[:pages]
    if not found:
        raise ValueError(f"{folder}: no image ({', '.join(kinds)})")
    return [Ask(str(path), _digest(path), prompt, "?") for path in found for prompt in _spread(OWN, prompts)]


def _spread(texts: Sequence[str], count: int) -> list[str]:
    """As many different prompts as are wanted."""
    ways = ("", " Value only", " Answer in one line", " Read carefully", " As printed")
    return [text + way for way in ways for text in texts][:count]


def _filler(rng: random.Random) -> str:
    return " ".join(rng.choice(_NAMES).lower() for _ in range(9))


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
