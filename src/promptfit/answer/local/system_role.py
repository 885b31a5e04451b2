"""Whether a checkpoint's chat template takes a system text: some refuse it, and some leave it out without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from promptfit.answer.local.checkpoint_settings import CheckpointSettings
from promptfit.answer.local.loadable import unloadable
from promptfit.types import PromptfitError, Request


def check_system(settings: CheckpointSettings, requests: Iterable[Request]) -> None:
    """Looks before any weights are loaded.

    Args:
        settings: Of the answerer, whichever back end it has.
        requests: What it is asked.

    Raises:
        PromptfitError: A system text would not come to the model.
    """
    unknown = {request.system for request in requests} - {"", *settings.checked_systems}
    if not unknown:
        return
    from transformers import AutoProcessor

    try:
        processor = AutoProcessor.from_pretrained(**settings.origin())
    except Exception as error:
        raise unloadable(settings, error) from error
    for system in sorted(unknown):
        if fault := _fault(processor, settings.template, system):
            raise PromptfitError(
                f"{settings.checkpoint}: its chat template {fault}; leave it empty (model.system=), say it in "
                "the prompt, or give another template (chat_template=)"
            )
        settings.checked_systems.add(system)


def _fault(processor: Any, template: Mapping[str, Any], system: str) -> str:
    """What the template does to a system text, if it does not show it."""

    def laid_out(*messages: dict[str, Any]) -> str:
        return str(processor.apply_chat_template(list(messages), tokenize=False, **template))

    told = {"role": "system", "content": [{"type": "text", "text": system}]}
    user = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "?"}]}
    try:
        text = laid_out(told, user)
    except Exception as error:  # templates raise what they like
        with suppress(Exception):
            laid_out(user)
            return f"refuses a system text ({(str(error).strip() or repr(error)).splitlines()[0]})"
        return ""  # the fault is another one, which loading will tell
    if f"'text': {system!r}" in text:
        return "prints a system text with the marks of its parts"
    return "" if system.strip() in text else "leaves a system text out"
