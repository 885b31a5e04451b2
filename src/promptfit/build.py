"""The only place where a configuration becomes objects: a YAML's `_target_` is the registry."""

from __future__ import annotations

from typing import Any

from promptfit.types import PromptfitError


def instantiate(node: Any, **more: Any) -> Any:
    """Builds what the node's `_target_` names, plain containers all the way down.

    Args:
        node: A part of the composed configuration.
        more: Arguments that the configuration does not hold.

    Raises:
        PromptfitError: The target can't be imported, or does not take these arguments.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate as build

    try:
        return build(node, _convert_="all", **more)
    except InstantiationException as fault:
        if isinstance(fault.__cause__, PromptfitError):
            raise fault.__cause__ from None
        raise PromptfitError(f"_target_: {node.get('_target_')}: {_reason(fault)}") from fault


def _reason(fault: Exception) -> str:
    """The first cause in one line: Hydra repeats the target and the whole call."""
    cause: BaseException = fault
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return f"{type(cause).__name__}: {cause}".splitlines()[0]
