"""Every configuration composes, and every `_target_` in it can be imported and takes the arguments that stand there."""

from __future__ import annotations

import inspect
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from benchmarks.stated import read
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.utils import get_object
from omegaconf import OmegaConf

from promptfit.cli import main
from promptfit.cli.commands import COMMANDS
from promptfit.cli.help import options
from promptfit.support.http.price_table import table

PROJECT = Path(__file__).resolve().parents[1]
CONF = PROJECT / "conf"
GROUPS = sorted(path for path in CONF.iterdir() if path.is_dir() and path.name not in ("hydra", "local"))
CHOICES = [f"{group.name}={path.stem}" for group in GROUPS for path in sorted(group.glob("[!_]*.yaml"))]


def choosing(choice: str) -> dict[str, Any]:
    """A configuration with one choice of a group: formats are chosen in that of `import` alone."""
    config = "import" if choice.startswith("format=") else "config"
    return composed(config, *([choice] if choice else []))


def composed(config: str, *overrides: str) -> dict[str, Any]:
    return deepcopy(_composed(config, *overrides))


@cache
def _composed(config: str, *overrides: str) -> dict[str, Any]:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        cfg = compose(config, list(overrides))
        values: dict[str, Any] = OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True)
    return values


def targets(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and "_target_" in node:
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from targets(value)


@pytest.mark.parametrize("choice", [*CHOICES, ""])
def test_it_composes_and_its_targets_take_its_arguments(choice: str) -> None:
    config = choosing(choice)
    for node in targets(config):
        target = get_object(node["_target_"])
        inspect.signature(target).bind(**{key: None for key in node if key not in ("_target_", "_convert_")})
    group, _, name = choice.partition("=")
    if group in ("model", "generator", "dataset"):
        assert config[group]["name"] == name, "a config is named like its file"


@pytest.mark.parametrize("choice", [*CHOICES, ""])
def test_whatever_a_target_takes_can_be_said_without_a_plus(choice: str) -> None:
    """A key that a docstring names stands in the YAML, or in what that shares with others."""
    for node in targets(choosing(choice)):
        takes = inspect.signature(get_object(node["_target_"])).parameters
        assert not takes.keys() - node.keys(), f"{choice}: {node['_target_']}"


@pytest.mark.parametrize("name", [path.stem for path in sorted((CONF / "model").glob("_*.yaml"))])
def test_what_answerers_share_is_what_they_do_unless_told(name: str) -> None:
    node = read(f"model/{name}")["answerer"]
    takes = inspect.signature(get_object(node.pop("_target_"))).parameters
    own = {key: one.default for key, one in takes.items() if one.default is not inspect.Parameter.empty}
    assert {key: node[key] for key in own} == own


@pytest.mark.parametrize("name", options(CONF, "model"))
def test_whoever_generates_says_its_penalty_and_whoever_is_sent_pages_a_limit_of_pixels(name: str) -> None:
    answerer = composed("config", f"model={name}")["model"]["answerer"]
    back_end = answerer["_target_"].split(".")[2]
    if back_end in ("local", "vllm"):
        assert answerer["repetition_penalty"] == 1.0
    if back_end == "chat":
        assert answerer["max_pixels"] in (1003520, 1310720), "as local models see a page"
        open_weights = "openrouter" in str(answerer["base_url"]) or "127.0.0.1" in str(answerer["base_url"])
        assert not open_weights or answerer["extra_body"]["repetition_penalty"] == 1.0


@pytest.mark.parametrize("group", ["model", "generator"])
def test_models_that_think_have_room_for_it_and_those_that_take_no_temperature_are_sent_none(group: str) -> None:
    thinking = 0
    for name in options(CONF, group):
        whole = composed("config", f"{group}={name}")[group]
        one = whole.get("answerer", whole)
        known = table().get(one.get("litellm_model") or one.get("model") or "", {})
        effort = (one.get("extra_body") or {}).get("reasoning_effort")
        if not known.get("supports_reasoning") or effort == "none":
            continue
        thinking += 1
        least = 1024 if group == "model" else 4096
        assert one.get("max_new_tokens", one.get("max_tokens")) >= least, name
        assert one["temperature"] is None or known.get("supports_sampling_params", True), name
    assert thinking > 2


@pytest.mark.parametrize("group", ["model", "generator"])
def test_a_gateway_of_many_hosts_is_asked_for_one(group: str) -> None:
    asked = [composed("config", f"{group}={name}")[group] for name in options(CONF, group)]
    nodes = [one.get("answerer", one) for one in asked]
    routed = [one for one in nodes if "openrouter" in str(one.get("base_url"))]
    assert routed
    for one in routed:
        provider = one["extra_body"]["provider"]
        assert len(provider["order"]) == 1 and provider["allow_fallbacks"] is False, one["name"]


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["model=Qwen2-VL-2B", "model.answerer.max_new_tokens=128"], "max_new_tokens", 128),
        (["model=Qwen2-VL-2B", "model.answerer.generation={num_beams: 2}"], "generation", {"num_beams": 2}),
        (["model=GPT4o", "model.answerer.timeout=300"], "timeout", 300),
        (["model=GPT4o", "model.answerer.price={input: 1, output: 2}"], "price", {"input": 1, "output": 2}),
        (["model=docvlm-tiny-vllm", "model.answerer.sampling={top_k: 1}"], "sampling", {"top_k": 1}),
        (["model=tesseract", "model.answerer.layout=4"], "layout", 4),
    ],
)
def test_an_argument_is_set_on_the_command_line(words: list[str], key: str, value: Any) -> None:
    assert composed("config", *words)["model"]["answerer"][key] == value


