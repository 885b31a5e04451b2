"""Cyrillic fonts, taken from packages: some for training and the main data sets, others only for `diverse`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageFont

_PACKAGES = {
    "DejaVu": ("matplotlib", "mpl-data/fonts/ttf"),
    "Roboto": ("font_roboto", "files"),
    "SourceSansPro": ("font_source_sans_pro", "files"),
    "SourceSerifPro": ("font_source_serif_pro", "files"),
}
KNOWN = (
    "DejaVuSans",
    "Roboto-Regular",
    "Roboto-Medium",
    "Roboto-Bold",
    "SourceSansPro-Semibold",
    "SourceSerifPro-Bold",
)
UNSEEN = ("DejaVuSerif", "DejaVuSans-Oblique", "SourceSansPro-Black", "Roboto-MediumItalic")


@lru_cache(maxsize=256)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font of this name at ``size`` pixels. Basic layout: the same advances on every machine."""
    package, folder = next(v for k, v in _PACKAGES.items() if name.startswith(k))
    path = Path(str(files(package))) / folder / f"{name}.ttf"
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
