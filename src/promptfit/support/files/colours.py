"""The colours of an image of any mode as 8 bits of red, green and blue in sRGB, and what of it is transparent.

Modes, profiles and keys are as Pillow reads them; docs/images.md has the table of what is done.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from PIL import Image

from promptfit.support.files.unfit_image import UnfitImage

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.ImageCms import ImageCmsTransform

_SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
"""The colour space that a profile must be of, by the mode of the colours."""
_LIKE_SRGB = 4
"""Of 255: a profile that changes no colour by more is sRGB as one or other program writes it."""
_TOPS = (1.0, 255.0, 65535.0)
"""White in a file of 32-bit values, which does not say it: the least of these that no value exceeds."""
_OVER = 0.05
"""Share of white by which values may lie outside: resampling overshoots."""
_WHITE_IS_ZERO, _PHOTOMETRIC = 0, 262
_KEY_TIMES = {"L;2": 85, "L;4": 17}


class Profile(NamedTuple):
    """What an embedded profile asks for."""

    transform: ImageCmsTransform | None
    """To sRGB; None where there is nothing to do, or the profile is broken or of other colours than the image."""
    plain: bool
    """Whether any program shows the same with and without it."""


def steps(image: Image.Image) -> list[str]:
    """Names what ``rgb`` will do to an undecoded image's values beyond a change of mode.

    The names stand in the keys of kept answers: whoever changes what a step does gives it another name.
    """
    found = ["white"] if image.has_transparency_data else []
    found += ["scaled"] if image.mode[0] in "IF" else []
    return found + (["sRGB"] if profile(image).transform else [])


def profile(image: Image.Image) -> Profile:
    """What the profile of an image, decoded or not, asks for."""
    embedded, mode = image.info.get("icc_profile"), image.mode
    if not embedded:
        return Profile(None, True)
    grey = mode in ("1", "L", "LA", "La") or mode[0] in "IF"
    return _profile(embedded, "L" if grey else "CMYK" if mode == "CMYK" else "LAB" if mode == "LAB" else "RGB")


def rgb(image: Image.Image) -> Image.Image:
    """Decodes an opened image: RGB in sRGB, transparent parts on white.

    Raises:
        UnfitImage: White can't be told in its values.
    """
    asked = profile(image).transform
    image, mask = opaque_and_mask(image)
    if asked and image.mode not in _SPACES:
        image = image.convert("L" if image.mode == "1" else "RGB")
    colours = asked.apply(image) if asked else image
    if mask:
        made = Image.new("RGB", image.size, "white")
        made.paste(colours, mask=mask)
    else:
        made = colours.convert("RGB")
    made.info = {}  # a profile that stayed here would be written into what is sent, and applied again
    return made


def opaque_and_mask(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Decodes an opened image: its colours, 8 bits a channel, and the opacity of each pixel (None: all of it is seen).

    Raises:
        UnfitImage: White can't be told in its values.
    """
    raw, key = raw_mode(image), cast(Any, image.info.get("transparency"))
    if image.mode[0] in "IF":
        values = np.asarray(image)
        mask = None if key is None else Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8))
        return Image.fromarray(_scaled(values, image, raw)), mask
    if not image.has_transparency_data:
        return image, None
    if image.mode in ("1", "L"):  # one grey is transparent; a file of 2 or 4 bits names it in its own steps
        hidden, grey = key * _KEY_TIMES.get(raw, 1), image.convert("L")
        return grey, grey.point([0 if value == hidden else 255 for value in range(256)])
    if image.mode == "RGB" and ";16" in raw:  # of 16 bits the upper 8 are read
        image.load()
        image.info["transparency"] = tuple(value >> 8 for value in key)
    alpha = image if image.mode in ("LA", "RGBA") else image.convert("LA" if image.mode == "La" else "RGBA")
    return alpha.convert(alpha.mode[:-1]), alpha.getchannel("A")


def raw_mode(image: Image.Image) -> str:
    """How an undecoded image's values lie in its file, as Pillow names it, like ``RGB;16B``."""
    tile = getattr(image, "tile", None)
    args: Any = tile[0][3] if tile else None
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else image.mode


def _scaled(values: NDArray[Any], image: Image.Image, raw: str) -> NDArray[np.uint8]:
    """16- and 32-bit greys in 8 bits."""
    top = _top(values, image, raw)
    negative = getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO  # Pillow heeds it in 8 bits only
    if values.dtype.kind == "u":
        ramp = np.arange(1 << 16, dtype=np.float64) * (255 / top)
        greys: NDArray[np.uint8] = np.rint(ramp).clip(0, 255).astype(np.uint8)[values]
    else:
        scaled = values * np.float32(255 / top)
        greys = np.rint(scaled, out=scaled).clip(0, 255, out=scaled).astype(np.uint8)
    return 255 - greys if negative else greys


def _top(values: NDArray[Any], image: Image.Image, raw: str) -> float:
    """The value of white (of full black where a TIFF says that white is zero)."""
    if raw == "I;12":
        return 4095.0
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format in ("PNG", "PPM")):
        return 65535.0
    low, high = float(values.min()), float(values.max())
    top = next((top for top in _TOPS if high <= top * (1 + _OVER)), 0.0)
    if "16" in raw or not top or not low >= -_OVER * top:  # a NaN is at no end
        raise UnfitImage(
            f"not an image whose white is known (its values, {raw}, go from {low:g} to {high:g}); save it with 8 bits"
        )
    return top


@lru_cache(maxsize=32)
def _profile(embedded: bytes, mode: str) -> Profile:
    from PIL import ImageCms

    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
        if own.profile.xcolor_space.strip() != _SPACES.get(mode):
            return Profile(None, False)
        # paper to white and ink to black: relative to the white point, with compensation of the black one
        transform = ImageCms.buildTransform(
            own,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        probe = _probe(mode)
        change = np.abs(np.asarray(transform.apply(probe), np.int16) - np.asarray(probe.convert("RGB"), np.int16))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):  # a broken profile: shown without it, as browsers do
        return Profile(None, False)
    alike = mode != "CMYK" and change.max() <= _LIKE_SRGB
    return Profile(None if alike else transform, bool(alike))


def _probe(mode: str) -> Image.Image:
    """An image of colours from all over the space."""
    if mode == "L":
        return Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    ends = np.linspace(0, 255, 6).astype(np.uint8)
    grid = np.stack(np.meshgrid(*[ends] * len(mode)), axis=-1)
    return Image.frombytes(mode, (grid.size // len(mode), 1), grid.tobytes())
