"""What a stress study takes out of its configuration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from promptfit.augment.condition import Condition
from promptfit.augment.operation import SEVERITIES
from promptfit.augment.text_height import text_height
from promptfit.build import instantiate
from promptfit.commands.shared import configured, models
from promptfit.commands.shared.best_prompts import part_of
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.study_plan import StudyPlan
from promptfit.data.reader import Dataset
from promptfit.paths import home
from promptfit.study.robustness.robustness_study import Asked, StressQuestion
from promptfit.support.files import pixels
from promptfit.support.grouped_by import grouped_by
from promptfit.support.parsing.absence import is_absent
from promptfit.types import PromptfitError, Sample


def conditions_of(cfg: DictConfig) -> list[Condition]:
    """Every augmentation at every severity, in the order of their names.

    Raises:
        PromptfitError: A severity is none.
    """
    operations = [instantiate(node) for node in cfg.augmentation.values()]
    return [
        Condition(operation, severity, int(cfg.seed)) for operation in operations for severity in severities_of(cfg)
    ]


def severities_of(cfg: DictConfig) -> list[int]:
    """The severities in rising order.

    Raises:
        PromptfitError: One is no whole number from 1 to 5, or there is none.
    """
    said = listed(cfg.severities)
    if not said or any(isinstance(one, bool) or one not in SEVERITIES for one in said):
        raise PromptfitError(f"severities={cfg.severities}: whole numbers from 1 to 5, such as severities=[1,3,5]")
    return sorted({int(one) for one in said})


def threshold_of(cfg: DictConfig) -> float:
    """The CER from which a field counts as broken.

    Raises:
        PromptfitError: It is none.
    """
    if isinstance(cfg.threshold, bool) or not isinstance(cfg.threshold, int | float) or not cfg.threshold > 0:
        raise PromptfitError(f"threshold={cfg.threshold}: a CER above 0, such as 0.2")
    return float(cfg.threshold)


def baseline_of(cfg: DictConfig) -> DictConfig | None:
    """The config of the baseline answerer.

    Raises:
        PromptfitError: There is no such config, or it is the one that is studied.
    """
    if cfg.baseline is None:
        return None
    if str(cfg.baseline) == str(cfg.model.name):
        raise PromptfitError(f"baseline={cfg.baseline} is the answerer that is studied; name another, or none")
    return models.composed("baseline", str(cfg.baseline))


def asked_of(cfg: DictConfig, data: Dataset, model: DictConfig) -> Asked:
    """An answerer with what it has answered before."""
    return Asked(str(model.name), configured.kept_answerer(cfg, data, model), str(model.system))


def questions_of(plan: StudyPlan, samples: Sequence[Sample]) -> list[StressQuestion]:
    """The plan's samples with their prompts, the text's height in each image, and the documents' other answers.

    Args:
        plan: What is to be asked.
        samples: The whole data set, whose boxes say how tall the text is.
    """
    by_image = grouped_by(samples, lambda one: one.image)
    answers: dict[str, dict[str, list[str]]] = {}
    for sample in samples:
        there = ["" if is_absent(text, sample.kind) else text for text in sample.truths]
        answers.setdefault(sample.document, {})[sample.field.name] = there
    heights = {image: text_height(by_image[image], pixels.read(image)) for image in {s.image for s in plan.samples}}
    others = {
        (document, field): tuple(answer for name, there in own.items() if name != field for answer in there)
        for document, own in answers.items()
        for field in own
    }
    return [
        StressQuestion(one, plan.prompts[one.field], heights[one.image], others[one.document, one.field.name])
        for one in plan.samples
    ]


def folder(cfg: DictConfig) -> Path:
    """Where the results go; a part of the fields or augmentations never overwrites the whole study."""
    whole = home() / "study" / str(cfg.model.name) / part_of(cfg)
    every = OmegaConf.load(home() / "conf" / "augmentation" / "all.yaml").defaults
    chosen = [str(name) for name in cfg.augmentation]
    if set(every) <= set(chosen):
        return whole if cfg.field is None else whole / "part"
    name = "+".join(sorted(chosen)) or "none"
    return whole / "part" / (name if len(name) <= 100 else f"{len(chosen)} augmentations")


def params(cfg: DictConfig, plan: StudyPlan) -> dict[str, object]:
    """The params of the run and of its conditions."""
    return {
        **configured.described(cfg),
        "collection": plan.collection,
        "baseline": cfg.baseline or "",
        "documents": plan.documents,
    }
