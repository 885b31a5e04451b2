"""Where docvlm-tiny looks: what attention maps take beside plain answering, and what they say of its answers.

The hand-written prompts are asked of all of `diverse`; then a few of its documents are covered, twice, over one store.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.row import Row
from benchmarks.workspace import PROJECT
from promptfit.answer.attending import Gaze
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.stack import stacked
from promptfit.data import collection
from promptfit.data.reader import load
from promptfit.evaluate.scoring import Scoring
from promptfit.score.cer import count
from promptfit.score.normalize import Chain
from promptfit.study.grounding.attention_in_box import Seen, attention, glance
from promptfit.study.grounding.grounding import GENERIC, Looker, look, planned
from promptfit.study.grounding.occlusion import GroundingQuestion, questions
from promptfit.study.records.look_json import Share
from promptfit.types import Answer, Request

FILLS = ("background", "blur", "noise")
COVERED = 5
"""Documents of which places are covered."""


def main() -> list[Row]:
    """Answers, looks, covers."""
    asked = _questions()
    model = LocalAnswerer(str(PROJECT / "models" / "docvlm-tiny"), batch_size=64, reuse_image=True)
    requests = [Request(one.sample.image, one.sample.image_digest, one.prompt) for one in asked]
    list(model.answer(requests[:64]))  # loads it
    started = time.perf_counter()
    answers = {place: answer.text for place, answer in model.answer(requests) if isinstance(answer, Answer)}
    plain = time.perf_counter() - started
    said = [answers[place] for place in range(len(requests))]
    started = time.perf_counter()
    gazes = {
        place: glance(gaze, asked[place].sample.box or (0, 0, 1, 1), asked[place].size)
        for place, gaze in model.attend(requests, said, GENERIC)
        if isinstance(gaze, Gaze)
    }
    times = (time.perf_counter() - started) / plain
    counts = count([one.sample.answer for one in asked], said, Chain())
    seen = [Seen(one.sample, counts[place].edits == 0, gazes[place]) for place, one in enumerate(asked)]
    told = attention(seen, 0, taught=True)
    figures = [
        ("right answers", told.mass_right),
        ("wrong answers", told.mass_wrong),
        ("right minus wrong", told.mass_difference),
        ("right answers, absolute", told.absolute_right),
        ("wrong answers, absolute", told.absolute_wrong),
        ("right minus wrong, absolute", told.absolute_difference),
        ("the box's share of the image", told.area),
    ]
    where = f"docvlm-tiny, attention in the answer's box (layer {told.layer}): "
    shown = f"{times:.2f}x ({plain:.0f} s, {len(asked):,} answers)"
    return [
        Row("attention maps against plain answering", shown, "<= 3x", times <= 3),
        *_covered(asked, model),
        *(Row(where + name, _told(one), "told", one.value is not None) for name, one in figures),
    ]


def _covered(asked: list[GroundingQuestion], model: LocalAnswerer) -> list[Row]:
    """The same study twice over one store."""
    names = list(dict.fromkeys(one.sample.document for one in asked))[:COVERED]
    few = [one for one in asked if one.sample.document in names]
    with tempfile.TemporaryDirectory(prefix="promptfit-bench-") as folder:
        new = []
        for _ in range(2):
            kept = stacked(model, Path(folder) / "answers.sqlite")
            look(few, Looker(kept, model=None), Scoring())
            new.append(kept.asked)
    goal = f"{planned(few):,}, then 0"
    shown = f"{new[0]:,}, then {new[1]:,}"
    return [
        Row(f"occlusion of {len(few)} answers, {len(FILLS)} fills, twice: new requests", shown, goal, shown == goal)
    ]


def _questions() -> list[GroundingQuestion]:
    data = load(PROJECT / "data" / "diverse")
    rows = collection.read(PROJECT / "prompts" / "handwritten" / "strict.csv")
    prompts = {data.resolve(row.field): row.prompt for row in rows}
    made, _ = questions(data.samples, lambda sample: prompts[sample.field], data.samples, FILLS, 0)
    return made


def _told(one: Share) -> str:
    if one.value is None or one.low is None or one.high is None:
        return "-"
    return f"{one.value:.1%} ({one.low:.1%} to {one.high:.1%}), {one.count:,} answers"
