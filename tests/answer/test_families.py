"""Every family of models through its own YAML and the real code path, on a tiny random checkpoint of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from benchmarks.stated import read
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

import tiny_checkpoints
import tiny_processors
from parted import answered
from promptfit.answer.answerer import Answerer
from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.local.shared_attention import check_attention
from promptfit.answer.local.system_role import check_system
from promptfit.build import instantiate
from promptfit.types import PromptfitError, Request

CONF = Path(__file__).parents[2] / "conf"
FAMILIES = {
    "qwen2_vl": "Qwen2-VL-2B",
    "qwen2_5_vl": "Qwen2.5-VL-3B",
    "qwen3_vl": "Qwen3-VL-2B",
    "smolvlm": "SmolVLM2-500M",
    "idefics3": "Idefics3-8B",
    "llava_onevision": "LLaVA-OneVision-0.5B",
    "llava_next": "Granite-Vision-2B",
    "internvl": "InternVL3-1B",
    "gemma3": "Gemma3-4B",
    "paligemma": "PaliGemma2-3B",
}
OWN_IMAGE_ONLY = {"gemma3": "window of tokens", "paligemma": "see the prompt"}
"""Families that can't share an image among prompts, and why."""
PROMPTS = ("Напиши Фамилия", "Укажи дату рождения. Только значение", "Номер", "What is the value?", "а" * 30)


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    """Prompts of several lengths about two small images and a page that families cut into tiles."""
    drawn = [picture(1), picture(2, (96, 64)), picture(3, (520, 260))]
    asked = [Request(path, digest, prompt) for path, digest in drawn for prompt in PROMPTS]
    return [*asked, Request(*drawn[0], PROMPTS[0], system="Отвечай кратко")]


def _answerer(yaml: str, checkpoint: Path, **changes: Any) -> LocalAnswerer:
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        node = OmegaConf.to_container(compose("config", [f"model={yaml}"]).model.answerer)
    ours = {"checkpoint": str(checkpoint), "device": "cpu", "max_new_tokens": 8}
    answerer: LocalAnswerer = instantiate(node | ours | changes)
    return answerer


def _said(answerer: Answerer, requests: Sequence[Request]) -> dict[int, tuple[str, int, int]]:
    return {index: (a.text, a.tokens_in, a.tokens_out) for index, a in answered(answerer.answer(requests)).items()}


@pytest.mark.parametrize(("family", "yaml"), FAMILIES.items(), ids=FAMILIES)
def test_it_loads_answers_alike_in_batches_and_is_kept(
    family: str, yaml: str, tiny: Callable[[str], Path], requests: list[Request], tmp_path: Path
) -> None:
    if family == "smolvlm":
        pytest.importorskip("num2words", reason="transformers' SmolVLM needs the package num2words")
    alone = _said(_answerer(yaml, tiny(family), batch_size=1, reuse_image=False), requests)
    assert sorted(alone) == list(range(len(requests)))
    assert len({text for text, *_ in alone.values()}) > len(requests) / 3  # or equality would prove nothing
    assert len({tokens for *_, tokens in alone.values()}) > 1
    tokens_in = {alone[first][1] for first in range(0, 3 * len(PROMPTS), len(PROMPTS))}
    assert len(tokens_in) > 1 or family == "paligemma", "its tokens follow the shape of the image, except PaliGemma's"

    store = AnswerCache(tmp_path / "answers.sqlite")
    first = CachedAnswerer(_answerer(yaml, tiny(family)), store)
    assert _said(first, requests) == alone
    assert (first.asked, first.kept) == (len(requests), 0)
    again = CachedAnswerer(_answerer(yaml, tiny(family), batch_size=2), store)
    assert _said(again, requests) == alone
    assert (again.asked, again.kept) == (0, len(requests))


@pytest.mark.parametrize(("family", "yaml"), FAMILIES.items(), ids=FAMILIES)
def test_the_image_is_shared_where_that_changes_nothing_and_refused_elsewhere(
    family: str, yaml: str, tiny: Callable[[str], Path], requests: list[Request]
) -> None:
    if family not in OWN_IMAGE_ONLY:
        assert _answerer(yaml, tiny(family)).reuse_image, "the test above holds its answers against plain generate"
        return
    with pytest.raises(PromptfitError, match=f"{OWN_IMAGE_ONLY[family]}.*reuse_image: false"):
        list(_answerer(yaml, tiny(family), reuse_image=True).answer(requests))


def test_a_window_without_named_layers_is_refused_too() -> None:
    from transformers import AutoConfig

    text = {"model_type": "mistral", "sliding_window": 4096}
    with pytest.raises(PromptfitError, match="window of tokens"):
        check_attention("x", AutoConfig.for_model("llava", text_config=text))
    check_attention("x", AutoConfig.for_model("llava", text_config=text | {"sliding_window": None}))


def test_every_family_of_the_public_models_is_here() -> None:
    """One YAML stands for its size and its like; a family without a tiny checkpoint would stay unproven."""
    assert FAMILIES.keys() == tiny_checkpoints.FAMILIES.keys()
    stems = {yaml.rsplit("-", 1)[0] for yaml in FAMILIES.values()}
    for path in (CONF / "model").glob("[!_]*.yaml"):
        model = read(f"model/{path.stem}")
        assert model["system"] == "" and path.read_text("utf-8").startswith("# "), path.stem
        node = model["answerer"]
        if node["_target_"].endswith("LocalAnswerer") and not node["checkpoint"].startswith("models/"):
            assert path.stem.rsplit("-", 1)[0] in stems, path.stem
            assert instantiate(node).checkpoint == node["checkpoint"]


REFUSING = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "paligemma"])
def test_a_system_text_that_a_template_does_not_take_is_told_before_the_weights_load(
    family: str, tmp_path: Path, requests: list[Request]
) -> None:
    (tiny_checkpoints.build(family, tmp_path) / "model.safetensors").write_bytes(b"no weights")
    own = str(tiny_processors.processor(family).chat_template)
    silent = "{% set messages = messages | selectattr('role', 'equalto', 'user') | list %}" + own
    for template, said in ((REFUSING + own, "System role not supported"), (silent, "leaves a system text out")):
        with pytest.raises(PromptfitError, match=said):
            dict(_answerer(FAMILIES[family], tmp_path, chat_template=template).answer(requests))


def test_a_template_that_takes_a_system_text_with_its_variables_alone_is_asked_with_them(tmp_path: Path) -> None:
    tiny = tiny_checkpoints.build("qwen2_vl", tmp_path)
    own = (tiny / "chat_template.jinja").read_text("utf-8")
    template = f"{{% if not assisted %}}{REFUSING}{{% endif %}}{own}"
    told = [Request(Path("page.png"), "digest", "?", system="Отвечай кратко")]
    check_system(LocalAnswerer(str(tiny), chat_template=template, template_options={"assisted": True}), told)
    for options in (None, {"assisted": False}):
        with pytest.raises(PromptfitError, match="System role not supported"):
            check_system(LocalAnswerer(str(tiny), chat_template=template, template_options=options), told)
