"""What the answerer does with an engine, by a scripted stand-in of vLLM's; the real one runs in `make test-vllm`."""

from __future__ import annotations

import json
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
from promptfit.answer.vllm.offline_answerer import OfflineAnswerer
from promptfit.types import Answer, PromptfitError, Request


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
    package, faults = ModuleType("vllm"), ModuleType("vllm.v1.engine.exceptions")
    vars(package).update(LLM=ScriptedLLM, SamplingParams=SimpleNamespace)
    vars(faults).update(EngineDeadError=EngineDeadError)
    monkeypatch.setitem(sys.modules, "vllm", package)
    monkeypatch.setitem(sys.modules, "vllm.v1.engine.exceptions", faults)
    monkeypatch.delitem(sys.modules, "promptfit.answer.vllm.offline_engine", raising=False)
    yield
    sys.modules.pop("promptfit.answer.vllm.offline_engine", None)


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
    (folder / "model.safetensors").write_bytes(b"weights")
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


def test_what_is_the_answerers_own_cannot_be_an_engine_option() -> None:
    with pytest.raises(PromptfitError, match="dtype cannot stand there"):
        OfflineAnswerer("models/x", engine={"dtype": "float16"})
