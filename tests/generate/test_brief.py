from pathlib import Path

from promptfit.generate.brief import LONGEST_EXAMPLE, brief_of
from promptfit.types import Field, Sample

FIELD = Field("passport", "Фамилия")


def _sample(document: str, answer: str, capture: int = 0) -> Sample:
    return Sample(document, Path(f"{document}-{capture}.png"), f"{document}{capture}", "?", answer, FIELD, "search")


SAMPLES = [_sample(f"p{i}", f"Фамилия{i % 7}", capture) for i in range(20) for capture in range(2)]


def test_examples_and_documents_are_distinct_and_few() -> None:
    brief = brief_of(FIELD, "docvlm-tiny", SAMPLES, seed=0, examples=5, images=3, vision=True)
    assert (brief.field, brief.answerer) == (FIELD, "docvlm-tiny")
    assert len(set(brief.examples)) == len(brief.examples) == 5
    assert set(brief.examples) <= {sample.answer for sample in SAMPLES}
    assert len({path.name.split("-")[0] for path in brief.images}) == len(brief.images) == 3


def test_the_images_are_those_of_the_first_examples() -> None:
    unique = [_sample(f"p{i}", f"Ответ {i}") for i in range(20)]
    brief = brief_of(FIELD, "m", unique, seed=3, images=2, vision=True)
    answers = {sample.image: sample.answer for sample in unique}
    assert [answers[image] for image in brief.images] == list(brief.examples[:2])


def test_the_seed_decides_and_the_order_of_samples_does_not() -> None:
    one = brief_of(FIELD, "m", SAMPLES, seed=0, vision=True)
    assert brief_of(FIELD, "m", SAMPLES[::-1], seed=0, vision=True) == one
    assert len({brief_of(FIELD, "m", SAMPLES, seed=seed, vision=True) for seed in range(5)}) > 1


def test_a_generator_that_does_not_see_is_shown_no_image() -> None:
    brief = brief_of(FIELD, "m", SAMPLES, seed=0)
    assert brief.images == ()
    assert brief.words()["images"] == "0"


def test_few_and_odd_samples() -> None:
    samples = [_sample("a", "  "), _sample("b", "x" * 1000), _sample("c", "две\n\nстроки"), _sample("d", "две строки")]
    brief = brief_of(FIELD, "m", samples, seed=0, images=9, vision=True)
    assert sorted(brief.examples) == ["x" * LONGEST_EXAMPLE + "…", "две строки"]
    assert len(brief.images) == 4
    assert brief_of(FIELD, "m", [], seed=0).examples == ()
