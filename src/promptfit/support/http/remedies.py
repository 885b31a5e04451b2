"""What the person is told of a call that failed: the place, the server's own words, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from promptfit.support.http.access import Access
from promptfit.support.http.faults import Permanent, Temporary
from promptfit.types import PromptfitError

_SAID = {"generator": "completed", "model": "answered"}
_CHANGES = {
    "max_tokens": "max_tokens_name: max_completion_tokens",
    "max_completion_tokens": "max_tokens_name: max_tokens",
    "chat_template_kwargs": "template_options: null",
}
"""What to say in the YAML instead, by the parameter that a server refuses, where that is not its name and null."""


def explained(
    access: Access, fault: Temporary | Permanent, settings: str, changes: Mapping[str, str] | None = None
) -> PromptfitError:
    """Returns what the person is told: the place, the fault and the remedy.

    Args:
        access: Who was asked.
        fault: What happened.
        settings: Names of the settings that a server may refuse.
        changes: What to say in the YAML instead, by a parameter that a setting of this call's own made.
    """
    variable = access.variable or "(key_variable is null)"
    if isinstance(fault, Temporary):
        return PromptfitError(
            f"{access.config}: {access.where} can't be asked now ({fault}); run again later, what was "
            f"{_SAID[access.group]} is kept; attempts, timeout and wait in that file say how long to try"
        )
    refused = f"{access.config}: {access.where} refused the call ({fault})"
    if fault.kind == "setting":
        return PromptfitError(f"{refused}: in that file say `{_change(fault.setting, changes or {})}`")
    remedy = {
        "right": f"the key in {variable} has no right to model: {access.model}; ask for it where the key is from, or "
        f"name another {access.group}",
        "country": "it does not serve the country, or the network, that this machine calls from; go by a way that "
        f"it allows (HTTPS_PROXY), or name another {access.group}",
        "forbidden": f"see what it says; the key in {variable}, what that may use, and where this machine calls from "
        "are what such a refusal is about",
        "key": f"put a valid key into the environment variable {variable}",
        "credit": f"there is no credit behind the key in {variable}; top it up, or name another {access.group}",
        "model": f"check model: {access.model} and base_url: {access.where}, and what the key in {variable} may use",
        "filter": "its filter does not let these images and texts pass; take other documents, or another "
        f"{access.group}",
        "request": f"check model: {access.model} and the settings there ({settings})",
    }[fault.kind]
    return PromptfitError(f"{refused}: {remedy}")


def _change(setting: str, own: Mapping[str, str]) -> str:
    """The line of the YAML that leaves a parameter out."""
    known = {**_CHANGES, **own}
    if setting in known:
        return known[setting]
    return f"{setting}: null" if setting in ("temperature", "seed", "detail") else f"extra_body: {{{setting}: null}}"
