"""Who answers in the measurement of throughput: promptfit's answerers, and what one would write without promptfit.

Only promptfit's own arms keep their answers and score them: what that takes is in their time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.throughput_work import CHECKPOINT, MAX_NEW_TOKENS, Ask

Said = tuple[str, float]
"""An answer, and the seconds that the arm says its engine took for it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An arm with its model loaded."""

    answer: Callable[[Sequence[Ask]], list[Said]]
    forget: Callable[[], None]
    """Drops what it would still know of the images in the next round; not timed."""


def ours(model: str) -> Loaded:
    """``conf/model/<model>.yaml`` as a stage asks it: kept in a new store, and scored."""
    from benchmarks.scripted import configured
    from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
    from promptfit.evaluate.ask import ask
    from promptfit.evaluate.scoring import Scoring
    from promptfit.types import Field, Prompt, Sample

    answerer = configured(f"model/{model}", "answerer")

    def answer(asks: Sequence[Ask]) -> list[Said]:
        field = Field("passport", "")
        pairs = [
            (Prompt(one.prompt), Sample(one.image, Path(one.image), one.digest, "", one.truth, field, ""))
            for one in asks
        ]
        with tempfile.TemporaryDirectory(prefix="promptfit-bench-") as folder:
            store = AnswerCache(Path(folder) / "answers.sqlite")
            scored = ask(CachedAnswerer(answerer, store), pairs, Scoring())
            store.close()
        return [(one.answer.text, one.answer.seconds) for one in scored]

    llm = getattr(answerer._engine, "_llm", None)  # loads the model
    return Loaded(answer, lambda: _forget(llm))


def generate(size: str) -> Loaded:
    """A plain loop of transformers' ``generate`` over batches of this size, 1 is one by one."""
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    processor = AutoProcessor.from_pretrained(CHECKPOINT)
    model = AutoModelForImageTextToText.from_pretrained(CHECKPOINT, dtype=torch.float32).eval()

    def answer(asks: Sequence[Ask]) -> list[Said]:
        said = []
        for start in range(0, len(asks), int(size)):
            inputs = processor.apply_chat_template(
                [_message(one, "image", "image") for one in asks[start : start + int(size)]],
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
                return_tensors="pt",
                processor_kwargs={"padding": True},
            )
            with torch.inference_mode():
                rows = model.generate(**inputs, do_sample=False, max_new_tokens=MAX_NEW_TOKENS)
            said += processor.batch_decode(rows[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        return [(text, 0.0) for text in said]

    return Loaded(answer, _forget)


def vllm(block: str = "") -> Loaded:
    """vLLM's offline engine driven by hand: prefix caching, all requests at once, all prompts of an image together."""
    from vllm import LLM, SamplingParams

    llm = LLM(
        str(CHECKPOINT),
        dtype="float32",
        enable_prefix_caching=True,
        limit_mm_per_prompt={"image": 1, "video": 0},
        kv_cache_memory_bytes=2**30,  # as in conf/model/docvlm-tiny-vllm.yaml; by default, nearly all memory there is
        **({"block_size": int(block)} if block else {}),
    )
    sampling = SamplingParams(temperature=0, max_tokens=MAX_NEW_TOKENS)

    def answer(asks: Sequence[Ask]) -> list[Said]:
        outputs = llm.chat([_message(one, "image_pil", "image_pil") for one in asks], sampling, use_tqdm=False)
        return [(output.outputs[0].text, 0.0) for output in outputs]

    return Loaded(answer, lambda: _forget(llm))


def lmms_eval(size: str) -> Loaded:
    """lmms-eval's own class of Qwen2-VL, as its evaluator calls it, with batches of this size (1 is its default)."""
    instance = import_module("lmms_eval.api.instance").Instance
    # it takes 28 pixels for the unit of an image's sides, which here is 16, and makes a JPEG of every image
    model = import_module("lmms_eval.models").get_model("qwen2_vl", force_simple=True)(
        pretrained=str(CHECKPOINT),
        device="cpu",
        device_map="cpu",
        batch_size=int(size),
        min_pixels=17280,
        max_pixels=34560,
        system_prompt="",
    )

    def answer(asks: Sequence[Ask]) -> list[Said]:
        model.task_dict["throughput"] = {"test": asks}
        until = {"max_new_tokens": MAX_NEW_TOKENS}
        requests = [
            instance(
                request_type="generate_until",
                arguments=(one.prompt, dict(until), _visuals, place, "throughput", "test"),
                idx=0,
                metadata={"task": "throughput", "doc_id": place, "repeats": 1},
            )
            for place, one in enumerate(asks)
        ]
        return [(getattr(said, "text", said), 0.0) for said in model.generate_until(requests)]

    return Loaded(answer, _forget)


@lru_cache(maxsize=1)
def _picture(path: str) -> Image.Image:
    return Image.open(path).convert("RGB")


def _message(one: Ask, kind: str, key: str) -> list[dict[str, Any]]:
    picture = {"type": kind, key: _picture(one.image)}
    return [{"role": "user", "content": [picture, {"type": "text", "text": one.prompt}]}]


def _visuals(one: Ask) -> list[Image.Image]:
    return [_picture(one.image)]


def _forget(llm: Any = None) -> None:
    """Empties all that is known of earlier requests, by vLLM if it is one."""
    _picture.cache_clear()
    if llm is None:
        return
    assert llm.reset_prefix_cache()
    llm.reset_mm_cache()
    llm.llm_engine.reset_encoder_cache()
