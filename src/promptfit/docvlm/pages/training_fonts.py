"""The faces of training: those of the main data sets, and free ones that Debian packages; none that `diverse` uses."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from promptfit.data.synth.fonts import KNOWN, font
from promptfit.types import PromptfitError

PACKAGES = {
    "fonts-cantarell": "Cantarell-Regular Cantarell-Bold",
    "fonts-comfortaa": "Comfortaa-Regular Comfortaa-Bold",
    "fonts-crosextra-carlito": "Carlito-Regular Carlito-Bold Carlito-BoldItalic",
    "fonts-firacode": "FiraCode-Regular FiraCode-Bold",
    "fonts-freefont-ttf": "FreeSans FreeSansBold FreeSerif FreeSerifBold FreeSerifItalic FreeMonoBold",
    "fonts-go": "Go-Regular Go-Bold Go-Medium-Italic Go-Mono",
    "fonts-jetbrains-mono": "JetBrainsMono-Regular JetBrainsMono-Bold",
    "fonts-jura": "Jura-Medium Jura-Bold",
    "fonts-lato": "Lato-Regular Lato-Bold Lato-Black Lato-Italic Lato-MediumItalic",
    "fonts-liberation": "LiberationSans-Regular LiberationSans-Bold LiberationSans-Italic LiberationSerif-Regular "
    "LiberationSerif-Bold LiberationSerif-Italic LiberationMono-Regular LiberationMono-Bold",
    "fonts-manrope": "Manrope-Medium Manrope-Bold Manrope-ExtraBold",
    "fonts-noto-core": "NotoSans-Regular NotoSans-Bold NotoSans-Italic NotoSerif-Regular NotoSerif-Bold "
    "NotoSerif-Italic",
    "fonts-oldstandard": "OldStandard-Regular OldStandard-Bold",
    "fonts-open-sans": "OpenSans-Regular OpenSans-Bold OpenSans-ExtraBold OpenSans-Italic OpenSans-CondBold",
    "fonts-paratype": "PTS55F PTS75F PTS56F PTF55F PTF75F PTF56F PTN57F PTN77F PTM55F PTM75F",
    "fonts-play": "Play-Regular Play-Bold",
    "fonts-roboto-slab": "RobotoSlab-Regular RobotoSlab-Bold",
    "fonts-sil-gentiumplus": "GentiumPlus-Regular GentiumPlus-Bold",
    "fonts-vollkorn": "Vollkorn-Regular Vollkorn-Bold Vollkorn-Black Vollkorn-MediumItalic",
}
"""Debian's package -> the files that are taken from it, without their endings."""
NAMES = (*KNOWN, *(name for names in PACKAGES.values() for name in names.split()))


@lru_cache(maxsize=1)
def installed() -> dict[str, Path]:
    """The files of this machine's fonts, by their names without endings."""
    from matplotlib.font_manager import findSystemFonts

    # sorted: they come as a set, and two packages may have a face of one name
    return {path.stem: path for path in sorted(map(Path, findSystemFonts()), reverse=True)}


@lru_cache(maxsize=1024)
def face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The face of this name at ``size`` pixels, in basic layout.

    Raises:
        PromptfitError: It is not installed; the packages that hold what training needs are named.
    """
    if name in KNOWN:
        return font(name, size)
    if name not in installed():
        raise PromptfitError(
            f"the font {name}, which training draws with, is not installed here: apt-get install {' '.join(PACKAGES)}"
        )
    return ImageFont.truetype(str(installed()[name]), size, layout_engine=ImageFont.Layout.BASIC)


def pick(rng: random.Random) -> str:
    """A face: one in five is of the main data sets, so that these stay at home."""
    return rng.choice(KNOWN if rng.random() < 0.2 else NAMES)
