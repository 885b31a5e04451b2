"""What the answerer does with an engine, by a scripted stand-in of vLLM's; the real one runs in `make test-vllm`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from transformers import AutoProcessor
from transformers.utils.chat_template_utils import render_jinja_template

import image_kinds as kinds
from parted import answered, parted
from promptfit.answer.vllm import offline_answerer
from promptfit.answer.vllm.offline_answerer import OfflineAnswerer
from promptfit.types import Answer, PromptfitError, Request

ENGINE = ("promptfit.answer.vllm.offline_engine", "promptfit.answer.vllm.starting")
"""What imports vllm."""


class EngineDeadError(Exception):
    pass


class ScriptedLLM:
    """Finishes two requests a step, the latest first; answers with the prompt in capitals."""

    def __init__(self, **options: Any) -> None:
        if "nonsense" in options:
            raise TypeError("unexpected keyword argument 'nonsense'")
        self.options, self.queue, self.calls = options, dict[str, Any](), list[dict[str, Any]]()
        self.dropped, self.most = list[str](), 0
        self.llm_engine = self
        self.engine_core = SimpleNamespace(shutdown=lambda: None)
        self.model_config = SimpleNamespace(
            get_diff_sampling_param=lambda: {"repetition_penalty": 1.05, "temperature": 0.7, "top_p": 0.8}
        )
        self.vllm_config = SimpleNamespace(scheduler_config=SimpleNamespace(max_num_seqs=2))

    def enqueue_chat(self, messages: list[Any], sampling: Any, **options: Any) -> list[str]:
        prompt = messages[0][-1]["content"][-1]["text"]
        if "long" in prompt:
            raise RuntimeError("the call") from ValueError("longer than the context")
        if "dead at once" in prompt:
            raise EngineDeadError("it died")
        self.calls.append({"messages": messages[0], "sampling": sampling, **options})
        name = str(len(self.calls))
        self.queue[name] = prompt
        self.most = max(self.most, len(self.queue))
        return [f"{name}-0123abcd"]

    def has_unfinished_requests(self) -> bool:
        return bool(self.queue)

    def step(self) -> list[Any]:
        if any("dead" in prompt for prompt in self.queue.values()):
            raise EngineDeadError("it died")
        done = [self.queue.popitem() for _ in range(min(2, len(self.queue)))]
        return [
            SimpleNamespace(
                request_id=name,
                finished=True,
                prompt_token_ids=[0] * 7,
                outputs=[
                    SimpleNamespace(
                        text=prompt.upper(),
                        token_ids=[0] * 3,
                        finish_reason="abort" if "give up" in prompt else "stop",
                    )
                ],
            )
            for name, prompt in done
        ]

    def abort_request(self, names: list[str]) -> None:
        self.dropped += names
        for name in names:
            del self.queue[name]


@pytest.fixture(autouse=True)
def scripted_vllm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    package, faults, lora = (ModuleType(name) for name in ("vllm", "vllm.v1.engine.exceptions", "vllm.lora.request"))
    sampling = ModuleType("vllm.sampling_params")
    vars(sampling).update(StructuredOutputsParams=SimpleNamespace)
    vars(package).update(LLM=ScriptedLLM, SamplingParams=SimpleNamespace)
    vars(faults).update(EngineDeadError=EngineDeadError)
    vars(lora).update(LoRARequest=lambda *told: told)
    monkeypatch.setitem(sys.modules, "vllm", package)
    monkeypatch.setitem(sys.modules, "vllm.sampling_params", sampling)
    monkeypatch.setitem(sys.modules, "vllm.v1.engine.exceptions", faults)
    monkeypatch.setitem(sys.modules, "vllm.lora.request", lora)
    for part in ENGINE:
        monkeypatch.delitem(sys.modules, part, raising=False)
    yield
    for part in ENGINE:
        sys.modules.pop(part, None)


class ScriptedProcessor:
    """Lays messages out as transformers' processors do."""

    def apply_chat_template(self, messages: list[Any], chat_template: str, **_: Any) -> str:
        return str(render_jinja_template(conversations=[messages], chat_template=chat_template)[0][0])


REFUSING = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no such role') }}{% endif %}"
TEMPLATE = "{% for message in messages %}{{ message['content'][-1]['text'] }}{% endfor %}"


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(len(b"{}").to_bytes(8, "little") + b"{}")  # whole, with nothing in it
    return folder


