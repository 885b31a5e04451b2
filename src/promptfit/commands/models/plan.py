"""What the YAMLs of conf/model and conf/generator name, without making any of it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from promptfit.commands.shared.models import known
from promptfit.paths import home
from promptfit.support.files.group_yaml import chain
from promptfit.support.http import prices
from promptfit.support.http.access import OPENAI, Access
from promptfit.support.http.price_table import announced_end
from promptfit.types import PromptfitError

_KINDS = {
    "LocalAnswerer": "transformers",
    "OfflineAnswerer": "vLLM",
    "OcrAnswerer": "OCR",
    "ManualAnswerer": "web page",
    "ManualGenerator": "web page",
    "NoGenerator": "no model",
}
"""By the class that `_target_` names; what stands for a chat API follows from its address."""
_CHAT = ("ChatAnswerer", "ChatGenerator")


@dataclass(frozen=True, slots=True)
class Shipped:
    """One YAML: who it is, where, and what that costs."""

    group: str
    """``model`` or ``generator``."""
    name: str
    kind: str
    model: str
    """The checkpoint, or the model's name at its server."""
    access: Access | None = None
    """How to get in, for those behind a chat API."""
    price: prices.Price | None = None
    """None where it is not known, or nobody is paid."""
    ends: str = ""
    """The day that the model is announced to end, as YYYY-MM-DD."""

    @property
    def has_key(self) -> bool:
        """Whether it can be asked as far as the key goes."""
        variable = self.access.variable if self.access else None
        return variable is None or bool(os.environ.get(variable, "").strip())


def shipped() -> list[Shipped]:
    """All of them, the answerers first.

    Raises:
        PromptfitError: A file can't be read, or names an address that is none.
    """
    return [
        _entry(group, home() / "conf" / group / f"{name}.yaml")
        for group in ("model", "generator")
        for name in known(group)
    ]


def _entry(group: str, path: Path) -> Shipped:
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        root = OmegaConf.create({group: OmegaConf.merge(*chain(path))})
        named: Any = root[group].get(group, root[group])  # a package of its own, as Hydra's `_global_`
        node = named.answerer if group == "model" else named
        kind = str(node.get("_target_")).rpartition(".")[2]
        if kind not in _CHAT:
            return Shipped(group, path.stem, _KINDS.get(kind, kind), str(node.get("checkpoint") or ""))
        return _behind_an_api(group, path.stem, node)
    except OmegaConfBaseException as error:
        raise PromptfitError(f"{path}: {str(error).splitlines()[0]}; mend it, or move it away") from error


def _behind_an_api(group: str, name: str, node: Any) -> Shipped:
    urls = node.base_url or OPENAI
    access = Access(group, name, node.model, (urls,) if isinstance(urls, str) else tuple(urls), node.key_variable)
    priced_as = str(node.litellm_model or node.model)
    try:
        price = prices.price_of(access.config, priced_as, node.price)
    except PromptfitError:
        price = None
    kind = "API" if access.elsewhere else "server"
    return Shipped(group, name, kind, access.model, access, price, announced_end(priced_as) if access.elsewhere else "")
