"""What a study of looking takes out of its configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from omegaconf import DictConfig

from promptfit.answer.attending import Attending
from promptfit.answer.cached_answerer import CachedAnswerer
from promptfit.answer.stack import stacked
from promptfit.commands.shared import configured
from promptfit.commands.shared.answerers import answerer_of
from promptfit.commands.shared.best_prompts import part_of
from promptfit.commands.shared.listed import listed
from promptfit.commands.shared.private_results import privacy_of
from promptfit.commands.shared.study_plan import StudyPlan
from promptfit.data.reader import Dataset
from promptfit.paths import home, resolve
from promptfit.study.grounding.grounding import Found, Looker
from promptfit.study.grounding.occluder import checked_fills
from promptfit.study.grounding.occlusion import GroundingQuestion, questions
from promptfit.study.records.study_source import Source
from promptfit.types import PromptfitError, Sample


def fills_of(cfg: DictConfig) -> tuple[str, ...]:
    """The fills, one name or a list of them."""
    return checked_fills([str(fill) for fill in listed(cfg.fills)])


def questions_of(
    cfg: DictConfig, plan: StudyPlan, samples: Sequence[Sample], fills: Sequence[str]
) -> tuple[list[GroundingQuestion], dict[str, int]]:
    """Where to cover each of the plan's samples; and how many were left out, by the reason.

    Args:
        cfg: With `seed` and `dataset`.
        plan: What is to be asked.
        samples: The whole data set.
        fills: What covers.

    Raises:
        PromptfitError: No sample can be studied.
    """
    made, left_out = questions(plan.samples, lambda sample: plan.prompts[sample.field], samples, fills, cfg.seed)
    if not made:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items())
        raise PromptfitError(
            f"the data set {cfg.dataset.name} has no sample to look at ({reasons or 'none at all'}): where the answers "
            "stand has to be known; fill answer_bbox in annotation.csv, or take another data set"
        )
    return made, left_out


def looker_of(cfg: DictConfig, data: Dataset) -> tuple[Looker, CachedAnswerer]:
    """Who is asked: with kept answers, and for its attention.

    Raises:
        PromptfitError: The data set is private and the answerer elsewhere.
    """
    model = answerer_of(cfg)
    kept = stacked(model, resolve(cfg.store), privacy_of(cfg, data))
    # attention is asked of the model itself, past the guard of `kept`: so of one on this machine alone
    attends = kept if isinstance(model, Attending) and kept.remote else model
    return Looker(kept, attends, str(cfg.model.system), str(cfg.generic)), kept


def folder(cfg: DictConfig) -> Path:
    """Where the results go; some fields alone never overwrite the whole study."""
    whole = home() / "study" / str(cfg.model.name) / part_of(cfg)
    return whole if cfg.field is None else whole / "part"


def params(cfg: DictConfig, plan: StudyPlan, fills: Sequence[str]) -> dict[str, object]:
    """The params of the run."""
    return {
        **configured.described(cfg),
        "collection": plan.collection,
        "documents": plan.documents,
        "fills": ",".join(fills),
    }


def source(
    cfg: DictConfig, data_digest: str, plan: StudyPlan, left_out: Mapping[str, int], found: Found, run_id: str
) -> Source:
    """What the study was made from."""
    whole = plan.source(cfg, "look", data_digest, run_id, found.requests)
    documents = len({one.question.sample.document for one in found.answers})
    return replace(whole, documents=documents, left_out={**plan.left_out, **left_out})