@pytest.fixture
def image(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    return tmp_path / "a.png"


@pytest.fixture
def asked(checkpoint: Path, image: Path) -> Callable[..., tuple[ScriptedLLM, dict[int, Answer]]]:
    def ask(prompts: Sequence[str], system: str = "", **settings: Any) -> tuple[ScriptedLLM, dict[int, Answer]]:
        answerer = OfflineAnswerer(str(checkpoint), dtype="float32", **settings)
        got = answered(answerer.answer([Request(image, "d1", prompt, system) for prompt in prompts]))
        return answerer._engine._llm, got

    return ask


def test_every_request_is_answered_and_the_engine_is_never_overfilled(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]],
) -> None:
    llm, got = asked([f"prompt {number}" for number in range(9)])
    assert {index: answer.text for index, answer in got.items()} == {n: f"PROMPT {n}" for n in range(9)}
    assert {(answer.tokens_in, answer.tokens_out) for answer in got.values()} == {(7, 3)}
    assert llm.most == 4, "twice the two that it works on"


@pytest.mark.parametrize(("pictures", "most"), [(1, 1), (2 * 9 * 11 * 3, 2), (10**9, 4)])
def test_large_images_wait_outside_of_memory(
    pictures: int, most: int, checkpoint: Path, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline_answerer, "PICTURES", pictures)
    answerer = OfflineAnswerer(str(checkpoint), dtype="float32")
    requests = []
    for number in range(6):
        path = image.with_name(f"{number}.png")
        Image.open(image).rotate(15 * number).save(path)
        requests.append(Request(path, f"d{number}", "prompt"))
    assert len(answered(answerer.answer(requests))) == 6
    assert answerer._engine._llm.most == most


def test_the_image_comes_first_and_untouched(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AutoProcessor, "from_pretrained", lambda **_: ScriptedProcessor())
    llm, _ = asked(["read"], system="be brief", chat_template=TEMPLATE)
    system, user = llm.calls[0]["messages"]
    assert system == {"role": "system", "content": [{"type": "text", "text": "be brief"}]}
    assert [part["type"] for part in user["content"]] == ["image_pil", "text"]
    assert np.array_equal(np.array(user["content"][0]["image_pil"]), np.array(Image.open(image)))
    assert llm.calls[0]["chat_template"] == TEMPLATE


def test_a_system_text_that_the_template_does_not_take_is_told_before_the_engine_starts(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AutoProcessor, "from_pretrained", lambda **_: ScriptedProcessor())
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(PromptfitError, match="leaves a system text out; leave it empty"):
        asked(["read"], system="be brief", chat_template="{{ messages[-1]['role'] }}")
    with pytest.raises(PromptfitError, match=r"refuses a system text \(no such role\)"):
        asked(["read"], system="be brief", chat_template=REFUSING)


@pytest.mark.parametrize("kind", kinds.EXACT)
def test_the_engine_sees_the_same_pixels_whatever_the_file(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], image: Path, kind: str
) -> None:
    image.write_bytes(kinds.EXACT[kind]())
    llm, _ = asked(["read"])
    seen = llm.calls[0]["messages"][0]["content"][0]["image_pil"]
    assert np.array_equal(np.asarray(seen), np.repeat(kinds.GREYS[..., None], 3, axis=2))


def test_greedy_and_no_penalty_whatever_the_checkpoint_says(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]],
) -> None:
    llm, _ = asked(["read"], max_new_tokens=5, sampling={"stop": ["."]})
    assert vars(llm.calls[0]["sampling"]) == {
        "repetition_penalty": 1.0,
        "temperature": 0.0,
        "top_p": 1.0,
        "top_k": 0,
        "max_tokens": 5,
        "stop": ["."],
    }


@pytest.mark.parametrize(
    ("structured", "held"),
    [("off", None), ("json", '{"type":"object"}'), ("schema", '{"type":"object","required":["Имя"]}')],
)
def test_answers_of_records_alone_are_held_to_their_schema(
    checkpoint: Path, image: Path, structured: str, held: str | None
) -> None:
    answerer = OfflineAnswerer(str(checkpoint), dtype="float32", structured=structured)
    schema = '{"type":"object","required":["Имя"]}'
    asked = [
        Request(image, "d1", "free"),
        *(Request(image, "d1", text, schema=schema) for text in ("held 1", "held 2")),
    ]
    assert len(answered(answerer.answer(asked))) == 3
    calls = {
        call["messages"][-1]["content"][-1]["text"]: vars(call["sampling"]) for call in answerer._engine._llm.calls
    }
    assert "structured_outputs" not in calls["free"]
    if held is None:
        assert calls["held 1"] == calls["held 2"] == calls["free"]
    else:
        assert calls["held 1"] == calls["held 2"] == {**calls["free"], "structured_outputs": SimpleNamespace(json=held)}


