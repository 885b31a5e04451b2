"""A reused image is as exact as the library's own attention in half precision, also where keys have an outlier channel.

Weights are tiny and random, and both are held against float32: `-s` prints the shares of equal answers and the largest
difference of first logits, by family. Real processors stand beside the checkout, in shared/processors, if at all.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor

from parted import answered
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.local.shared_attention import sharing
from promptfit.answer.shown import shown_once
from promptfit.types import NoAnswer, Request
from tiny_checkpoints import FAMILIES, TEXT

OUTLIER = 12.0
"""Added to one channel of all queries and keys, so that products grow by some 36."""
SHARING = [family for family in FAMILIES if family not in ("gemma3", "paligemma")]
OWN = ["config.json", "generation_config.json", "model.safetensors.index.json"]
"""What the tiny model brings itself."""
REAL = Path(__file__).parents[3] / "shared" / "processors"


def loaded(checkpoint: Path, dtype: str, reuse_image: bool) -> LocalAnswerer:
    answerer = LocalAnswerer(str(checkpoint), device="cpu", dtype=dtype, max_new_tokens=8, reuse_image=reuse_image)
    for name, part in answerer._engine.loaded.model.named_modules():
        if name.endswith(("q_proj", "k_proj")) and "vis" not in name:
            part.register_forward_hook(_with_outlier)
    return answerer


def _with_outlier(module: Any, inputs: Any, output: torch.Tensor) -> torch.Tensor:
    heads = output.unflatten(-1, (-1, TEXT["head_dim"])).clone()
    heads[..., TEXT["head_dim"] // 2 - 1] += OUTLIER
    return heads.flatten(-2)


@torch.inference_mode()  # type: ignore[untyped-decorator]
def first_logits(answerer: LocalAnswerer, requests: Sequence[Request]) -> torch.Tensor:
    engine = answerer._engine
    asked: dict[str, Any] = {"max_new_tokens": 1, "output_logits": True, "return_dict_in_generate": True}
    shown = {name: picture for name, picture in shown_once(requests).items() if not isinstance(picture, NoAnswer)}
    if not answerer.reuse_image:
        out = engine.loaded.generate(**engine.loaded.inputs(requests, shown), **asked)
    else:
        made = engine.branching.branch(requests, shown, [[]] * len(requests))
        with sharing(engine.loaded.model):
            out = engine.loaded.generate(
                input_ids=made.ids, attention_mask=made.mask, past_key_values=made.shared(), **asked
            )
    return out.logits[0].float()


def compare(name: str, checkpoint: Path, requests: list[Request]) -> None:
    said, logits = {}, {}
    for dtype in ("float32", "bfloat16"):
        for reuse in (False, True):
            answerer = loaded(checkpoint, dtype, reuse)
            said[dtype, reuse] = {index: one.text for index, one in answered(answerer.answer(requests)).items()}
            logits[dtype, reuse] = first_logits(answerer, requests)
    exact = said["float32", False]

    def share(dtype: str, reuse: bool) -> float:
        return sum(said[dtype, reuse][index] == exact[index] for index in exact) / len(exact)

    def off(dtype: str, reuse: bool) -> float:
        return float((logits[dtype, reuse] - logits["float32", False]).abs().max())

    spread = float(logits["float32", False].std())
    figures = [f"{share(*way):.2f} {off(*way):.4f}" for way in said]
    print(f"\n{name}: float32 plain {figures[0]}, reuse {figures[1]}; bfloat16 plain {figures[2]}, reuse {figures[3]}")
    assert share("float32", True) == 1 and off("float32", True) < 1e-3 * spread
    assert off("bfloat16", True) <= 1.5 * off("bfloat16", False) + 0.01 * spread
    assert share("bfloat16", True) >= share("bfloat16", False) - 0.25  # of twelve answers, two are chance


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    drawn = [picture(number, (96, 64 + 32 * number)) for number in range(4)]
    words = ("Номер", "Фамилия", "Дата выдачи", "What is it?", "Сумма", "Укажи место рождения")
    return [Request(*one, prompt) for one in drawn for prompt in words]


@pytest.mark.slow
@pytest.mark.parametrize("family", SHARING)
def test_reuse_is_as_exact_as_plain(family: str, tiny: Callable[[str], Path], requests: list[Request]) -> None:
    if family == "smolvlm":
        pytest.importorskip("num2words", reason="transformers' SmolVLM needs the package num2words")
    compare(family, tiny(family), requests)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "family"), [("Qwen2.5-VL-7B-Instruct", "qwen2_5_vl"), ("Qwen3-VL-Embedding", "qwen3_vl")]
)
def test_reuse_is_as_exact_as_plain_with_real_processors(
    folder: str, family: str, requests: list[Request], tmp_path: Path
) -> None:
    if not (REAL / folder).is_dir():
        pytest.skip(f"shared/processors/{folder} is not beside this checkout")
    real = AutoConfig.from_pretrained(REAL / folder)
    vision = FAMILIES[family]["vision_config"] | {"patch_size": real.vision_config.patch_size}
    text = TEXT | {"rope_parameters": FAMILIES[family]["text_config"]["rope_parameters"]}
    text |= {"vocab_size": real.get_text_config().vocab_size, "max_position_embeddings": 8192}
    ids = {name: getattr(real, name) for name in vars(real) if name.endswith("_token_id") and getattr(real, name)}
    torch.manual_seed(0)
    config = AutoConfig.for_model(family, text_config=text, vision_config=vision, tie_word_embeddings=False, **ids)
    model = AutoModelForImageTextToText.from_config(config).float()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.25)
    shutil.copytree(REAL / folder, tmp_path, dirs_exist_ok=True, ignore=lambda *_: OWN)
    model.save_pretrained(tmp_path)
    AutoProcessor.from_pretrained(tmp_path)
    compare(folder, tmp_path, requests)
