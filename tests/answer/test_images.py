from __future__ import annotations

import contextlib
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from promptfit.support.files import pixels
from promptfit.types import PromptfitError


def _chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_pixels_arrive_as_they_are(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (17, 23, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    assert np.array_equal(np.array(pixels.read(tmp_path / "a.png")), noise)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (8, 6)).save(tmp_path / "a.tiff")
    assert (pixels.read(tmp_path / "a.tiff").mode, pixels.read(tmp_path / "a.tiff").size) == ("RGB", (8, 6))


def test_a_photo_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 6)).save(tmp_path / "a.jpg", exif=exif)
    assert pixels.read(tmp_path / "a.jpg").size == (6, 8)


def test_20000_pixels_a_side_are_too_many_and_are_never_unpacked(tmp_path: Path) -> None:
    """A hundred bytes of PNG claim what would unpack to 1.2 GB: its header alone is enough to refuse it."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", b""))
    with pytest.raises(PromptfitError, match=r"bomb\.png: too large an image \(.*400000000 pixels.*shrink it"):
        pixels.read(tmp_path / "bomb.png")


def test_a_text_in_the_file_that_unpacks_to_gigabytes_is_named(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6)).save(tmp_path / "plain.png")
    plain = (tmp_path / "plain.png").read_bytes()
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9))
    (tmp_path / "bomb.png").write_bytes(plain[:33] + text + plain[33:])
    with pytest.raises(PromptfitError, match=r"bomb\.png: not an image that can be read"):
        pixels.read(tmp_path / "bomb.png")


@pytest.mark.parametrize("size", [(1, 1), (300, 1), (1, 300)])
def test_an_image_that_shows_nothing_is_named(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size).save(tmp_path / "dot.png")
    with pytest.raises(PromptfitError, match=rf"dot\.png: an image of {size[0]} x {size[1]} pixels shows nothing"):
        pixels.read(tmp_path / "dot.png")


def test_broken_bytes_are_named_whatever_the_decoder_stumbles_over(tmp_path: Path) -> None:
    """Seeded damage to files of several formats: read, or refused by name, and never anything else."""
    chance, path = random.Random(0), tmp_path / "broken"
    whole = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8))
    for kind in ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP"):
        whole.save(path, kind)
        good = path.read_bytes()
        for _ in range(30):
            bad = bytearray(good[: chance.randrange(len(good)) if chance.random() < 0.3 else None])
            for _ in range(min(5, len(bad))):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
            path.write_bytes(bad)
            with contextlib.suppress(PromptfitError):
                pixels.read(path)


def test_a_cut_off_image_is_named(tmp_path: Path, picture: Callable[..., tuple[Path, str]]) -> None:
    whole = picture(1)[0].read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PromptfitError, match=r"cut\.png"):
        pixels.read(tmp_path / "cut.png")
