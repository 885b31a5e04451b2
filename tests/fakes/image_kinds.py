"""One page as files of many kinds: whichever is read, these are the pixels that have to come out."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

GREYS = np.random.default_rng(0).integers(0, 256, (48, 64), dtype=np.uint8)
GREYS[0, :2] = 0, 255  # whatever scale is guessed from the largest value is the right one
PAGE = Image.fromarray(GREYS)
INK = Image.fromarray(255 - GREYS)
NOTHING = Image.new("L", PAGE.size, 0)
SIXTEEN = GREYS.astype(np.uint16) * 257
ORIENTATION = 0x0112


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(bits: int, colour: int, rows: list[bytes], *before: bytes, after: bytes = b"", width: int = 64) -> bytes:
    """A PNG as its bytes lie: Pillow does not write all that it reads."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), bits, colour, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + data + after + chunk(b"IEND", b"")


def rows_of(values: np.ndarray[Any, Any]) -> list[bytes]:
    return [row.astype(values.dtype.newbyteorder(">")).tobytes() for row in values]


def tiff(bits: int, photometric: int, data: bytes, sample: int = 1, more: Mapping[int, int] | None = None) -> bytes:
    """A grey TIFF of one strip, as its bytes lie; with more tags, or with others in the place of the strip's."""
    tags = {256: 64, 257: 48, 258: bits, 259: 1, 262: photometric, 277: 1, 339: sample}
    tags |= more or {273: 8, 278: 48, 279: len(data)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + struct.pack("<H", len(tags)) + entries + bytes(4)


def packed12() -> bytes:
    """The page in 12 bits a pixel: two pixels in three bytes."""
    one, other = (np.rint(GREYS[:, start::2].astype(float) * 4095 / 255).astype(np.uint16) for start in (0, 1))
    three = [one >> 4, (one & 15) << 4 | other >> 8, other & 255]
    return np.stack(three, axis=-1).astype(np.uint8).tobytes()


def exif(orientation: int) -> Image.Exif:
    made = Image.Exif()
    made[ORIENTATION] = orientation
    return made


def lying() -> Image.Image:
    """The page as a camera that was turned stores it: orientation 6 brings it upright."""
    return PAGE.transpose(Image.Transpose.ROTATE_90)


def with_xmp() -> bytes:
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", '<rdf:Description tiff:Orientation="6"/>')
    return encoded(lying(), "PNG", pnginfo=text)


def palette(alpha: bool) -> bytes:
    """Index i is the grey i, or black of so much ink."""
    image = Image.frombytes("P", PAGE.size, GREYS.tobytes())
    image.putpalette([0] * 768 if alpha else [grey for grey in range(256) for _ in range(3)])
    return encoded(image, "PNG", **({"transparency": bytes(range(255, -1, -1))} if alpha else {}))


def key(values: np.ndarray[Any, Any], white: int, other: int) -> np.ndarray[Any, Any]:
    """The values with another one in the place of white, which is then the transparent one."""
    changed = values.copy()
    changed[values == white] = other
    return changed


def two_bits(transparent: bool) -> tuple[bytes, np.ndarray[Any, Any]]:
    """A PNG of four greys, of which the third may be transparent, and its pixels."""
    steps = GREYS >> 6
    rows = [np.packbits(np.unpackbits(row[:, None], axis=1)[:, 6:].ravel()).tobytes() for row in steps]
    greys = steps * 85
    if transparent:
        greys[steps == 2] = 255
    return png(2, 0, rows, *[chunk(b"tRNS", struct.pack(">H", 2))] * transparent), greys


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RGBA = Image.merge("RGBA", (NOTHING, NOTHING, NOTHING, INK))
LA = Image.merge("LA", (NOTHING, INK))
LA16 = np.stack([np.zeros_like(SIXTEEN), 65535 - SIXTEEN], axis=-1).reshape(48, -1)
_KEYED = key(GREYS, 255, 7)
_KEYED[GREYS == 7] = 8  # so that only what is transparent is 7

EXACT: dict[str, Callable[[], bytes]] = {
    "grey PNG": lambda: encoded(PAGE, "PNG"),
    "RGB PNG": lambda: encoded(PAGE.convert("RGB"), "PNG"),
    "RGB BMP": lambda: encoded(PAGE.convert("RGB"), "BMP"),
    "PGM": lambda: encoded(PAGE, "PPM"),
    "JPEG 2000": lambda: encoded(PAGE, "JPEG2000", irreversible=False),
    "palette PNG": lambda: palette(alpha=False),
    "palette PNG with tRNS": lambda: palette(alpha=True),
    "RGBA PNG": lambda: encoded(RGBA, "PNG"),
    "RGBA TIFF": lambda: encoded(RGBA, "TIFF"),
    "RGBA WebP": lambda: encoded(RGBA, "WEBP", lossless=True, exact=True),
    "opaque RGBA PNG": lambda: encoded(PAGE.convert("RGBA"), "PNG"),
    "LA PNG": lambda: encoded(LA, "PNG"),
    "LA TIFF": lambda: encoded(LA, "TIFF"),
    "16-bit LA PNG": lambda: png(16, 4, rows_of(LA16)),
    "16-bit RGB PNG": lambda: png(16, 2, rows_of(np.repeat(SIXTEEN, 3, axis=1))),
    "16-bit PNG": lambda: encoded(Image.fromarray(SIXTEEN), "PNG"),
    "16-bit TIFF": lambda: encoded(Image.fromarray(SIXTEEN), "TIFF"),
    "16-bit TIFF, deflated": lambda: encoded(Image.fromarray(SIXTEEN), "TIFF", compression="tiff_deflate"),
    "16-bit TIFF, big-endian": lambda: encoded(
        Image.frombytes("I;16B", PAGE.size, SIXTEEN.astype(">u2").tobytes()), "TIFF"
    ),
    "16-bit TIFF, white is 0": lambda: tiff(16, 0, (65535 - SIXTEEN).astype("<u2").tobytes()),
    "12-bit TIFF": lambda: tiff(12, 1, packed12()),
    "16-bit PGM": lambda: b"P5 64 48 65535\n" + SIXTEEN.astype(">u2").tobytes(),
    "32-bit TIFF of 0-255": lambda: encoded(Image.fromarray(GREYS.astype(np.int32)), "TIFF"),
    "32-bit TIFF of 0-65535": lambda: encoded(Image.fromarray(SIXTEEN.astype(np.int32)), "TIFF"),
    "float TIFF of 0-1": lambda: encoded(Image.fromarray(GREYS.astype(np.float32) / 255), "TIFF"),
    "float TIFF of 0-255": lambda: encoded(Image.fromarray(GREYS.astype(np.float32)), "TIFF"),
    "float TIFF, white is 0": lambda: tiff(32, 0, ((255 - GREYS).astype("<f4") / 255).tobytes(), sample=3),
    "PNG lying": lambda: encoded(lying(), "PNG", exif=exif(6)),
    "PNG lying, EXIF behind the pixels": lambda: png(
        8, 0, [row.tobytes() for row in np.asarray(lying())], after=chunk(b"eXIf", exif(6).tobytes()[6:]), width=48
    ),
    "PNG lying by XMP": with_xmp,
    "TIFF lying": lambda: encoded(lying(), "TIFF", tiffinfo={ORIENTATION: 6}),
    "RGBA PNG lying": lambda: encoded(RGBA.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif(6)),
    "16-bit PNG lying": lambda: encoded(Image.fromarray(np.rot90(SIXTEEN)), "PNG", exif=exif(6)),
    "PNG with an sRGB profile": lambda: encoded(PAGE.convert("RGB"), "PNG", icc_profile=SRGB),
    "TIFF of pages": lambda: encoded(PAGE, "TIFF", save_all=True, append_images=[INK, INK]),
    "GIF of frames": lambda: encoded(PAGE, "GIF", save_all=True, append_images=[INK]),
    "WebP of frames": lambda: encoded(PAGE, "WEBP", save_all=True, append_images=[INK], lossless=True),
    "PNG of frames": lambda: encoded(PAGE, "PNG", save_all=True, append_images=[INK]),
}
"""Files of the page: each must be read as ``GREYS``, by everybody."""

KEYED: dict[str, Callable[[], bytes]] = {
    "grey": lambda: encoded(Image.fromarray(_KEYED), "PNG", transparency=7),
    "RGB": lambda: encoded(Image.fromarray(_KEYED).convert("RGB"), "PNG", transparency=(7, 7, 7)),
    "palette": lambda: encoded(Image.fromarray(_KEYED).convert("P"), "PNG", transparency=7),
    "GIF": lambda: encoded(Image.fromarray(_KEYED), "GIF", transparency=7),
    "16 bits": lambda: png(16, 0, rows_of(_KEYED.astype(np.uint16) * 257), chunk(b"tRNS", struct.pack(">H", 7 * 257))),
    "16-bit RGB": lambda: png(
        16,
        2,
        rows_of(np.repeat(_KEYED.astype(np.uint16) * 257, 3, axis=1)),
        chunk(b"tRNS", struct.pack(">HHH", *[7 * 257] * 3)),
    ),
}
"""Files in which one value, 7, is transparent."""
KEYED_GREYS = key(_KEYED, 7, 255)


def _tags(profile: bytes) -> dict[bytes, tuple[int, int]]:
    count = struct.unpack(">I", profile[128:132])[0]
    entries = [struct.unpack(">4sII", profile[place : place + 12]) for place in range(132, 132 + 12 * count, 12)]
    return {name: (offset, size) for name, offset, size in entries}


def wide_gamut() -> bytes:
    """The sRGB profile with Adobe RGB's primaries in their places (relative to D50)."""
    changed, tags = bytearray(SRGB), _tags(SRGB)
    primaries = {b"rXYZ": (0.60974, 0.31111, 0.01947), b"gXYZ": (0.20528, 0.62567, 0.06087)}
    for name, xyz in (primaries | {b"bXYZ": (0.14919, 0.06322, 0.74457)}).items():
        offset = tags[name][0]
        changed[offset + 8 : offset + 20] = struct.pack(">3i", *(round(value * 65536) for value in xyz))
    return bytes(changed)


def press() -> bytes:
    """A profile of a press: a table of two steps an ink, in which full black with nothing else is a pale grey.

    No press is so; but nobody takes it for the colours that come without it.
    """
    light = [100 - 15 * (inks & 1) - 25 * (inks >> 1).bit_count() for inks in range(16)]  # black is the last ink
    lab = [(round(one * 2.55), 128, 128) for one in light]
    header = struct.pack(">4s4xBBBx9i", b"mft1", 4, 3, 2, *[65536 if place % 4 == 0 else 0 for place in range(9)])
    table = header + bytes(range(256)) * 4 + bytes(value for one in lab for value in one) + bytes(range(256)) * 3
    white = struct.pack(">4s4x3i", b"XYZ ", 63190, 65536, 54061)
    said = struct.pack(">4s4xI", b"desc", 6) + b"press\0" + bytes(78)
    tags = {b"desc": said, b"wtpt": white, b"A2B0": table}
    place, listed, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        listed += struct.pack(">4sII", name, place + len(body), len(content))
        body += content
    size = place + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02100000, b"prtr", b"CMYK", b"Lab ") + bytes(12) + b"acsp"
    head += bytes(128 - len(head) - 60) + struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    return head + struct.pack(">I", len(tags)) + listed + body
