"""A batch holds what memory takes: by computation at first, by what went wrong and well then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from PIL import Image

from promptfit.answer.local import memory
from promptfit.answer.local.local_answerer import LocalAnswerer
from promptfit.answer.local.local_engine import LocalEngine
from promptfit.answer.local.packing import CALM, Packing
from promptfit.types import Answer, NoAnswer, Request


def test_it_learns_from_a_lack_of_memory_and_does_not_shrink_for_good() -> None:
    packing = Packing(requests=8, tokens=1000)
    assert packing.takes(8, 1000) and not packing.takes(9, 10) and not packing.takes(2, 1001)
    packing.failed(900)
    assert packing.tokens == 450 and packing.takes(1, 5000), "a request alone is always tried"
    for _ in range(CALM):
        packing.went(100)
    assert packing.tokens == 450, "small batches show nothing"
    for _ in range(5 * CALM):
        packing.went(packing.tokens)
    assert packing.tokens == 1000


SAID = [
    "CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported",
    "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
    "MPS backend out of memory (MPS allocated: 1 GB)",
    "HIP out of memory. Tried to allocate 2 GiB",
    "[enforce fail at alloc_cpu.cpp:124] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes",
    "[enforce fail] data. DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.",
]


@pytest.mark.parametrize("said", SAID)
def test_a_lack_of_memory_is_known_by_all_its_names(said: str) -> None:
    assert memory.lacking(RuntimeError(said)) and memory.lacking(MemoryError())
    assert not memory.lacking(RuntimeError("CUDA error: an illegal memory access was encountered"))


@pytest.mark.parametrize(("reuse_image", "sizes"), [(False, [2, 2, 2, 2, 2]), (True, [4, 4, 2])])
def test_batches_are_cut_by_tokens(
    reuse_image: bool,
    sizes: list[int],
    tiny: Callable[[str], Path],
    picture: Callable[..., tuple[Path, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Five images of 81 tokens, two prompts each, of 9 tokens with their answers; the room is scripted."""
    drawn = [picture(number, (64, 64)) for number in range(5)]
    asked = [Request(*one, prompt) for one in drawn for prompt in ("Номер", "Дата")]
    batches: list[list[Request]] = []
    genuine = LocalEngine.answer

    def noted(self: LocalEngine, batch: Sequence[Request], pictures: Mapping[str, Image.Image]) -> list[Answer]:
        assert {str(one.image) for one in batch} == {shown[0] for shown in pictures}
        batches.append(list(batch))
        answers: list[Answer] = genuine(self, batch, pictures)
        return answers

    monkeypatch.setattr(LocalEngine, "answer", noted)
    answerer = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu", max_new_tokens=4, reuse_image=reuse_image)
    answerer._engine.packing.tokens = 200
    said = dict(answerer.answer(asked))
    assert not [one for one in said.values() if isinstance(one, NoAnswer)] and len(said) == len(asked)
    assert [len(batch) for batch in batches] == sizes


def test_the_room_follows_the_model(tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    engine = LocalAnswerer(str(tiny("qwen2_vl")), device="cpu")._engine
    model, text = engine.loaded.model, engine.loaded.model.config.get_text_config()
    width = text.hidden_size // text.num_attention_heads
    kept = 2 * text.num_hidden_layers * text.num_key_value_heads * width
    assert memory.bytes_a_token(model) == 4 * (kept + memory.ACTIVATIONS * text.hidden_size)
    monkeypatch.setattr(memory, "free", lambda device: 100 * memory.bytes_a_token(model))
    assert memory.room(model) == 50