def test_variables_of_the_template_reach_the_engine(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]],
) -> None:
    llm, _ = asked(["read"], template_options={"enable_thinking": False})
    assert llm.calls[0]["chat_template_kwargs"] == {"enable_thinking": False}


def test_options_reach_the_engine(asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]]) -> None:
    engine = {"tensor_parallel_size": 2, "enable_prefix_caching": False}
    llm, _ = asked(["read"], engine=engine, processor_options={"do_pan_and_scan": True})
    assert engine.items() <= llm.options.items()
    assert llm.options["mm_processor_kwargs"] == {"do_pan_and_scan": True}
    assert (llm.options["trust_remote_code"], llm.options["dtype"]) == (False, "float32")


def test_what_fails_is_limited_to_its_own_request(checkpoint: Path, image: Path, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_bytes(b"no image")
    requests = [
        Request(image, "d1", "a long story"),
        Request(image, "d1", "give up"),
        Request(tmp_path / "no.png", "d2", "read"),
        Request(image, "d1", "read"),
    ]
    answers, reasons = parted(OfflineAnswerer(str(checkpoint)).answer(requests))
    assert {index: answer.text for index, answer in answers.items()} == {3: "READ"}
    assert reasons.keys() == {0, 1, 2}
    assert reasons[0] == "ValueError: longer than the context"
    assert reasons[1] == "vLLM gave it up (abort)"
    assert "no.png: not an image" in reasons[2]


@pytest.mark.parametrize("prompt", ["dead", "dead at once"])
def test_an_engine_that_died_is_named(asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], prompt: str) -> None:
    with pytest.raises(PromptfitError, match=r"vLLM's engine has stopped \(it died\).*max_num_seqs"):
        asked(["read", prompt])


def test_who_stops_listening_frees_the_engine(checkpoint: Path, image: Path) -> None:
    answerer = OfflineAnswerer(str(checkpoint))
    answers = answerer.answer([Request(image, "d1", f"prompt {number}") for number in range(4)])
    next(answers)
    assert isinstance(answers, Generator)
    answers.close()
    assert len(answerer._engine._llm.dropped) == 2 and not answerer._engine._llm.queue


def test_an_engine_that_cannot_start_is_named(asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]]) -> None:
    with pytest.raises(PromptfitError, match=r"vLLM cannot start with it.*nonsense"):
        asked(["read"], engine={"nonsense": 1})


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("please pass `trust_remote_code=True`", "say `trust_remote_code: true` in the model's YAML"),
        ("Transformers does not recognize this architecture", r"saved by transformers 9\.9, and here is \d"),
    ],
)
def test_what_vllm_says_of_a_checkpoint_comes_with_a_remedy(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]],
    checkpoint: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    told: str,
) -> None:
    def refuses(self: ScriptedLLM, **_: Any) -> None:
        raise ValueError(fault)

    (checkpoint / "config.json").write_text(json.dumps({"transformers_version": "9.9"}))
    monkeypatch.setattr(ScriptedLLM, "__init__", refuses)
    with pytest.raises(PromptfitError, match=f"vLLM cannot start with it.*{told}"):
        asked(["read"])


def test_vllm_that_is_not_installed_is_named(checkpoint: Path, image: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AutoProcessor, "from_pretrained", lambda **_: ScriptedProcessor())
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(PromptfitError, match=r"vLLM cannot be imported.*uv pip install"):
        list(OfflineAnswerer(str(checkpoint)).answer([Request(image, "d1", "read")]))


