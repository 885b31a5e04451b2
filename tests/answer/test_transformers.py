from __future__ import annotations

import contextlib
import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import GPT2Config, GPT2LMHeadModel, dynamic_module_utils

from parted import answered, parted
from promptfit.answer.local.loaded import Loaded
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.local.local_engine import LocalEngine
from promptfit.types import Answer, NoAnswer, PromptfitError, Request
from tiny_processors import processor

PROMPTS = ("Напиши Фамилия", "Укажи дату рождения. Только значение", "Номер", "What is the value?", "а" * 30)


@pytest.fixture
def requests(picture: Callable[..., tuple[Path, str]]) -> list[Request]:
    """Five prompts about each of three images of two sizes; one of them with a system prompt."""
    drawn = [picture(1), picture(2, (96, 64)), picture(3)]
    asked = [Request(path, digest, prompt) for path, digest in drawn for prompt in PROMPTS]
    return [*asked, Request(*drawn[0], PROMPTS[0], system="Отвечай кратко")]


def _said(answerer: LocalAnswerer, requests: list[Request]) -> dict[int, tuple[str, int, int]]:
    return {index: (a.text, a.tokens_in, a.tokens_out) for index, a in answered(answerer.answer(requests)).items()}


@pytest.mark.parametrize("family", ["qwen2_vl", "qwen2_5_vl", "qwen3_vl"])
def test_batches_and_reuse_of_the_image_say_what_is_said_one_by_one(
    family: str, tiny: Callable[[str], Path], requests: list[Request]
) -> None:
    def answerer(batch_size: int, reuse_image: bool = False) -> LocalAnswerer:
        path = str(tiny(family))
        return LocalAnswerer(path, device="cpu", batch_size=batch_size, max_new_tokens=16, reuse_image=reuse_image)

    alone = _said(answerer(1), requests)
    assert sorted(alone) == list(range(len(requests)))
    assert len({text for text, *_ in alone.values()}) > len(requests) / 2  # or equality would prove nothing
    assert len({tokens for *_, tokens in alone.values()}) > 1
    assert _said(answerer(32), requests) == alone
    assert _said(answerer(32, reuse_image=True), requests) == alone
    assert _said(answerer(4, reuse_image=True), requests) == alone


def test_answers_stream_batch_by_batch_with_their_share_of_the_time(
    tiny: Callable[[str], Path], requests: list[Request]
) -> None:
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", batch_size=5, max_new_tokens=4)
    stream = answerer.answer(requests)
    first = [next(stream) for _ in range(5)]
    images = {requests[index].image for index, _ in first}
    assert len(images) == 1
    seconds = {answer.seconds for answer in answered(first).values()}
    assert len(seconds) == 1 and min(seconds) > 0
    assert all(1 <= answer.tokens_out <= 4 for answer in answered(stream).values())


