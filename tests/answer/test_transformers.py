import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from promptfit.answer.base import Unanswered
from promptfit.answer.engine import Engine
from promptfit.answer.transformers import TransformersAnswerer
from promptfit.types import PromptfitError, Request

PROMPTS = ("Напиши Фамилия", "Укажи дату рождения. Только значение", "Номер", "What is the value?", "а" * 30)
CONFIGS = sorted((Path(__file__).parents[2] / "conf" / "model").glob("*.yaml"))


@pytest.fixture
def requests(picture) -> list[Request]:
    """Five prompts about each of three images of two sizes; one of them with a system prompt."""
    drawn = [picture(1), picture(2, (96, 64)), picture(3)]
    asked = [Request(path, digest, prompt) for path, digest in drawn for prompt in PROMPTS]
    return [*asked, Request(*drawn[0], PROMPTS[0], system="Отвечай кратко")]


def _said(answerer: TransformersAnswerer, requests: list[Request]) -> dict[int, tuple[str, int, int]]:
    return {index: (a.text, a.tokens_in, a.tokens_out) for index, a in answerer.answer(requests)}


@pytest.mark.parametrize("family", ["qwen2_vl", "qwen2_5_vl", "qwen3_vl"])
def test_batches_and_reuse_of_the_image_say_what_is_said_one_by_one(family, tiny, requests) -> None:
    def answerer(batch_size: int, reuse_image: bool = False) -> TransformersAnswerer:
        path = str(tiny(family))
        return TransformersAnswerer(
            path, device="cpu", batch_size=batch_size, max_new_tokens=16, reuse_image=reuse_image
        )

    alone = _said(answerer(1), requests)
    assert sorted(alone) == list(range(len(requests)))
    assert len({text for text, *_ in alone.values()}) > len(requests) / 2  # or equality would prove nothing
    assert len({tokens for *_, tokens in alone.values()}) > 1
    assert _said(answerer(32), requests) == alone
    assert _said(answerer(32, reuse_image=True), requests) == alone
    assert _said(answerer(4, reuse_image=True), requests) == alone


def test_answers_stream_batch_by_batch_with_their_share_of_the_time(tiny, requests) -> None:
    answerer = TransformersAnswerer(str(tiny("qwen2_vl")), device="cpu", batch_size=5, max_new_tokens=4)
    stream = answerer.answer(requests)
    first = [next(stream) for _ in range(5)]
    images = {requests[index].image for index, _ in first}
    assert len(images) == 1
    assert len({answer.seconds for _, answer in first}) == 1 and first[0][1].seconds > 0
    assert all(1 <= answer.tokens_out <= 4 for _, answer in stream)


def test_the_image_comes_first_and_the_prompt_is_not_touched(tiny, picture) -> None:
    path, digest = picture(1)
    prompt = "  Напиши  «Фамилия»\n{{ x }} "
    answerer = TransformersAnswerer(str(tiny("qwen2_vl")), device="cpu")
    (text,) = answerer._engine.texts([Request(path, digest, prompt, system="S")], {str(path): None})
    assert text.endswith(f"<|image_pad|><|vision_end|>{prompt}<|im_end|><|im_start|>assistant")
    assert text.startswith("<|im_start|>systemS<|im_end|>")


def test_pixel_limits_change_the_tokens_of_an_image(tiny, picture) -> None:
    request = [Request(*picture(1, (320, 240)), "Номер")]
    path = str(tiny("qwen2_vl"))
    ((_, large),) = TransformersAnswerer(path, device="cpu", max_new_tokens=1).answer(request)
    ((_, small),) = TransformersAnswerer(path, device="cpu", max_new_tokens=1, min_pixels=256, max_pixels=4096).answer(
        request
    )
    assert small.tokens_in < large.tokens_in


def test_a_broken_image_is_the_fault_of_its_own_requests(tiny, picture, tmp_path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    fine = Request(*picture(1), "Номер")
    requests = [Request(broken, "0", "Номер"), fine, Request(tmp_path / "none.png", "1", "Номер"), fine]
    got = []
    with pytest.raises(Unanswered) as caught:
        got.extend(TransformersAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2).answer(requests))
    assert sorted(index for index, _ in got) == [1, 3]
    assert "broken.png: not an image" in caught.value.failures[0]
    assert "none.png: the image is missing" in caught.value.failures[2]


