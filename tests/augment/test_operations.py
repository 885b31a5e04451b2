"""Every operation in conf/augmentation: the same bytes again, boxes that go along, damage that grows, any size."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from PIL import Image

from promptfit.augment.blur import Defocus
from promptfit.augment.combined import Combined
from promptfit.augment.condition import Condition, checked_severity
from promptfit.augment.geometry import QuarterTurn
from promptfit.augment.operation import SEVERITIES, Altered, Operation, Pixels
from promptfit.build import instantiate
from promptfit.data.synth.fonts import font
from promptfit.types import Box, PromptfitError

CONF = Path(__file__).resolve().parents[2] / "conf"
NAMES = sorted({path.stem for path in (CONF / "augmentation").glob("*.yaml")} - {"none", "all"})
HEIGHT = 12.0


def chosen(*overrides: str, config: str = "stress") -> Any:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return compose(config, list(overrides)).augmentation


OPERATIONS: dict[str, Operation] = {name: instantiate(node) for name, node in chosen().items()}
every = pytest.mark.parametrize("name", NAMES)


def page(width: int = 240, height: int = 144, line: int = 12) -> Pixels:
    from PIL import ImageDraw

    image = Image.new("RGB", (width, height), (236, 232, 220))
    pen = ImageDraw.Draw(image)
    for top in range(line, height - 2 * line, 2 * line):
        pen.text((line, top), "Карбаинов Иван 1969", (40, 40, 60), font("DejaVuSans", line))
    return np.asarray(image)


def altered(name: str, severity: int, pixels: Pixels, document: str = "d-1", line: float = HEIGHT) -> Altered:
    return Condition(OPERATIONS[name], severity).apply(Image.fromarray(pixels), document, line)


def test_all_is_all_and_there_are_enough() -> None:
    assert sorted(OPERATIONS) == NAMES
    assert len(NAMES) >= 16


@every
def test_it_is_named_like_its_file_and_says_what_it_does(name: str) -> None:
    assert OPERATIONS[name].name == name
    assert list(chosen(f"augmentation={name}")) == [name]
    assert list(chosen(f"augmentation={name}", config="config")) == [name]
    package, words, *_ = (CONF / "augmentation" / f"{name}.yaml").read_text("utf-8").splitlines()
    assert package == f"# @package augmentation.{name}"
    assert words.startswith("# ") and words.endswith(".")


def test_the_group_takes_one_several_and_none() -> None:
    assert list(chosen("augmentation=[glare,defocus]")) == ["glare", "defocus"]
    assert not chosen("augmentation=none")
    assert not chosen(config="config")


@every
def test_the_same_name_the_same_bytes_and_the_original_stays(name: str) -> None:
    pixels = page()
    before = pixels.copy()
    for severity in SEVERITIES:
        first, again = (altered(name, severity, pixels).pixels for _ in range(2))
        assert first.dtype == np.uint8 and first.ndim == 3 and first.shape[2] == 3
        assert first.tobytes() == again.tobytes()
    assert np.array_equal(before, pixels)
    assert altered(name, 5, pixels, "d-2").pixels.tobytes() != before.tobytes()


def digests() -> str:
    total = sha256()
    for name in NAMES:
        total.update(altered(name, 4, page()).pixels.tobytes())
    return total.hexdigest()


@pytest.mark.slow
def test_another_process_makes_the_same_bytes() -> None:
    code = "import numpy, random; numpy.random.seed(9); random.seed(9); import test_operations as t; print(t.digests())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == digests()


def test_global_generators_stay_as_they_were() -> None:
    np.random.seed(3)
    before = np.random.get_state(legacy=False)["state"]["key"].tolist()
    altered("photocopy", 5, page())
    assert np.random.get_state(legacy=False)["state"]["key"].tolist() == before


def marked(box: Box, width: int = 240, height: int = 144) -> Pixels:
    """A page with a magenta block where the box is."""
    pixels = np.full((height, width, 3), 235, np.uint8)
    x1, y1, x2, y2 = map(int, box)
    pixels[y1:y2, x1:x2] = (230, 0, 230)
    return pixels


GEOMETRIC = ["rotation", "quarter_turn", "perspective", "pixel_limit", "fold"]


@pytest.mark.parametrize("name", GEOMETRIC)
@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("document", ["d-1", "d-2", "d-3", "d-4"])
def test_the_box_goes_where_its_content_goes(name: str, severity: int, document: str) -> None:
    box = (130.0, 80.0, 200.0, 104.0)
    made = altered(name, severity, marked(box), document)
    carried = made.carry(box)
    assert carried is not None
    red, green, blue = (made.pixels[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((red - green > 60) & (blue - green > 60))
    found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    slack = 2.5 if name != "fold" else 4
    assert np.allclose(found, carried, atol=slack), (found, carried)


def test_a_combination_carries_the_box_through_all_its_steps() -> None:
    box = (130.0, 80.0, 200.0, 104.0)
    both = Combined("both", [OPERATIONS["rotation"], OPERATIONS["pixel_limit"]], [1, 0.8])
    made = Condition(both, 4).apply(Image.fromarray(marked(box)), "d", HEIGHT)
    carried = made.carry(box)
    red, green = (made.pixels[..., channel].astype(int) for channel in range(2))
    rows, columns = np.nonzero(red - green > 60)
    assert carried is not None
    assert np.allclose((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), carried, atol=2)


def test_a_box_that_is_gone_is_none() -> None:
    pixels = np.zeros((20, 30, 3), np.uint8)
    assert Altered(pixels).carry((31, 2, 40, 9)) is None
    assert Altered(pixels, lambda points: points - 100).carry((1, 2, 9, 9)) is None
    covered = np.zeros((20, 30), bool)
    covered[:10] = True
    assert Altered(pixels, covered=covered).carry((1, 2, 9, 9)) is None
    assert Altered(pixels, covered=covered).carry((1, 2, 9, 12)) == (1, 2, 9, 12)


STILL = sorted(set(NAMES) - {"rotation", "quarter_turn", "perspective", "phone_photo", "fax", "scan_of_scan"})


@pytest.mark.parametrize("name", STILL)
def test_damage_grows(name: str) -> None:
    pixels = page()
    documents = [f"d-{number}" for number in range(8)]
    by_severity = [
        np.mean([np.abs(sized(altered(name, s, pixels, d).pixels, pixels) - pixels).mean() for d in documents])
        for s in SEVERITIES
    ]
    assert all(b > a * 1.02 for a, b in pairwise(by_severity)), by_severity


def sized(one: Pixels, other: Pixels) -> np.ndarray:
    resized: np.ndarray = cv2.resize(one, other.shape[1::-1], interpolation=cv2.INTER_CUBIC).astype(float)
    return resized


def test_every_fifth_document_is_turned_at_severity_1_and_all_at_5() -> None:
    pixels = np.arange(10 * 16 * 3, dtype=np.uint8).reshape(10, 16, 3)
    turned = [
        {d for d in range(300) if not np.array_equal(run(QuarterTurn(), severity, pixels, str(d)), pixels)}
        for severity in SEVERITIES
    ]
    assert all(less <= more for less, more in pairwise(turned))
    assert 40 <= len(turned[0]) <= 80 and len(turned[4]) == 300


def run(operation: Operation, severity: int, pixels: Pixels, document: str) -> Pixels:
    return Condition(operation, severity).apply(Image.fromarray(pixels), document, HEIGHT).pixels


@every
@pytest.mark.parametrize(("width", "height", "line"), [(8, 8, 1.0), (4, 4, 30.0), (9, 200, 12.0), (300, 5, 400.0)])
def test_odd_images_come_through(name: str, width: int, height: int, line: float) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    for severity in (1, 5):
        made = altered(name, severity, pixels, line=line)
        assert min(made.pixels.shape[:2]) >= 4
        box = made.carry((0, 0, width, height))
        assert box is None or (0 <= box[0] < box[2] <= made.pixels.shape[1] and 0 <= box[1] < box[3])


@every
def test_plain_and_black_images_come_through(name: str) -> None:
    for shade in (0, 255):
        assert altered(name, 5, np.full((40, 60, 3), shade, np.uint8)).pixels.size


@pytest.mark.slow
@every
def test_a_large_scan_comes_through(name: str) -> None:
    pixels = page(1240, 1754, 26)
    assert altered(name, 5, pixels, line=30.0).pixels.shape[0] > 100


@pytest.mark.parametrize("severity", [0, 6, -1, "3", "hard", None, True, 2.5, float("nan"), [1]])
def test_a_severity_that_is_none_is_named(severity: Any) -> None:
    with pytest.raises(PromptfitError, match="there are five"):
        Condition(Defocus(), severity)
    with pytest.raises(PromptfitError, match="severity"):
        checked_severity(severity)


@pytest.mark.parametrize("shares", [[1], [1, 1, 1], [0, 1], [2, 1]])
def test_a_combination_names_wrong_shares(shares: Sequence[float]) -> None:
    with pytest.raises(PromptfitError, match="mine"):
        Combined("mine", [Defocus(), QuarterTurn()], shares)


def test_names_say_all_that_the_bytes_follow_from() -> None:
    condition = Condition(Defocus(), 3, seed=1)
    assert condition.name("d", 12.04) == condition.name("d", 12.0)
    assert condition.name("d", 12.0).startswith("defocus@1/3/") and condition.name("d", 12.0).endswith("/12.0")
    assert condition.name("d", 12.0).split("/")[2] == Condition(Defocus(), 5, seed=1).name("d", 1).split("/")[2]
    others = [condition.name("e", 12.0), Condition(Defocus(), 3).name("d", 12.0), condition.name("d", 12.1)]
    assert len({condition.name("d", 12.0), *others}) == 4
    assert condition.name("\ud800 док/умент", 0).endswith("/1.0")
    small, smaller = (condition.apply(Image.fromarray(page()), "d", height) for height in (0.2, 1.0))
    assert np.array_equal(small.pixels, smaller.pixels)
