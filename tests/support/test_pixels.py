"""Whatever kind of file an image is in, the same pixels come out of it, or it is refused by name."""

from __future__ import annotations

import contextlib
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import image_kinds as kinds
from promptfit.support.files import pixels
from promptfit.types import PromptfitError


def read(path: Path, content: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    path.write_bytes(content)
    return np.asarray(pixels.read(path))


@pytest.mark.parametrize("kind", kinds.EXACT)
def test_one_page_in_every_kind_of_file(tmp_path: Path, kind: str) -> None:
    found = read(tmp_path / "a", kinds.EXACT[kind]())
    assert np.array_equal(found, np.repeat(kinds.GREYS[..., None], 3, axis=2))
    assert pixels.size(tmp_path / "a") == kinds.PAGE.size


@pytest.mark.parametrize("kind", kinds.KEYED)
def test_one_transparent_value_is_white_and_its_neighbours_stay(tmp_path: Path, kind: str) -> None:
    assert np.array_equal(read(tmp_path / "a", kinds.KEYED[kind]())[..., 0], kinds.KEYED_GREYS)


@pytest.mark.parametrize("transparent", [False, True])
def test_a_transparent_value_of_two_bits(tmp_path: Path, transparent: bool) -> None:
    content, greys = kinds.two_bits(transparent)
    assert np.array_equal(read(tmp_path / "a.png", content)[..., 0], greys)


def test_a_half_transparent_edge_is_mixed_with_white(tmp_path: Path) -> None:
    edge = Image.new("RGBA", (8, 8), (255, 0, 0, 51))
    assert read(tmp_path / "a.png", kinds.encoded(edge, "PNG"))[0, 0].tolist() == [255, 204, 204]


@pytest.mark.parametrize(("black", "white"), [(-3.0, 258.0), (-0.01, 1.02)])
def test_values_that_overshoot_a_little_are_cut(tmp_path: Path, black: float, white: float) -> None:
    values = np.full((8, 8), white, np.float32)
    values[0] = black
    found = read(tmp_path / "a.tiff", kinds.encoded(Image.fromarray(values), "TIFF"))
    assert (found[0] == 0).all() and (found[1:] == 255).all()


@pytest.mark.parametrize("values", [np.array([[0, 1e6]]), np.array([[-200, 200]]), np.array([[0.5, np.nan]])])
def test_values_of_no_known_scale_are_refused(
    tmp_path: Path, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> None:
    content = kinds.encoded(Image.fromarray(values.astype(np.float32).repeat(8, 0).repeat(8, 1)), "TIFF")
    with pytest.raises(PromptfitError, match=r"a\.tiff: not an image whose white is known.*save it with 8 bits"):
        read(tmp_path / "a.tiff", content)


def test_signed_values_of_16_bits_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PromptfitError, match="white is known"):
        read(tmp_path / "a.tiff", kinds.tiff(16, 1, bytes(64 * 48 * 2), sample=2))


def test_colours_of_a_wide_gamut_become_srgb(tmp_path: Path) -> None:
    """By the standards' formulas: sRGB's curve, Adobe RGB's primaries and sRGB's, both relative to D50."""
    adobe = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]])
    srgb = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
    stored = np.array([170, 120, 90]) / 255
    linear = np.linalg.solve(srgb, adobe @ ((stored + 0.055) / 1.055) ** 2.4)
    right = np.rint((1.055 * linear ** (1 / 2.4) - 0.055) * 255)
    for mode, kind in (("RGB", "PNG"), ("RGB", "TIFF"), ("RGBA", "PNG"), ("P", "PNG")):
        image = Image.new("RGB", (8, 8), (170, 120, 90)).convert(mode, palette=Image.Palette.ADAPTIVE)
        content = kinds.encoded(image, kind, icc_profile=kinds.wide_gamut())
        assert np.abs(read(tmp_path / "a", content)[0, 0] - right).max() <= 2, (mode, kind)
    assert np.abs(right - [170, 120, 90]).max() == 15


