"""The worst mistakes with their images: whoever improves prompts sees them, in every strategy that asks a generator."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.stated import search_rules
from omegaconf import OmegaConf
from PIL import Image

from promptfit.build import instantiate
from promptfit.data.grouping import by_field
from promptfit.data.privacy import Privacy
from promptfit.evaluate.scoring import Scoring
from promptfit.generate.author import Author
from promptfit.generate.brief import brief_of
from promptfit.generate.cached_generator import CachedGenerator, CompletionCache
from promptfit.generate.generator import Completion, Generator, Message
from promptfit.generate.spending import Limits, Spending
from promptfit.search.search_run import SearchResult, run_search
from promptfit.types import PromptfitError, Sample
from scripted_answerer import CONF, FIELDS, FollowingAnswerer, ListRecorder, samples
from scripted_generator import Scripted

(FIELD, *_) = ONE = {field: FIELDS[field] for field in list(FIELDS)[:1]}
STRATEGIES = ["feedback", "textgrad", "gepa"]
LINE = re.compile(r"attached image (\d+): expected: '([^']*)'")


class Seeing(Scripted):
    """Sees images; every prompt that it writes is another one, and none is any better."""

    def __init__(self, images: int = 3, remote: bool = False) -> None:
        super().__init__(lambda text, draw: f"<prompt>Прочитай поле, попытка {len(text)} {draw}</prompt>")
        self.vision, self.most_images, self.concurrency, self.remote = True, images, 1, remote
        self.talks: list[Message] = []

    def complete(self, messages: Sequence[Message], draw: int = 0) -> Completion:
        self.talks.append(messages[-1])
        return super().complete(messages, draw)


def search(
    strategy: str, generator: Generator, mistake_images: int, asked: Sequence[Sample] | None = None, examples: int = 2
) -> SearchResult:
    splits = {"search": list(asked or samples(12, "search", ONE)), "holdout": samples(5, "holdout", ONE)}
    own = by_field(splits["search"])
    briefs = {one: brief_of(one, "scripted", each, 0, images=examples, vision=True) for one, each in own.items()}
    metaprompt = instantiate(OmegaConf.load(CONF / "metaprompt/en.yaml"))
    author = Author(generator, metaprompt, Spending(Limits(calls=12), [FIELD]), briefs, mistake_images=mistake_images)
    rules = instantiate(OmegaConf.load(CONF / f"strategy/{strategy}.yaml"))
    return run_search(splits, FollowingAnswerer(), rules, author, 150, ListRecorder(), Scoring(), search_rules())


def truths(own: Sequence[Sample]) -> Mapping[Path, str]:
    return {one.image: one.answer for one in own}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_mistake_names_the_image_that_it_is_of(strategy: str) -> None:
    generator, known = Seeing(), truths(samples(12, "search", ONE))
    search(strategy, generator, 3)
    told = [(talk, LINE.findall(talk.text)) for talk in generator.talks if LINE.search(talk.text) and talk.images]
    assert told and any(len(talk.images) > 1 for talk, _ in told)
    for talk, lines in told:
        assert len(set(talk.images)) == len(talk.images) <= 3
        assert {int(place) for place, _ in lines} == set(range(1, len(talk.images) + 1))
        assert all(known[talk.images[int(place) - 1]] == expected for place, expected in lines)
        places = [int(place) for place, _ in lines]
        first = sorted(set(places), key=places.index)
        assert first == sorted(first), "in the order of the mistakes"
        if "Images of such documents attached" in talk.text:
            assert f"Images of such documents attached: {len(talk.images)}\n" in talk.text


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_with_none_it_sees_a_few_examples_as_ever(strategy: str) -> None:
    generator = Seeing()
    search(strategy, generator, 0)
    assert not any("attached image" in talk.text for talk in generator.talks)
    assert {len(talk.images) for talk in generator.talks} <= {0, 2}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_private_image_leaves(strategy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPTFIT_HOME", str(tmp_path / "home"))
    asked = []
    for place, one in enumerate(samples(12, "search", ONE)):
        Image.new("RGB", (40 + place, 30)).save(tmp_path / one.image.name)
        asked.append(replace(one, image=tmp_path / one.image.name))
    generator = Seeing(remote=True)
    kept = CachedGenerator(generator, CompletionCache(tmp_path / "store.sqlite"), Privacy(private=False))
    with pytest.raises(PromptfitError, match=r"not of a public data set.*allow_private=true"):
        search(strategy, kept, 3, asked, examples=0)
    assert not any(talk.images for talk in generator.talks), "what was told before has no image"


@pytest.mark.parametrize(
    ("images", "most", "why"),
    [
        (1, 0, "mistake_images=1: generator=scripted sees no images; say 0"),
        (4, 3, "at most 3 images a call; say mistake_images=3, or raise that"),
        (-1, 3, "0 or more"),
    ],
)
def test_what_the_generator_is_not_shown_is_refused_at_once(images: int, most: int, why: str) -> None:
    with pytest.raises(PromptfitError, match=why):
        search("feedback", Seeing(most), images)
