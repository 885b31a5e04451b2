"""Errors are taken apart against the nearest of several true answers."""

from __future__ import annotations

from pathlib import Path

from answered import SOURCE, STRIP, SURNAME
from promptfit.commands.shared.study_plan import StudyPlan
from promptfit.commands.stress.plan import questions_of
from promptfit.evaluate.scoring import Scoring
from promptfit.study.errors.classify import Read, errors_record, kind_of
from promptfit.types import Answer, Field, Sample

TRUTHS = ("Салтыков", "Салтыков-Щедрин")


def read(answer: str) -> Read:
    sample = Sample("1", Path("1.png"), "1", "", TRUTHS[0], SURNAME, "test", accepted=TRUTHS[1:])
    (one,) = Scoring(STRIP).scored([sample], [Answer(answer)])
    return Read(sample, "?", one.reading.value, one.counts, "", 0, 10.0, (), nearest=one.nearest)


def test_the_kinds_sum_up_to_the_edits_of_the_nearest() -> None:
    near = read("Салтыков-Щедрим")
    assert near.expected == TRUTHS[1] and kind_of(near, STRIP) == "substitution"
    record = errors_record([near, read("Салтыков")], SOURCE, STRIP, 0)
    assert sum(record.kinds.values()) == 1
    assert record.overall.exact == 0.5


def test_all_truths_of_other_fields_are_known_as_theirs(tmp_path: Path) -> None:
    from PIL import Image

    image = tmp_path / "1.png"
    Image.new("L", (40, 20), 255).save(image)
    name = Sample("1", image, "1", "", "Михаил", Field("passport", "Имя"), "test", accepted=("МИХАИЛ", "-"))
    surname = Sample("1", image, "1", "", TRUTHS[0], SURNAME, "test", accepted=TRUTHS[1:])
    plan = StudyPlan(Path("c.csv"), {SURNAME: "?"}, (surname,), {}, ())
    (question,) = questions_of(plan, [name, surname])
    assert question.others == ("Михаил", "МИХАИЛ", "")