def test_a_gpu_is_warm_before_the_first_request_is_timed(
    tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The GPU is a CPU by another name."""
    passes: list[int] = []
    genuine = Loaded.generate

    def counted(self: Loaded, **inputs: Any) -> Any:
        passes.append(inputs["max_new_tokens"])
        return genuine(self, **inputs)

    monkeypatch.setattr(Loaded, "generate", counted)
    Loaded(LocalAnswerer(str(tiny("qwen2_vl")), device="cpu"))
    assert passes == []
    Loaded(LocalAnswerer(str(tiny("qwen2_vl")), device="cpu:0", dtype="float32"))
    assert passes == [2]


def test_the_image_comes_first_and_the_prompt_is_not_touched(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]]
) -> None:
    path, digest = picture(1)
    prompt = "  Напиши  «Фамилия»\n{{ x }} "
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu")
    (text,) = answerer._engine.loaded.texts(
        [Request(path, digest, prompt, system="S")], {(str(path), ""): Image.new("RGB", (8, 8))}
    )
    assert text.endswith(f"<|image_pad|><|vision_end|>{prompt}<|im_end|><|im_start|>assistant")
    assert text.startswith("<|im_start|>systemS<|im_end|>")


def test_pixel_limits_change_the_tokens_of_an_image(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]]
) -> None:
    request = [Request(*picture(1, (320, 240)), "Номер")]
    path = str(tiny("qwen2_vl"))
    large = answered(LocalAnswerer(path, device="cpu", max_new_tokens=1).answer(request))[0]
    limited = LocalAnswerer(path, device="cpu", max_new_tokens=1, min_pixels=256, max_pixels=4096)
    small = answered(limited.answer(request))[0]
    assert small.tokens_in < large.tokens_in


@pytest.mark.parametrize("reuse_image", [False, True])
def test_bad_input_is_named_and_harms_only_its_own_requests(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]], tmp_path: Path, reuse_image: bool
) -> None:
    whole = picture(1)
    (tmp_path / "text.png").write_bytes(b"no image")
    (tmp_path / "cut.png").write_bytes(whole[0].read_bytes()[:900])
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "huge.png")
    Image.new("RGB", (2400, 8)).save(tmp_path / "strip.png")
    bad = {
        "none.png": "the image is missing",
        "text.png": "not an image",
        "cut.png": "not an image that can be read",
        "dot.png": "1 x 1 pixels shows nothing",
        "huge.png": "too large an image",
        "strip.png": "aspect ratio",
    }
    requests = [Request(tmp_path / name, name, "Номер") for name in bad]
    requests += [Request(*whole, "Номер"), Request(*whole, "слово " * 3000), Request(*whole, "Фамилия")]
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2, reuse_image=reuse_image)
    got, reasons = parted(answerer.answer(requests))
    assert sorted(got) == [6, 8]
    for index, reason in enumerate(bad.values()):
        assert reason in reasons[index]
    assert "more than the 2048 of the model's context" in reasons[7]


@pytest.mark.parametrize("reuse_image", [False, True])
def test_an_answer_that_never_ends_is_cut(
    tiny: Callable[[str], Path], requests: list[Request], reuse_image: bool
) -> None:
    endless = {"suppress_tokens": [processor("qwen2_vl").tokenizer.eos_token_id]}
    settings: dict[str, Any] = {"device": "cpu", "max_new_tokens": 9, "generation": endless, "reuse_image": reuse_image}
    answers = answered(LocalAnswerer(str(tiny("qwen2_vl")), **settings).answer(requests))
    assert [answers[index].tokens_out for index in range(len(requests))] == [9] * len(requests)
    assert {answer.ended for answer in answers.values()} == {"length"}


@pytest.mark.parametrize("part", ["config.json", "processor_config.json"])
def test_code_of_a_checkpoint_runs_only_where_the_yaml_trusts_it(
    part: str,
    tiny: Callable[[str], Path],
    picture: Callable[..., tuple[Path, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The code leaves a mark and imports nothing else, so that it stays unusable even where it is trusted."""
    folder, mark = tmp_path / "foreign", tmp_path / "mark"
    shutil.copytree(tiny("qwen2_vl"), folder)
    (folder / "foreign.py").write_text(f"open({str(mark)!r}, 'w').close()\nclass Foreign: pass\n")
    content = json.loads((folder / part).read_text("utf-8"))
    content |= {"model_type": "foreign"} if "model_type" in content else {"processor_class": "Foreign"}
    content["auto_map"] = {"AutoConfig": "foreign.Foreign", "AutoProcessor": "foreign.Foreign"}
    (folder / part).write_text(json.dumps(content))
    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))

    request = [Request(*picture(1), "Номер")]
    with pytest.raises(PromptfitError, match="trust_remote_code: true"):
        list(LocalAnswerer(str(folder), device="cpu", max_new_tokens=1).answer(request))
    assert not mark.exists()
    with contextlib.suppress(Exception):
        list(LocalAnswerer(str(folder), device="cpu", max_new_tokens=1, trust_remote_code=True).answer(request))
    assert mark.exists(), "the test's code would have run"


