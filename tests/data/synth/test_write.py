from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from PIL import Image

from promptfit.data.marks import DRAWN
from promptfit.data.reader import load
from promptfit.data.synth import write
from promptfit.data.synth.capture import Photo
from promptfit.data.synth.documents import TRUTH, make
from promptfit.data.synth.draw import draw
from promptfit.data.synth.fonts import KNOWN, UNSEEN
from promptfit.data.synth.layouts import HEIGHT, WIDTH
from promptfit.paths import home


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = (
        write.DrawnSet("mini", 4, ("search", "holdout")),
        write.DrawnSet("diverse", 2, ("test",), captures=3, unseen=True),
    )
    monkeypatch.setattr(write, "PLANS", plans)


def _digest(root: Path) -> str:
    files = sorted(p for p in root.rglob("*") if p.is_file())
    return hashlib.sha256(b"".join(p.relative_to(root).as_posix().encode() + p.read_bytes() for p in files)).hexdigest()


def test_the_same_seed_gives_the_same_bytes(small: None, tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write.write_all(tmp_path / name, seed)
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b") != _digest(tmp_path / "c")


def test_what_is_written_is_read_without_a_warning(small: None, tmp_path: Path) -> None:
    write.write_all(tmp_path, 0)
    mini, diverse = load(tmp_path / "mini"), load(tmp_path / "diverse")
    assert not mini.warnings and not diverse.warnings
    assert {f.name for f in mini.fields} == {f"{t} {q}".strip() for t, qs in TRUTH.items() for q in qs}
    assert len({s.image for s in diverse.samples}) == 3 * len({s.document for s in diverse.samples})
    assert all(s.box for s in (*mini.samples, *diverse.samples))
    assert max(s.image.stat().st_size for s in (*mini.samples, *diverse.samples)) <= 10_240


def test_the_plans_are_as_large_as_the_stages_need() -> None:
    plans = {p.name: p for p in write.PLANS}
    assert tuple(plans) == DRAWN
    assert (plans["mini"].documents, plans["mini"].splits) == (40, ("search", "holdout"))
    assert plans["large"].documents >= 270 and plans["large"].splits == ("select", "test")
    assert plans["diverse"].captures >= 3 and plans["diverse"].unseen
    assert not set(KNOWN) & set(UNSEEN)


@pytest.mark.parametrize("doc_type", TRUTH)
@pytest.mark.parametrize("unseen", [False, True])
def test_every_value_stands_inside_the_image(doc_type: str, unseen: bool) -> None:
    rng = random.Random(5)
    for _ in range(60):
        document = make(doc_type, rng)
        drawing = draw(document, rng, unseen=unseen)
        for question, forms in document.values.items():
            x1, y1, x2, y2 = drawing.box(question)
            assert 0 <= x1 < x2 <= WIDTH and 0 <= y1 < y2 <= HEIGHT
            shown = "".join(g.char for g in drawing.glyphs if g.is_value and g.question == question)
            assert shown == forms["printed"].text


def test_a_box_is_carried_to_the_photo() -> None:
    drawing = draw(make("passport", random.Random(0)), random.Random(0))
    blank = Image.new("RGB", drawing.image.size, "white")
    blank.paste((0, 0, 0), (60, 40, 100, 60))
    photo = Photo(angle=3.0, scale=1.3, light=0.0, quality=75)
    taken = photo.take(type(drawing)(blank, ()))
    x1, y1, x2, y2 = photo.carry((60, 40, 100, 60), *blank.size)
    dark = taken.convert("L").point(lambda v: 255 * (v < 128)).getbbox()
    assert dark == pytest.approx((x1, y1, x2, y2), abs=1.5)


@pytest.mark.slow
def test_the_shipped_data_sets_are_those_of_the_code(tmp_path: Path) -> None:
    data = home() / "data"
    if not data.exists():
        pytest.skip("data/ is not here: dvc pull data.dvc")
    write.write_all(tmp_path, 0)
    for name in ("mini", "large", "diverse"):
        shipped, drawn = (folder / name / "annotation.csv" for folder in (data, tmp_path))
        assert shipped.read_bytes() == drawn.read_bytes(), name