def test_the_identity_names_what_changes_an_answer_only(checkpoint: Path) -> None:
    def identity(**settings: Any) -> str:
        return OfflineAnswerer(str(checkpoint), dtype="float32", **settings).identity

    plain = identity()
    assert json.loads(plain)["answerer"] == "vllm"
    assert identity(engine={"block_size": 16, "tensor_parallel_size": 4}) == plain
    changes: list[dict[str, Any]] = [
        {"engine": {"quantization": "fp8"}},
        {"max_new_tokens": 5},
        {"max_pixels": 9999},
        {"sampling": {"temperature": 1}},
        {"chat_template": "x"},
        {"processor_options": {"crop": True}},
    ]
    assert len({plain, *(identity(**change) for change in changes)}) == 1 + len(changes)


@pytest.mark.parametrize(
    ("size", "accepted"), [({"shortest_edge": 4, "longest_edge": 9}, True), ({"longest_edge": 9}, False)]
)
def test_pixel_limits_are_for_processors_that_know_them(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], checkpoint: Path, size: Any, accepted: bool
) -> None:
    (checkpoint / "preprocessor_config.json").write_text(json.dumps({"size": size}))
    if accepted:
        assert asked(["read"], max_pixels=999)[0].options["mm_processor_kwargs"] == {"max_pixels": 999}
    else:
        with pytest.raises(PromptfitError, match="min_pixels and max_pixels mean nothing to it"):
            asked(["read"], max_pixels=999)


@pytest.mark.parametrize(
    ("processor", "settings", "length"),
    [
        ({"patch_size": 14, "merge_size": 2, "max_pixels": 12_845_056}, {"max_pixels": 1_003_520}, 1280 + 100 + 64),
        ({"patch_size": 14, "merge_size": 2, "max_pixels": 12_845_056}, {}, 16384 + 100 + 64),
        ({"patch_size": 16, "merge_size": 2, "size": {"shortest_edge": 1, "longest_edge": 1025}}, {}, 2 + 100 + 64),
        ({"patch_size": 14, "merge_size": 2, "max_pixels": 784}, {"engine": {"max_model_len": 7}}, 7),
        ({"patch_size": 14, "merge_size": 2, "max_pixels": 784 * 10**6}, {}, 32768),
        ({"size": {"height": 384, "width": 384}}, {}, None),
    ],
)
def test_the_context_is_what_the_largest_image_a_prompt_and_an_answer_take(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]],
    checkpoint: Path,
    processor: dict[str, Any],
    settings: dict[str, Any],
    length: int | None,
) -> None:
    (checkpoint / "config.json").write_text(json.dumps({"max_position_embeddings": 32768}))
    (checkpoint / "preprocessor_config.json").write_text(json.dumps(processor))
    llm, _ = asked(["read"], prompt_tokens=100, **settings)
    assert llm.options.get("max_model_len") == length


def test_a_full_gpu_is_told_with_what_is_free(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho '0, 2048, 81559'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=os.pathsep)
    with pytest.raises(PromptfitError, match=r"Memory that is free: GPU 0: 2,048 of 81,559 MiB\."):
        asked(["read"], engine={"nonsense": 1})


def test_a_driver_that_is_too_old_is_told_before_vllm_starts(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("promptfit.answer.local.device.gpu_is_here", lambda: True)
    monkeypatch.setattr("promptfit.answer.local.cuda_driver.driver_cuda", lambda: (12, 2))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.version.cuda", "13.2")
    with pytest.raises(PromptfitError, match=r"driver takes CUDA 12\.2 at most.*built for CUDA 13\.2.*cu126 index"):
        asked(["read"])


def test_an_adapter_goes_with_every_request(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], tmp_path: Path
) -> None:
    folder = tmp_path / "lora"
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 24}))
    (folder / "adapter_model.safetensors").touch()
    llm, _ = asked(["read"], adapter=str(folder))
    assert llm.options["enable_lora"] and llm.options["max_lora_rank"] == 32
    assert llm.calls[0]["lora_request"] == ("lora", 1, str(folder))


def test_the_engine_is_not_forked_from_a_process_with_threads(
    asked: Callable[..., tuple[ScriptedLLM, dict[int, Answer]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VLLM_WORKER_MULTIPROC_METHOD", raising=False)
    asked(["read"])
    assert os.environ["VLLM_WORKER_MULTIPROC_METHOD"] == "spawn"


def test_what_is_the_answerers_own_cannot_be_an_engine_option() -> None:
    with pytest.raises(PromptfitError, match="dtype cannot stand there"):
        OfflineAnswerer("models/x", engine={"dtype": "float16"})
