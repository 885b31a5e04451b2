"""What is opened as an image, and how large it may be."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import image_kinds as kinds
from promptfit.data.images import inspect
from promptfit.support.files import image_file, pixels
from promptfit.types import PromptfitError

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 40\n%%EndComments\n0 0 40 40 rectfill\nshowpage\n%%EOF\n"
FOREIGN = {
    "PDF": (kinds.encoded(kinds.PAGE, "PDF"), "a PDF; save its pages"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "HEIC photo; save it as a JPEG"),
    "EPS": (EPS, "PostScript, which is a program and is never run"),
    "EPS with a preview": (b"\xc5\xd0\xd3\xc6" + bytes(28) + EPS, "PostScript"),
    "DjVu": (b"AT&TFORM\0\0\0\x20DJVM", "DjVu"),
    "icon": (kinds.encoded(kinds.PAGE, "ICO"), "replace the file"),
    "text": ("СНИЛС".encode(), "replace the file"),
    "nothing": (b"", "replace the file"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_other_kinds_are_named_with_a_remedy(tmp_path: Path, kind: str) -> None:
    content, remedy = FOREIGN[kind]
    (tmp_path / "a.png").write_bytes(content)
    for opener in (pixels.read, pixels.plain):
        with pytest.raises(PromptfitError, match=rf"a\.png: not an image that can be read \(JPEG.*{remedy}"):
            opener(tmp_path / "a.png")
    with pytest.raises(ValueError, match=f"^not an image.*{remedy}"):
        inspect(tmp_path / "a.png")


def test_no_program_is_started_for_postscript_that_is_called_png(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow hands PostScript to ``gs``, wherever that is on the way that PATH leads."""
    (tmp_path / "gs").write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    (tmp_path / "gs").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (tmp_path / "a.png").write_bytes(EPS)
    script = "from PIL import Image, EpsImagePlugin; Image.open('a.png').load()"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert (tmp_path / "started").exists(), "the stand-in would have been started"
    (tmp_path / "started").unlink()
    with pytest.raises(PromptfitError, match="PostScript"):
        pixels.read(tmp_path / "a.png")
    assert not (tmp_path / "started").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """37 KB of PNG that would be 177 megapixels: by every opener, in a process that stays small."""
    Image.new("1", (13_300, 13_300), 1).save(tmp_path / "bomb.png")
    script = (
        "import re, sys\nfrom pathlib import Path\nfrom promptfit.data.fingerprints import fingerprints\n"
        "from promptfit.data.images import inspect\nfrom promptfit.report.embedded import embedded\n"
        "from promptfit.support.files import pixels\nfrom promptfit.support.http.data_url import SentBounds, picture\n"
        "path = Path(sys.argv[1])\n"
        "for opener in (pixels.read, pixels.plain, inspect, lambda path: picture(path, SentBounds(1000))):\n"
        "    try:\n        print('opened', opener(path))\n"
        "    except Exception as error:\n        print(error)\n"
        "print(pixels.size(path), embedded(path), fingerprints({'d': path}, path.with_name('prints')))\n"
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', Path('/proc/self/status').read_text())[1])\n"  # the most it ever held
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "bomb.png")], capture_output=True, text=True, check=True
    )
    *faults, others, kilobytes = done.stdout.splitlines()
    said = "too large an image (176.9 megapixels, and 40 is the limit); shrink it, or raise the limit: "
    assert len(faults) == 4 and all(f"{said}PROMPTFIT_MEGAPIXELS=177" in fault for fault in faults)
    assert others == "None None {}" and not done.stderr
    assert int(kilobytes) < 150_000


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "GIF", "BMP", "JPEG", "JPEG2000", "AVIF", "PPM"])
def test_the_limit_holds_for_every_kind_and_can_be_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / "a").write_bytes(kinds.encoded(Image.new("RGB", (128, 100), "white"), kind))
    monkeypatch.setenv(image_file.VARIABLE, "0.01279")
    with pytest.raises(PromptfitError, match=r"and 0\.01279 is the limit.*PROMPTFIT_MEGAPIXELS=1"):
        pixels.read(tmp_path / "a")
    monkeypatch.setenv(image_file.VARIABLE, "0.0128")
    assert pixels.read(tmp_path / "a").size == (128, 100)


def test_a_raised_limit_is_pillows_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    monkeypatch.setenv(image_file.VARIABLE, "0.1")
    (tmp_path / "a").write_bytes(kinds.encoded(kinds.PAGE, "PNG"))
    assert pixels.read(tmp_path / "a").size == kinds.PAGE.size


@pytest.mark.parametrize("written", ["forty", "0", "-1", "nan", "inf"])
def test_a_limit_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv(image_file.VARIABLE, written)
    (tmp_path / "a").write_bytes(kinds.encoded(kinds.PAGE, "PNG"))
    with pytest.raises(PromptfitError, match=f"PROMPTFIT_MEGAPIXELS is .{written}.; write a number above 0"):
        pixels.read(tmp_path / "a")


def test_a_file_larger_than_any_such_image_is_not_even_read(tmp_path: Path) -> None:
    with (tmp_path / "a.tiff").open("wb") as file:
        file.truncate(8 * 40_000_000 + 1)  # takes no room on the disk
    with pytest.raises(
        PromptfitError, match=r"a\.tiff: a file of 320 MB, and 320 is the limit.*PROMPTFIT_MEGAPIXELS=41"
    ):
        pixels.read(tmp_path / "a.tiff")


def test_a_tile_larger_than_the_limit_is_refused_however_small_its_image(tmp_path: Path) -> None:
    side = 32_768
    (tmp_path / "a.tiff").write_bytes(kinds.tiff(8, 1, b"", more={322: side, 323: side, 324: 8, 325: 0}))
    with pytest.raises(PromptfitError, match=r"too large an image \(1,073\.7 megapixels"):
        pixels.read(tmp_path / "a.tiff")


def test_a_pipe_is_no_image_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(PromptfitError, match="not a file"):
        pixels.read(tmp_path / "a.png")
    with pytest.raises(ValueError, match="not a file"):
        inspect(tmp_path / "a.png")


def test_nothing_else_opens_images() -> None:
    """Another opener would have no limit, other kinds and other pixels."""
    source = Path(image_file.__file__).parents[2]
    pillows = {"image", "images", "pillow"}
    opens = {"open", "imread", "load_image", "read_image", "decode_image"}
    found = {
        path.name
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in opens
        if node.attr != "open" or (isinstance(node.value, ast.Name) and node.value.id.lower() in pillows)
    }
    assert found == {"image_file.py"}