@pytest.mark.parametrize("reuse_image", [False, True])
def test_a_prompt_with_the_models_own_placeholder_harms_only_itself(
    tiny: Callable[[str], Path], picture: Callable[..., tuple[Path, str]], reuse_image: bool
) -> None:
    path, digest = picture(1)
    requests = [Request(path, digest, prompt) for prompt in ("Номер", "Что это <|image_pad|>?", "Фамилия")]
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2, reuse_image=reuse_image)
    got, reasons = parted(answerer.answer(requests))
    assert (sorted(got), list(reasons)) == ([0, 2], [1])


def test_out_of_memory_halves_the_batch_and_is_never_an_answer(
    tiny: Callable[[str], Path],
    requests: list[Request],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The lack of memory is scripted: batches above three requests fail as torch's do."""
    sizes: list[int] = []
    genuine = LocalEngine.answer

    def scripted(self: LocalEngine, batch: Sequence[Request], pictures: Mapping[str, Image.Image]) -> list[Answer]:
        sizes.append(len(batch))
        if len(batch) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory (scripted)")
        answers: list[Answer] = genuine(self, batch, pictures)
        return answers

    monkeypatch.setattr(LocalEngine, "answer", scripted)
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", batch_size=8, max_new_tokens=2)
    with caplog.at_level(logging.WARNING):
        assert len(dict(answerer.answer(requests))) == len(requests)
    assert sizes[:4] == [8, 4, 2, 2] and max(sizes[7:]) <= 3
    assert "asked again in halves" in caplog.text


def test_a_fault_that_no_smaller_batch_mends_costs_the_others_nothing(
    tiny: Callable[[str], Path],
    requests: list[Request],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The fault is scripted: a model that stumbles over one request."""
    sizes: list[int] = []
    genuine, bad = LocalEngine.answer, requests[2]

    def scripted(self: LocalEngine, batch: Sequence[Request], pictures: Mapping[str, Image.Image]) -> list[Answer]:
        sizes.append(len(batch))
        if bad in batch:
            raise TypeError("it stumbles (scripted)")
        answers: list[Answer] = genuine(self, batch, pictures)
        return answers

    monkeypatch.setattr(LocalEngine, "answer", scripted)
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", batch_size=8, max_new_tokens=2)
    with caplog.at_level(logging.WARNING):
        said = dict(answerer.answer(requests))
    failed = {requests[index]: one.reason for index, one in said.items() if isinstance(one, NoAnswer)}
    assert failed == {bad: "TypeError: it stumbles (scripted)"} and len(said) == len(requests)
    assert 8 in sizes and set(sizes) - {8, len(requests) % 8} == {1} and not caplog.records


def test_a_gpu_that_is_lost_ends_the_work_with_what_was_answered(
    tiny: Callable[[str], Path], requests: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is scripted: the second batch meets it, and no further one is asked."""
    sizes: list[int] = []
    genuine = LocalEngine.answer

    def scripted(self: LocalEngine, batch: Sequence[Request], pictures: Mapping[str, Image.Image]) -> list[Answer]:
        sizes.append(len(batch))
        if len(sizes) == 2:
            raise RuntimeError("CUDA error: device-side assert triggered (scripted)")
        answers: list[Answer] = genuine(self, batch, pictures)
        return answers

    monkeypatch.setattr(LocalEngine, "answer", scripted)
    said: list[int] = []
    with pytest.raises(PromptfitError, match=r"the GPU has stopped .*what was answered is kept"):
        for index, _ in LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", batch_size=4).answer(requests):
            said.append(index)
    assert sizes == [4, 4] and len(said) == 4


def test_the_identity_names_what_changes_an_answer(
    tiny: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tiny("qwen2_vl")
    base = LocalAnswerer(str(path), device="cpu").identity
    assert json.loads(base)["checkpoint"] == "qwen2_vl"
    monkeypatch.setenv("PROMPTFIT_HOME", str(path.parent))
    assert LocalAnswerer("qwen2_vl", device="cpu", batch_size=3, reuse_image=True).identity == base
    changes: list[dict[str, Any]] = [
        {"dtype": "bfloat16"},
        {"max_new_tokens": 8},
        {"max_pixels": 4096},
        {"attn_implementation": "eager"},
        {"generation": {"no_repeat_ngram_size": 3}},
        {"repetition_penalty": 1.1},
        {"template_options": {"enable_thinking": False}},
        {"chat_template": "{{ messages }}"},
    ]
    identities = {LocalAnswerer(str(path), device="cpu", **change).identity for change in changes}
    assert len(identities | {base}) == len(changes) + 1
    for name in ("model.safetensors", "config.json", "tokenizer.json", "processor_config.json", "chat_template.jinja"):
        copy = tmp_path / name / "qwen2_vl"
        copy.mkdir(parents=True)
        for file in path.iterdir():
            (copy / file.name).write_bytes(file.read_bytes() + (b" " if file.name == name else b""))
        assert LocalAnswerer(str(copy), device="cpu").identity != base, name


def test_releases_are_a_part_of_the_identity_where_their_kernels_round_otherwise(tiny: Callable[[str], Path]) -> None:
    def named(**settings: Any) -> Any:
        return json.loads(LocalAnswerer(str(tiny("qwen2_vl")), **settings).identity).get("versions")

    assert named(device="cpu") is None, "float32 on a CPU says the same, token for token"
    here = {name: version(name) for name in ("torch", "transformers")}
    assert named(device="cpu", dtype="bfloat16") == named(device="cuda") == here


def test_variables_reach_the_chat_template(tiny: Callable[[str], Path], requests: list[Request]) -> None:
    own = (tiny("qwen2_vl") / "chat_template.jinja").read_text("utf-8")
    template = own + "{% if enable_thinking is defined and not enable_thinking %}Номер Номер Номер{% endif %}"

    def tokens(**more: Any) -> int:
        one = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=2, chat_template=template, **more)
        return answered(one.answer(requests[:1]))[0].tokens_in

    assert tokens(template_options={"enable_thinking": False}) > tokens(template_options={"enable_thinking": True})
    assert tokens(template_options={"enable_thinking": True}) == tokens()


def test_a_penalty_of_the_checkpoint_s_own_is_none_unless_it_is_said(
    tiny: Callable[[str], Path], tmp_path: Path, requests: list[Request]
) -> None:
    own = tmp_path / "qwen2_vl"
    shutil.copytree(tiny("qwen2_vl"), own)
    path = own / "generation_config.json"
    said = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    path.write_text(json.dumps(said | {"repetition_penalty": 0.02}), "utf-8")

    def texts(checkpoint: Path, **more: Any) -> list[str]:
        answers = answered(LocalAnswerer(str(checkpoint), device="cpu", max_new_tokens=8, **more).answer(requests[:4]))
        return [answers[index].text for index in range(4)]

    assert texts(own) == texts(tiny("qwen2_vl")) != texts(own, repetition_penalty=0.02)


def test_the_identity_is_had_without_torch(tiny: Callable[[str], Path]) -> None:
    program = (
        "import sys; from promptfit.answer.local.local_answerer import LocalAnswerer as A\n"
        "A(sys.argv[1]).identity; print({'torch', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tiny("qwen2_vl"))], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


def test_a_checkpoint_that_is_no_vlm_is_named(tmp_path: Path, requests: list[Request]) -> None:
    GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=32)).save_pretrained(tmp_path)
    with pytest.raises(PromptfitError, match=r"gpt2 is no vision-language model"):
        list(LocalAnswerer(str(tmp_path), device="cpu").answer(requests))


def test_nonsense_settings_are_refused_at_once() -> None:
    with pytest.raises(PromptfitError, match="batch_size=0"):
        LocalAnswerer("x", batch_size=0)
    with pytest.raises(PromptfitError, match="unknown dtype 'int3'"):
        LocalAnswerer("x", dtype="int3")
