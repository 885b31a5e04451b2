"""The only place where a configuration becomes objects, and only those that are known as parts."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from promptfit.paths import home
from promptfit.types import PromptfitError

_PARTS = {
    "answer": "chat.chat_answerer.ChatAnswerer local.local_answerer.LocalAnswerer manual_answerer.ManualAnswerer "
    "tesseract.ocr_answerer.OcrAnswerer vllm.offline_answerer.OfflineAnswerer",
    "augment": "blur.Defocus blur.MotionBlur combined.Combined copies.Photocopy copies.TwoTones cover.Finger "
    "cover.Stamp fold.Fold geometry.Perspective geometry.QuarterTurn geometry.Rotation light.Glare light.Shadow "
    "noise.GaussianNoise noise.SaltPepper paper.BleedThrough paper.InkLoss paper.Stain size.Jpeg size.PixelLimit "
    "size.Resolution tone.Brightness tone.LowContrast",
    "data": "formats.funsd_format.FunsdFormat formats.huggingface_format.HuggingfaceFormat "
    "formats.label_studio_format.LabelStudioFormat formats.sroie_format.SroieFormat formats.table_format.TableFormat "
    "formats.vlmhyperbench_format.VlmhyperbenchFormat reader.load_as",
    "docvlm": "recipe.Recipe",
    "evaluate": "no_race.NoRace",
    "generate": "chat_generator.ChatGenerator generator.NoGenerator manual_generator.ManualGenerator "
    "metaprompt.MetaPrompt",
    "search": "search_rules.SearchRacing strategies.candidates.Candidates strategies.edits.edits_strategy.Edits "
    "strategies.feedback.Feedback strategies.gepa.gepa_strategy.GepaStrategy "
    "strategies.textgrad.textgrad_strategy.TextGradStrategy",
    "select": "select_rules.SelectRacing",
}
PARTS = frozenset(f"promptfit.{room}.{name}" for room, names in _PARTS.items() for name in names.split())
"""What a `_target_` may name: a command line, or a YAML from elsewhere, could name any function of any module else."""
OWN = "conf/local/targets.yaml"
"""A person's own classes, one `- module.Class` a line. Hydra does not compose it, so no other file can add to it."""


def instantiate(node: Any, **more: Any) -> Any:
    """Builds what the node's `_target_` names, plain containers all the way down.

    Args:
        node: A part of the composed configuration.
        more: Arguments that the configuration does not hold.

    Raises:
        PromptfitError: The target is no known part, can't be imported, or does not take these arguments.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate as build
    from omegaconf import OmegaConf

    plain = OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node
    for target in _targets([plain, more]):
        _check(target)
    try:
        return build(node, _convert_="all", **more)
    except InstantiationException as fault:
        if isinstance(fault.__cause__, PromptfitError):
            raise fault.__cause__ from None
        raise PromptfitError(f"_target_: {node.get('_target_')}: {_reason(fault)}") from fault


def _targets(node: Any) -> Iterator[Any]:
    """Every `_target_`, however deep: Hydra calls those of arguments, too."""
    if isinstance(node, dict):
        if "_target_" in node:
            yield node["_target_"]
        for value in node.values():
            yield from _targets(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _targets(value)


def _check(target: Any) -> None:
    own = _own()
    if isinstance(target, str) and (target in PARTS or target in own):
        return
    near = get_close_matches(str(target), PARTS | set(own), n=1)
    raise PromptfitError(
        f"_target_: {target} is not a part of promptfit, and is not called"
        + (f"; did you mean {near[0]}?" if near else ".")
        + f" A class of your own stands in {home() / OWN}, one `- module.Class` a line"
    )


def _own() -> list[str]:
    import yaml

    path = home() / OWN
    try:
        listed = yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PromptfitError(f"{path}: cannot be read ({type(error).__name__}); one `- module.Class` a line") from error
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise PromptfitError(f"{path}: no list of names; one `- module.Class` a line")
    return listed


def _reason(fault: Exception) -> str:
    """The first cause in one line: Hydra repeats the target and the whole call."""
    cause: BaseException = fault
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return f"{type(cause).__name__}: {cause}".splitlines()[0]
