"""What a screening asks: which images, which questions about each, and the true answers where they are known."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from promptfit.commands.shared import configured
from promptfit.commands.shared.answerers import asks
from promptfit.commands.shared.listed import named
from promptfit.data.images import ImageFacts, inspect
from promptfit.data.reader import Dataset
from promptfit.data.split import split
from promptfit.paths import resolve
from promptfit.report.screen_cells import ScreenQuestion
from promptfit.types import PromptfitError, Sample

MOST = 3
"""Images of one screening; more of them are a measurement, which `promptfit try` does."""


@dataclass(frozen=True, slots=True)
class ScreenPlan:
    """Questions in the order of their images; ``data`` is None where no data set was needed."""

    questions: tuple[ScreenQuestion, ...]
    data: Dataset | None = None
    typed: tuple[ImageFacts, ...] = ()
    """The images that somebody named."""


def plan_of(cfg: DictConfig) -> ScreenPlan:
    """Sorts out what was typed; what is missing comes from the data set.

    Raises:
        PromptfitError: An image can't be read, there are too many, a question is empty, or the data set is at fault.
    """
    images, free = _typed(cfg)
    typed = tuple(_inspected(path) for path in images)
    facts = [(one.path, one.shown_digest) for one in typed]
    inside = resolve(str(cfg.dataset.get("path", ""))).resolve()
    if images and free and not any(path.resolve().is_relative_to(inside) for path, _ in facts):
        return ScreenPlan(_asked(facts, free), typed=typed)
    data = _questions(cfg, configured.load_data(cfg), free)
    fields = set(configured.fields_of(cfg, data))
    samples = [sample for sample in data.samples if sample.field in fields]
    if not images:
        facts = _drawn(cfg, data, samples)
    asked = [one for path, digest in facts for one in _about(path, digest, free, samples)]
    return ScreenPlan(tuple(asked), data, typed=typed)


def _questions(cfg: DictConfig, data: Dataset, free: Sequence[str]) -> Dataset:
    """With the samples that `ask=` names; a typed question may be any of them."""
    return configured.questions_of(cfg, data, "both" if free and asks(cfg) != "fields" else None)


def checked(images: Sequence[Path], questions: Sequence[str]) -> ScreenPlan:
    """Free questions about images, with nothing known of them.

    Raises:
        PromptfitError: There are none or too many images, one can't be read, or there is no question.
    """
    if not images:
        raise PromptfitError("no image; give one to three of them")
    if not questions:
        raise PromptfitError("no question; write at least one")
    typed = tuple(_inspected(path) for path in _few(images))
    return ScreenPlan(_asked([(one.path, one.shown_digest) for one in typed], questions), typed=typed)


def _typed(cfg: DictConfig) -> tuple[list[Path], list[str]]:
    """Bare words are images where there is such a file, or where they end like one, and questions otherwise."""
    words = named(cfg.what) or []
    files = {word: resolve(word) for word in words}
    are_images = [word for word, path in files.items() if _is_file(path) or _ends_like_an_image(path)]
    images = [resolve(word) for word in [*are_images, *(named(cfg.images) or [])]]
    questions = [*(word for word in words if word not in are_images), *(named(cfg.questions) or [])]
    if any(not question.strip() for question in questions):
        raise PromptfitError("a question is empty; write what to ask, in quotes")
    return _few(images), list(dict.fromkeys(questions))


def _few(images: Sequence[Path]) -> list[Path]:
    kept = list(dict.fromkeys(images))
    if len(kept) > MOST:
        raise PromptfitError(f"{len(kept)} images; a screening takes at most {MOST}, `promptfit try` measures on more")
    return kept


def _asked(facts: Sequence[tuple[Path, str]], questions: Sequence[str]) -> tuple[ScreenQuestion, ...]:
    return tuple(ScreenQuestion(path, digest, text) for path, digest in facts for text in questions)


def _inspected(path: Path) -> ImageFacts:
    try:
        return inspect(path)
    except FileNotFoundError as error:
        raise PromptfitError(f"{path}: no such image; check the path (relative ones begin at the project)") from error
    except (OSError, ValueError) as error:
        raise PromptfitError(f"{path}: {error}") from error


def _drawn(cfg: DictConfig, data: Dataset, samples: Sequence[Sample]) -> list[tuple[Path, str]]:
    """Images of the search split, a document type after the other, so that the holdout stays unseen."""
    if not 1 <= int(cfg.count) <= MOST:
        raise PromptfitError(f"count={cfg.count}: a screening takes 1 to {MOST} images of the data set")
    wanted = set(samples)
    found = [sample for sample in split(data, seed=cfg.seed, overlap=True)["search"] if sample in wanted]
    types = {sample.image: sample.field.doc_type for sample in found}
    digests = {sample.image: sample.shown_digest for sample in found}
    images = list(types)
    random.Random(cfg.seed).shuffle(images)
    before: Counter[str] = Counter()
    rank = {}
    for image in images:
        rank[image] = before[types[image]]
        before[types[image]] += 1
    return [(image, digests[image]) for image in sorted(images, key=rank.__getitem__)[: int(cfg.count)]]


def _about(path: Path, digest: str, free: Sequence[str], samples: Sequence[Sample]) -> list[ScreenQuestion]:
    """The questions of one image: those typed, or its own in the data set, or all of the data set's."""
    known = {sample.question: sample for sample in samples if sample.image.resolve() == path.resolve()}
    texts = free or list(known) or list(dict.fromkeys(sample.question for sample in samples))
    return [ScreenQuestion(path, digest, text, known.get(text)) for text in texts]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a question may be longer than any file's name
        return False


def _ends_like_an_image(path: Path) -> bool:
    from PIL import Image

    return path.suffix.lower() in Image.registered_extensions()
