"""The answerer as a command asks it: a record's answer is longer than a field's."""

from __future__ import annotations

from omegaconf import DictConfig, OmegaConf

from promptfit.answer.answerer import Answerer
from promptfit.build import instantiate
from promptfit.commands.shared import composed
from promptfit.commands.shared.listed import listed
from promptfit.data.records import ASKS
from promptfit.support.texts import as_name
from promptfit.types import RECORD, PromptfitError


def asks(cfg: DictConfig) -> str:
    """What `ask=` says; records are asked, too, where `field=` names one.

    Raises:
        PromptfitError: There is no such `ask`.
    """
    ask = str(cfg.get("ask", "fields"))
    if ask not in ASKS:
        raise PromptfitError(f"ask={ask}: there are {', '.join(ASKS)}")
    records = [as_name(str(name)).endswith(f" {RECORD}") for name in listed(cfg.get("field"))]
    if ask == "fields" and any(records):
        return "record" if all(records) else "both"
    return ask


def answerer_of(cfg: DictConfig, model: DictConfig | None = None, ask: str | None = None) -> Answerer:
    """Builds the answerer; where records are asked, with its `records` settings, unless others were typed.

    Args:
        cfg: With `model` and `ask`.
        model: Another answerer's config.
        ask: In the place of `ask=`.
    """
    chosen = cfg.model if model is None else model
    own = chosen.get("records") or {}
    if (ask or asks(cfg)) == "fields":
        own = {}
    kept = {key: value for key, value in own.items() if not composed.typed(f"model.answerer.{key}")}
    built: Answerer = instantiate(OmegaConf.merge(chosen.answerer, kept) if kept else chosen.answerer)
    return built
