"""What follows an image's own end is no fault; an image without its end is one, whatever stands behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import image_kinds as kinds
from promptfit.data.images import inspect
from promptfit.support.files import pixels
from promptfit.types import PromptfitError

VIDEO = b"MotionPhoto_Data\0\0\0\x18ftypmp42" + b"\xff\xda\x12\x34" * 4 + b"\xff\xd9\xff\xd8" + b"mdat" * 500
PHOTO = Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 80, 3), dtype=np.uint8))
JPEGS = {
    "baseline": kinds.encoded(PHOTO, "JPEG"),
    "progressive": kinds.encoded(PHOTO, "JPEG", progressive=True),
    "with pauses": kinds.encoded(PHOTO, "JPEG", restart_marker_rows=1),
    "with a thumbnail": kinds.encoded(PHOTO, "JPEG", exif=b"Exif\0\0" + kinds.encoded(PHOTO.resize((8, 6)), "JPEG")),
    "with a comment": kinds.encoded(PHOTO, "JPEG", comment=b"\xff\xd9\xff\xda"),
}


@pytest.mark.parametrize("kind", JPEGS)
def test_a_motion_photo_is_read_and_its_video_is_not_sent(tmp_path: Path, kind: str) -> None:
    (tmp_path / "plain.jpg").write_bytes(JPEGS[kind])
    (tmp_path / "motion.jpg").write_bytes(JPEGS[kind] + VIDEO)
    plain, motion = (np.asarray(pixels.read(tmp_path / name)) for name in ("plain.jpg", "motion.jpg"))
    assert np.array_equal(plain, motion)
    assert inspect(tmp_path / "motion.jpg").width == 80
    if kind != "with a thumbnail":  # whose EXIF is none
        assert pixels.plain(tmp_path / "motion.jpg") == ("JPEG", JPEGS[kind])


@pytest.mark.parametrize("behind", [b"", VIDEO], ids=["", "video"])
@pytest.mark.parametrize("kind", JPEGS)
@pytest.mark.parametrize("share", [0.5, 0.9, 1])
def test_a_photo_that_is_cut_is_refused_by_every_opener(tmp_path: Path, kind: str, behind: bytes, share: float) -> None:
    path, whole = tmp_path / "a.jpg", JPEGS[kind]
    path.write_bytes(whole[: min(int(len(whole) * share), len(whole) - 2)] + behind)
    for opener in (pixels.read, pixels.plain):
        with pytest.raises(PromptfitError, match=r"a\.jpg: cut off; copy it again"):
            opener(path)
    with pytest.raises(ValueError, match=r"^cut off; copy it again"):
        inspect(path)


def test_the_second_picture_of_an_mpo_is_no_page(tmp_path: Path) -> None:
    """A phone keeps a preview or a map of brightness there: the first is the photo."""
    path = tmp_path / "a.mpo"
    path.write_bytes(kinds.encoded(PHOTO, "MPO", save_all=True, append_images=[PHOTO.resize((40, 30))]))
    facts = inspect(path)
    assert (facts.width, facts.height, facts.pages) == (80, 60, 1)
    assert np.array_equal(np.asarray(pixels.read(path)), np.asarray(Image.open(path).convert("RGB")))
    assert pixels.plain(path) is None, "a server may take another one of the two"


@pytest.mark.parametrize("kind", ["grey PNG", "16-bit TIFF", "RGBA WebP", "16-bit TIFF, deflated"])
def test_other_kinds_with_something_behind_them(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a").write_bytes(kinds.EXACT[kind]() + VIDEO)
    assert inspect(tmp_path / "a").pages == 1
    assert np.array_equal(np.asarray(pixels.read(tmp_path / "a"))[..., 0], kinds.GREYS)


@pytest.mark.parametrize("kind", ["grey PNG", "16-bit TIFF", "16-bit TIFF, deflated", "RGBA TIFF", "RGBA WebP"])
def test_other_kinds_that_are_cut_are_refused_when_the_data_set_is_read(tmp_path: Path, kind: str) -> None:
    whole = kinds.EXACT[kind]()
    (tmp_path / "a").write_bytes(whole[:-300])
    with pytest.raises(ValueError, match=r"^(cut off|not an image that can be read)"):
        inspect(tmp_path / "a")
    with pytest.raises(PromptfitError):
        pixels.read(tmp_path / "a")


def test_a_tiff_whose_counts_are_too_large_is_read(tmp_path: Path) -> None:
    whole = kinds.tiff(8, 1, kinds.GREYS.tobytes(), more={273: 8, 278: 48, 279: 10**6})
    (tmp_path / "a.tiff").write_bytes(whole)
    assert inspect(tmp_path / "a.tiff").pages == 1
    assert np.array_equal(np.asarray(pixels.read(tmp_path / "a.tiff"))[..., 0], kinds.GREYS)


def test_a_reduced_copy_in_a_tiff_is_no_page(tmp_path: Path) -> None:
    copy = Image.new("L", (16, 12))
    copy.encoderinfo = {"tiffinfo": {254: 1}}
    content = kinds.encoded(kinds.PAGE, "TIFF", save_all=True, append_images=[copy, kinds.INK])
    (tmp_path / "a.tiff").write_bytes(content)
    assert inspect(tmp_path / "a.tiff").pages == 2


def test_a_jpeg_of_thousands_of_scans_is_refused(tmp_path: Path) -> None:
    """Each is decoded over the whole image: a few hundred KB would take minutes."""
    whole = kinds.encoded(Image.new("L", (64, 48), 255), "JPEG", progressive=True)
    scan = whole[whole.rfind(b"\xff\xda") : -2]
    (tmp_path / "a.jpg").write_bytes(whole[:-2] + scan * 3000 + b"\xff\xd9")
    with pytest.raises(PromptfitError, match="more than 100 scans"):
        pixels.read(tmp_path / "a.jpg")