def test_what_a_yaml_states_has_no_second_default_in_code() -> None:
    """A figure that stands in two places is changed in one of them. Answerers may state what differs."""
    stated: dict[str, set[str]] = {}
    for path in CONF.rglob("*.yaml"):
        node = yaml.safe_load(path.read_text("utf-8"))
        for one in targets(node):
            if not one["_target_"].startswith(("promptfit.answer.", "hydra_plugins.")):
                stated.setdefault(one["_target_"], set()).update(one)
    assert len(stated) > 30
    for target, names in stated.items():
        parameters = inspect.signature(get_object(target)).parameters.values()
        twice = [one.name for one in parameters if one.name in names and one.default is not inspect.Parameter.empty]
        assert not twice, f"{target} has a default of its own for {twice}"


@pytest.mark.parametrize("config", sorted({command.config for command in COMMANDS.values()}))
def test_every_command_has_its_configuration(config: str) -> None:
    assert "show" in composed(config)


@pytest.mark.parametrize("config", sorted({command.config for command in COMMANDS.values()}))
@pytest.mark.parametrize("group", ["racing", "tracking"])
def test_every_command_takes_every_choice_of_its_groups(config: str, group: str) -> None:
    if f"- {group}:" in (CONF / f"{config}.yaml").read_text("utf-8"):
        for name in options(CONF, group):
            assert composed(config, f"{group}={name}")[group] == composed("config", f"{group}={name}")[group]


@pytest.mark.parametrize("name", options(CONF, "hydra/launcher"))
def test_a_launcher_composes_whether_its_package_is_installed_or_not(name: str) -> None:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        own = compose("config", [f"hydra/launcher={name}"], return_hydra_config=True).hydra.launcher
    assert own._target_.startswith("hydra_plugins.hydra_") and "seed" not in own


def test_a_launcher_without_its_package_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    launcher = home / "conf/hydra/launcher/none.yaml"
    launcher.write_text("_target_: hydra_plugins.hydra_none_launcher.NoneLauncher\n", "utf-8")
    assert main(["search", "-m", "seed=0,1", "hydra/launcher=none", "show=true"]) == 1
    said = capsys.readouterr().err
    assert "the launcher's package is not installed" in said and "Traceback" not in said


def test_a_person_s_own_defaults_come_before_the_project_s(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = {"defaults": [{"override /model": "tesseract"}, {"override /tracking": "server"}], "seed": 7}
    (home / "conf/local/local.yaml").write_text(f"# @package _global_\n{yaml.safe_dump(own)}", "utf-8")
    for command in ("search", "select", "stress", "look", "report"):
        assert main([command, "show=true", "seed=8"] if command == "look" else [command, "show=true"]) == 0
        shown = yaml.safe_load(capsys.readouterr().out)
        assert (shown["model"]["name"], shown["tracking"]["uri"]) == ("tesseract", None)
        assert shown["seed"] == (8 if command == "look" else 7), "what is said comes before both"
    assert (
        subprocess.run(["git", "check-ignore", "-q", "conf/local/local.yaml"], cwd=PROJECT, check=False).returncode == 0
    )


@pytest.mark.parametrize("name", options(CONF, "generator"))
def test_a_generator_brings_the_strategy_that_is_its_own(name: str) -> None:
    config = composed("config", f"generator={name}")
    assert config["strategy"] == composed("config", f"strategy={config['generator']['strategy']}")["strategy"]
    other = composed("config", f"generator={name}", "strategy=gepa")
    assert other["strategy"]["_target_"].endswith("GepaStrategy"), "what the person says comes first"


def test_keys_of_commands_do_not_hide_those_of_the_configuration() -> None:
    for command in COMMANDS.values():
        assert not command.keys.keys() & composed(command.config).keys()


def test_params_agree_with_conf() -> None:
    params = yaml.safe_load((PROJECT / "params.yaml").read_text("utf-8"))
    assert all((CONF / "model" / f"{model}.yaml").is_file() for model in params["models"])
    labels = [search["label"] for search in params["searches"]]
    assert len(set(labels)) == len(labels)
    for search in params["searches"]:
        assert search.keys() == {"label", "generator", "strategy"}
        generator = composed("config", f"generator={search['generator']}")["generator"]
        assert (CONF / "strategy" / f"{search['strategy']}.yaml").is_file()
        own = search["strategy"] == generator["strategy"]
        assert search["label"] == generator["name"] + ("" if own else f"+{search['strategy']}")


def test_dvc_leaves_params_alone() -> None:
    """With hydra.enabled DVC would write the composed configuration over params.yaml."""
    assert "hydra" not in (PROJECT / ".dvc" / "config").read_text("utf-8")
