import numpy as np
import pytest
from PIL import Image

from promptfit.answer import images
from promptfit.types import PromptfitError


def test_pixels_arrive_as_they_are(tmp_path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (17, 23, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert np.array_equal(np.array(images.read(tmp_path / "a.png")), pixels)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK"])
def test_every_mode_becomes_rgb(tmp_path, mode) -> None:
    Image.new(mode, (8, 6)).save(tmp_path / "a.tiff")
    assert (images.read(tmp_path / "a.tiff").mode, images.read(tmp_path / "a.tiff").size) == ("RGB", (8, 6))


def test_a_photo_stands_upright(tmp_path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (8, 6)).save(tmp_path / "a.jpg", exif=exif)
    assert images.read(tmp_path / "a.jpg").size == (6, 8)


def test_a_decompression_bomb_is_named(tmp_path, monkeypatch) -> None:
    Image.new("RGB", (100, 100)).save(tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(PromptfitError, match=r"bomb\.png: not an image that can be read"):
        images.read(tmp_path / "bomb.png")


def test_a_cut_off_image_is_named(tmp_path, picture) -> None:
    whole = picture(1)[0].read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PromptfitError, match=r"cut\.png"):
        images.read(tmp_path / "cut.png")
