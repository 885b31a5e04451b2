"""What an answer depends on, with scripted answerers of which it is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import looking
from looking import Reader
from parted import answered
from present import present
from promptfit.answer.attending import Gaze, NoAttention
from promptfit.answer.stack import stacked
from promptfit.evaluate.ask import ask
from promptfit.evaluate.scoring import Scoring
from promptfit.score.normalize import Chain
from promptfit.study.grounding import occlusion
from promptfit.study.grounding.grounding import Found, Looker, look, planned
from promptfit.study.grounding.grounding_record import record_of
from promptfit.study.grounding.occlusion import MISLED, READ, UNSTEADY, WITHOUT, WRONG, GroundingQuestion
from promptfit.study.grounding.overlays import draw, telling
from promptfit.study.records import study_file
from promptfit.study.records.look_json import LookRecord
from promptfit.study.records.study_source import Source
from promptfit.types import NoAnswer, Prompt, Request, Sample

FILLS = ("background", "blur", "noise")
SOURCE = Source("scripted", "d", "", "", "", 0, ["strip"], "", "", 0, 0)


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    return looking.documents(tmp_path / "images", 6)


def asked(samples: list[Sample], fills: tuple[str, ...] = FILLS) -> list[GroundingQuestion]:
    made, left_out = occlusion.questions(samples, lambda sample: sample.field.name, samples, fills, 0)
    assert not left_out
    return made


def study(samples: list[Sample], how: str, folder: Path, model: object = None) -> tuple[Found, Reader]:
    reader, questions = Reader(samples, how), asked(samples)
    kept = stacked(reader, folder / "answers.sqlite")
    return look(questions, Looker(kept, model), Scoring()), reader


@pytest.mark.parametrize(
    ("how", "verdict"),
    [
        ("box", READ),
        ("nowhere", WITHOUT),
        ("everywhere", UNSTEADY),
        ("wrong box", WRONG),
        ("wrong nowhere", MISLED),
        ("wrong everywhere", UNSTEADY),
    ],
)
def test_every_answerer_gets_the_verdict_that_it_deserves(
    samples: list[Sample], tmp_path: Path, how: str, verdict: str
) -> None:
    found, _ = study(samples, how, tmp_path)
    assert {one.verdict for one in found.answers} == {verdict}
    record = record_of(found, SOURCE, FILLS, taught=False, overlays=lambda _: [])
    assert record.metrics[f"share_{verdict.replace(' ', '_')}"] == 1 and record.metrics["answers"] == 12
    assert len(record.verdicts) == 8 and sum(one.answers for one in record.verdicts) == 12
    (row,) = [one for one in record.verdicts if one.answers]
    assert row.fields == {"passport Имя": 6, "passport Номер": 6}
    assert row.right == (not how.startswith("wrong")) and row.verdict == verdict


def test_each_variant_is_asked_once_and_kept(samples: list[Sample], tmp_path: Path) -> None:
    found, reader = study(samples, "box", tmp_path)
    assert found.requests == planned(asked(samples)) == len(reader.asked) == 12 * 7
    assert len({(one.image_digest, one.altered, one.prompt) for one in reader.asked}) == 12 * 7
    again, idle = study(samples, "box", tmp_path)
    assert again.answers == found.answers and not idle.asked


def test_most_fills_decide_and_a_tie_is_no_change(samples: list[Sample], tmp_path: Path) -> None:
    found, _ = study(samples, "box", tmp_path)
    one = found.answers[0]
    stubborn = replace(one.variants[0], changed=False)
    assert replace(one, variants=(stubborn, *one.variants[1:])).verdict == READ
    assert replace(one, variants=(stubborn, one.variants[1])).verdict == WITHOUT
    moved = [replace(variant, stayed=False) for variant in one.variants]
    assert replace(one, variants=(moved[0], *one.variants[1:])).verdict == READ
    assert replace(one, variants=(moved[0], moved[1], one.variants[2])).verdict == UNSTEADY


def test_what_the_normalisation_takes_away_is_no_change(samples: list[Sample]) -> None:
    question = asked(samples, ("white",))[0]
    clean = ask(Reader(samples, "box"), [(Prompt(samples[0].field.name), samples[0])], Scoring())[0]
    told = occlusion.looked(question, clean, [(" Анна0 ", "анна0")], Chain())
    assert not told.changes and not told.stays
    assert occlusion.looked(question, clean, [("б", "анна0")], Chain(["strip", "lower"])).verdict == READ


def test_samples_without_a_box_or_room_are_counted(samples: list[Sample]) -> None:
    bare = replace(samples[0], box=None)
    full = [replace(one, box=(0, 0, *looking.SIZE)) for one in samples[2:4]]
    made, left_out = occlusion.questions([bare, *full, *samples[4:]], lambda _: "p", samples, FILLS, 0)
    assert len(made) == len(samples[4:]) and left_out == {"no box": 1, "no room elsewhere": 2}


def test_elsewhere_keeps_away_from_the_boxes_of_fields_that_are_not_asked(samples: list[Sample]) -> None:
    made, _ = occlusion.questions(samples[:1], lambda _: "p", samples, FILLS, 0)
    own, other = looking.BOXES[looking.NAME], looking.BOXES[looking.NUMBER]
    for pair in made[0].covers:
        for x1, y1, x2, y2 in pair.elsewhere.patches:
            assert not any(x1 < b[2] and b[0] < x2 and y1 < b[3] and b[1] < y2 for b in (own, other))


class Gazer:
    """A scripted model that says where it looked: at the upper left, more with each layer."""

    def __init__(self, fault: Exception | None = None, lost: Collection[int] = ()) -> None:
        self.fault, self.lost = fault, lost

    def attend(
        self, requests: Sequence[Request], answers: Sequence[str], generic: str
    ) -> Iterator[tuple[int, Gaze | NoAnswer]]:
        assert len(requests) == len(answers) and generic
        for index in range(len(requests) - bool(self.fault)):
            question = np.ones((3, 3, 4), dtype=np.float32)
            question[:, 0, 0] = [1, 10, 5]
            gaze = Gaze(question, np.full_like(question, 0.1))
            yield index, NoAnswer("no memory") if index in self.lost else gaze
        if self.fault:
            raise self.fault


def test_attention_is_measured_beside(samples: list[Sample], tmp_path: Path) -> None:
    found, _ = study(samples, "box", tmp_path, Gazer())
    record = record_of(found, SOURCE, FILLS, taught=True, overlays=lambda _: [])
    assert record.attention and record.attention.taught and record.no_attention == ""
    assert record.attention.layer == 1 and len(record.attention.layers) == 3
    name, number = (present(record.attention.fields[field].value) for field in ("passport Имя", "passport Номер"))
    assert name > number
    assert record.metrics["attention_mass"] > record.metrics["attention_area"]


def test_without_attention_occlusion_goes_on_alone(samples: list[Sample], tmp_path: Path) -> None:
    for model, why in ((Reader(samples, "box"), "Reader gives no attention"), (Gazer(NoAttention("tiles")), "tiles")):
        found, _ = study(samples, "box", tmp_path, model)
        record = record_of(found, SOURCE, FILLS, taught=False, overlays=lambda _: [])
        assert record.attention is None and why in record.no_attention
        assert record.metrics["share_read"] == 1 and "attention_mass" not in record.metrics


def test_attention_that_fails_for_some_is_said(samples: list[Sample], tmp_path: Path) -> None:
    found, _ = study(samples, "box", tmp_path, Gazer(lost=(11,)))
    assert found.left_out == {"attention failed": 1}
    assert [one.glance is None for one in found.answers] == [False] * 11 + [True]


def test_does_looking_right_predict_reading_right(samples: list[Sample], tmp_path: Path) -> None:
    readers, _ = study(samples, "box", tmp_path)
    guessers, _ = study(samples, "wrong nowhere", tmp_path)
    mixed = replace(readers, answers=[*readers.answers[:8], *guessers.answers[8:]])
    record = record_of(mixed, SOURCE, FILLS, taught=False, overlays=lambda _: [])
    assert record.cer_looking.value == 0 and present(record.cer_not_looking.value) > 0.5
    assert record.difference.value == record.cer_not_looking.value
    assert record.right_looking.value == 1 and record.right_not_looking.value == 0
    assert (record.right_looking.count, record.right_not_looking.count) == (8, 4)


@pytest.mark.slow
def test_pictures_show_every_verdict_and_old_ones_go(samples: list[Sample], tmp_path: Path) -> None:
    readers, _ = study(samples, "box", tmp_path, Gazer())
    guessers, _ = study(samples, "nowhere", tmp_path)
    some = telling([*readers.answers, *guessers.answers], 5, seed=0)
    assert len(some) == 5 and [one.verdict for one in some[:2]] == [WITHOUT, READ]
    assert len({one.question.sample.field for one in some[:2]}) == 2, "each time the field that was shown least"
    assert telling(readers.answers, 0, 0) == [] and len(telling(readers.answers, 99, 0)) == 12
    gazes = answered(Gazer().attend([Request(Path("x"), "x", "p")] * 5, [""] * 5, "g"))
    made = draw(tmp_path, some, gazes, layer=1)
    files = sorted(path.name for path in (tmp_path / "look").iterdir())
    assert len(files) == 15 and {"001-heat.png", "005-elsewhere.png"} <= set(files)
    for one in made:
        for name in (one.heat, one.covered, one.elsewhere):
            with Image.open(tmp_path / name) as picture:
                assert picture.size == (480, 270)
    assert made[0].covered_answer == made[0].answer and made[1].covered_answer == "не видно"
    assert made[1].elsewhere_answer == made[1].answer == made[1].truth
    first = {name: (tmp_path / "look" / name).read_bytes() for name in files}
    (again,) = draw(tmp_path, some[:1], {}, layer=None)
    assert again.heat == "" and again.mass is None
    assert sorted(path.name for path in (tmp_path / "look").iterdir()) == ["001-covered.png", "001-elsewhere.png"]
    assert (tmp_path / "look/001-covered.png").read_bytes() == first["001-covered.png"]


def test_the_record_goes_through_its_file(samples: list[Sample], tmp_path: Path) -> None:
    found, _ = study(samples, "box", tmp_path, Gazer())
    record = record_of(found, SOURCE, FILLS, taught=True, overlays=lambda layer: draw(tmp_path, [], {}, layer))
    study_file.write(tmp_path / "look.json", record)
    assert study_file.read(tmp_path / "look.json", LookRecord) == record