def test_cmyk_with_and_without_a_profile(tmp_path: Path) -> None:
    """Paper is white and, without a profile, full black is black; JPEGs hold the inks inverted, as Adobe does."""
    for kind in ("TIFF", "JPEG"):
        for profile, black in ((None, 0), (kinds.press(), 213)):
            more = {"icc_profile": profile} if profile else {}
            for ink, right in ((0, 255), (255, black)):
                content = kinds.encoded(Image.new("CMYK", (8, 8), (0, 0, 0, ink)), kind, **more)
                assert read(tmp_path / "a", content)[0, 0].tolist() == [right] * 3, (kind, profile, ink)


@pytest.mark.parametrize("profile", [b"no profile", kinds.SRGB[:200], kinds.press()])
def test_a_profile_that_is_broken_or_of_other_colours_changes_nothing(tmp_path: Path, profile: bytes) -> None:
    found = read(tmp_path / "a.png", kinds.encoded(Image.new("RGB", (8, 8), (1, 200, 90)), "PNG", icc_profile=profile))
    assert found[0, 0].tolist() == [1, 200, 90]
    assert pixels.plain(tmp_path / "a.png") is None, "another program may heed it"


PLAIN = {"grey PNG", "RGB PNG", "PNG with an sRGB profile"}


@pytest.mark.parametrize("kind", kinds.EXACT)
def test_what_every_program_reads_alike(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a").write_bytes(kinds.EXACT[kind]())
    assert pixels.plain(tmp_path / "a") == (("PNG", kinds.EXACT[kind]()) if kind in PLAIN else None)


def test_pixels_arrive_as_they_are(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (17, 23, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    assert np.array_equal(np.array(pixels.read(tmp_path / "a.png")), noise)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whichever_way_it_was_held(tmp_path: Path, orientation: int) -> None:
    """The quarter that is ink is brought to where EXIF's table says that it belongs."""
    stored = np.full((40, 60), 255, np.uint8)
    stored[:20, :30] = 0
    places = {1: (0, 0), 2: (0, 1), 3: (1, 1), 4: (1, 0), 5: (0, 0), 6: (0, 1), 7: (1, 1), 8: (1, 0)}
    content = kinds.encoded(Image.fromarray(stored), "JPEG", exif=kinds.exif(orientation))
    found = read(tmp_path / "a.jpg", content)
    down, right = places[orientation]
    height, width = found.shape[:2]
    assert (width, height) == ((40, 60) if orientation > 4 else (60, 40)) == pixels.size(tmp_path / "a.jpg")
    quarter = found[down * height // 2 :, right * width // 2 :][: height // 2, : width // 2]
    assert quarter.max() < 20 and found.mean() > 180
    assert bool(pixels.plain(tmp_path / "a.jpg")) == (orientation == 1)


def test_20000_pixels_a_side_are_too_many_and_are_never_unpacked(tmp_path: Path) -> None:
    """A hundred bytes of PNG claim what would unpack to 1.2 GB: its header alone is enough to refuse it."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + kinds.chunk(b"IHDR", header) + kinds.chunk(b"IDAT", b""))
    with pytest.raises(PromptfitError, match=r"bomb\.png: too large an image \(400.0 megapixels, and 40 is.*shrink it"):
        pixels.read(tmp_path / "bomb.png")


def test_a_text_in_the_file_that_unpacks_to_gigabytes_is_named(tmp_path: Path) -> None:
    Image.new("RGB", (8, 6)).save(tmp_path / "plain.png")
    plain = (tmp_path / "plain.png").read_bytes()
    text = kinds.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9))
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


def test_a_cut_off_image_is_named(tmp_path: Path) -> None:
    whole = kinds.EXACT["RGB PNG"]()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PromptfitError, match=r"cut\.png"):
        pixels.read(tmp_path / "cut.png")
