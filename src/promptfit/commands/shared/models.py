"""Answerers beside the one that `model=` composes, by the names of their configs."""

from __future__ import annotations

from omegaconf import DictConfig

from promptfit.paths import home
from promptfit.support.files.names import file_name
from promptfit.types import PromptfitError


def known(group: str = "model") -> list[str]:
    """Names of all configs of a group, but for those that others share."""
    return sorted((path.stem for path in (home() / "conf" / group).glob("[!_]*.yaml")), key=str.casefold)


def composed(key: str, name: str) -> DictConfig:
    """One config of conf/model, as Hydra composes it.

    Args:
        key: Where the name was typed.
        name: The file's, without its ending.

    Raises:
        PromptfitError: It is not there, does not compose, or its own name can't be a part of a file's.
    """
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException

    if name not in known():
        raise PromptfitError(f"{key}: there is no conf/model/{name}.yaml; there are: {', '.join(known())}")
    GlobalHydra.instance().clear()  # the command line's own composition is done by now
    try:
        with initialize_config_dir(str(home() / "conf"), version_base="1.3"):
            model: DictConfig = compose("config", [f"model='{name}'"]).model
    except HydraException as error:
        raise PromptfitError(f"conf/model/{name}.yaml: {error}") from error
    file_name(f"conf/model/{name}.yaml: name", str(model.name))
    return model