@pytest.mark.parametrize("reuse_image", [False, True])
def test_a_prompt_with_the_models_own_placeholder_harms_only_itself(tiny, picture, reuse_image) -> None:
    path, digest = picture(1)
    requests = [Request(path, digest, prompt) for prompt in ("Номер", "Что это <|image_pad|>?", "Фамилия")]
    answerer = TransformersAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2, reuse_image=reuse_image)
    got = []
    with pytest.raises(Unanswered) as caught:
        got.extend(answerer.answer(requests))
    assert (sorted(index for index, _ in got), list(caught.value.failures)) == ([0, 2], [1])


def test_out_of_memory_halves_the_batch_and_is_never_an_answer(tiny, requests, monkeypatch, caplog) -> None:
    """The lack of memory is scripted: batches above three requests fail as torch's do."""
    sizes, genuine = [], Engine.answer

    def scripted(self: Engine, batch, pictures):
        sizes.append(len(batch))
        if len(batch) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory (scripted)")
        return genuine(self, batch, pictures)

    monkeypatch.setattr(Engine, "answer", scripted)
    answerer = TransformersAnswerer(str(tiny("qwen2_vl")), device="cpu", batch_size=8, max_new_tokens=2)
    with caplog.at_level(logging.WARNING):
        assert len(dict(answerer.answer(requests))) == len(requests)
    assert sizes[:4] == [8, 4, 2, 2] and max(sizes[7:]) <= 3
    assert "asked again in halves" in caplog.text


def test_the_identity_names_what_changes_an_answer(tiny, tmp_path, monkeypatch) -> None:
    path = tiny("qwen2_vl")
    base = TransformersAnswerer(str(path), device="cpu").identity
    assert json.loads(base)["checkpoint"] == "qwen2_vl"
    monkeypatch.setenv("PROMPTFIT_HOME", str(path.parent))
    assert TransformersAnswerer("qwen2_vl", device="cpu", batch_size=3, reuse_image=True).identity == base
    changes = [
        {"dtype": "bfloat16"},
        {"max_new_tokens": 8},
        {"max_pixels": 4096},
        {"attn_implementation": "eager"},
        {"generation": {"repetition_penalty": 1.1}},
        {"chat_template": "{{ messages }}"},
    ]
    identities = {TransformersAnswerer(str(path), device="cpu", **change).identity for change in changes}
    assert len(identities | {base}) == len(changes) + 1
    for name in ("model.safetensors", "config.json", "tokenizer.json", "processor_config.json", "chat_template.jinja"):
        copy = tmp_path / name / "qwen2_vl"
        copy.mkdir(parents=True)
        for file in path.iterdir():
            (copy / file.name).write_bytes(file.read_bytes() + (b" " if file.name == name else b""))
        assert TransformersAnswerer(str(copy), device="cpu").identity != base, name


def test_the_identity_is_had_without_torch(tiny) -> None:
    program = (
        "import sys; from promptfit.answer.transformers import TransformersAnswerer as A\n"
        "A(sys.argv[1]).identity; print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tiny("qwen2_vl"))], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


def test_a_checkpoint_that_is_no_vlm_is_named(tmp_path, requests) -> None:
    GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=32)).save_pretrained(tmp_path)
    with pytest.raises(PromptfitError, match=r"gpt2 is no vision-language model"):
        list(TransformersAnswerer(str(tmp_path), device="cpu").answer(requests))


def test_a_broken_checkpoint_is_named(tiny, tmp_path, requests) -> None:
    for file in tiny("qwen2_vl").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[:100] if "safetensors" in file.name else file.read_bytes())
    with pytest.raises(PromptfitError, match=r"the checkpoint cannot be loaded"):
        list(TransformersAnswerer(str(tmp_path), device="cpu").answer(requests))


def test_nonsense_settings_are_refused_at_once() -> None:
    with pytest.raises(PromptfitError, match="batch_size=0"):
        TransformersAnswerer("x", batch_size=0)
    with pytest.raises(PromptfitError, match="unknown dtype 'int3'"):
        TransformersAnswerer("x", dtype="int3")


@pytest.mark.parametrize(
    "config", sorted((Path(__file__).parents[2] / "conf" / "model").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_models_yaml_makes_an_answerer(config: Path) -> None:
    from hydra.utils import instantiate
    from omegaconf import OmegaConf

    model = OmegaConf.load(config)
    assert model.name == config.stem
    assert model.system == ""
    assert config.read_text("utf-8").startswith("# ")
    assert instantiate(model.answerer).checkpoint == model.answerer.checkpoint
