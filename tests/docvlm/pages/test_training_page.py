"""What training draws: readable, of many kinds, the same for a seed, and none of `diverse`'s layouts."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from promptfit.data.synth import draw, layouts
from promptfit.data.synth.draw import Drawing, printed
from promptfit.data.synth.layouts import HEIGHT, WIDTH
from promptfit.docvlm.pages import ruled_layouts, training_page
from promptfit.docvlm.pages.training_page import Page, page
from training_faces import needs_faces

pytestmark = needs_faces


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    return [page(random.Random(f"test-{i}")) for i in range(60)]


def test_a_seed_draws_the_same_page(pages: list[Page]) -> None:
    again = page(random.Random("test-7"))
    assert again.drawing.image.tobytes() == pages[7].drawing.image.tobytes()
    assert again.drawing.glyphs == pages[7].drawing.glyphs


def test_every_value_stands_on_the_page_where_its_boxes_say(pages: list[Page]) -> None:
    for one in pages:
        assert one.drawing.image.size == (WIDTH, HEIGHT)
        grey = np.asarray(one.drawing.image.convert("L"), dtype=np.float32)
        for question, forms in one.document.values.items():
            glyphs = [g for g in one.drawing.glyphs if g.is_value and g.question == question]
            assert "".join(g.char for g in glyphs) == forms["printed"].text
            assert all(0 <= g.box[0] < g.box[2] <= WIDTH and 0 <= g.box[1] < g.box[3] <= HEIGHT for g in glyphs)
            x1, y1, x2, y2 = (round(v) for v in one.drawing.box(question))
            inside = grey[max(0, y1) : y2 + 1, max(0, x1) : x2 + 1]
            assert np.ptp(inside) > 40, (question, forms["printed"].text)


def test_pages_are_of_many_kinds(pages: list[Page]) -> None:
    assert {p.document.doc_type for p in pages} == {"", "passport", "СНИЛС", "invoice"}
    labels = {"".join(g.char for g in p.drawing.glyphs if g.question == "Фамилия" and not g.is_value) for p in pages}
    assert len(labels) > 4
    left = [p.drawing.box("Фамилия")[0] for p in pages if "Фамилия" in p.document.values]
    assert max(left) - min(left) > 80


def test_nothing_of_diverse_is_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its layouts are never laid out, its papers never drawn on; its faces and words have tests of their own."""
    papers = []

    def noted(texts: Any, shapes: Any, face_of: Any, paper: tuple[int, ...], ink: tuple[int, ...]) -> Drawing:
        papers.append(paper)
        return printed(texts, shapes, face_of, paper, ink)

    monkeypatch.setattr(layouts, "_OTHER", {})
    monkeypatch.setattr(draw, "printed", noted)
    monkeypatch.setattr(training_page, "printed", noted)
    for i in range(150):
        page(random.Random(f"paper-{i}"))
    assert len(papers) == 150
    # the main data sets' papers, from 215 up, touch those of `diverse`, 170 to 225
    assert not [p for p in papers if all(170 <= channel <= 225 for channel in p) and min(p) < 215]


def test_every_question_of_ours_has_labels_to_print() -> None:
    from promptfit.data.synth.documents import TRUTH

    assert set(ruled_layouts.LABELS) == {q for questions in TRUTH.values() for q in questions}
