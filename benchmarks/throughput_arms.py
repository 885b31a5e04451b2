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

from benchmarks.throughput_work import Ask, Subject

Said = tuple[str, float]
"""An answer, and the seconds that the arm says its engine took for it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """An arm with its model loaded."""

    answer: Callable[[Sequence[Ask]], list[Said]]
    forget: Callable[[], None]
    """Drops what it would still know of the images in the next round; not timed."""


def ours(subject: Subject, model: str, records: str = "") -> Loaded:
    """``conf/model/<model>.yaml`` as a stage asks it (or asks it for ``records``): kept in a new store, and scored."""
    from benchmarks.scripted import configured
    from benchmarks.stated import read

    longer = read(f"model/{model}")["records"] if records else {}
    return _asking(configured(f"model/{model}", "answerer", **longer))


def local(subject: Subject, how: str) -> Loaded:
    """Our transformers back end, with ``reuse`` of the image or ``plain``."""
    from promptfit.answer.local.local_answerer import LocalAnswerer

    return _asking(
        LocalAnswerer(
            subject.checkpoint,
            dtype=subject.dtype,
            device=subject.device,
            max_new_tokens=subject.max_new_tokens,
            max_pixels=subject.max_pixels,
            reuse_image=how == "reuse",
        )
    )


def offline(subject: Subject) -> Loaded:
    """Our vLLM back end."""
    from promptfit.answer.vllm.offline_answerer import OfflineAnswerer

    return _asking(
        OfflineAnswerer(
            subject.checkpoint,
            dtype=subject.dtype,
            max_new_tokens=subject.max_new_tokens,
            max_pixels=subject.max_pixels,
            engine=_engine(subject),
        )
    )


def _asking(answerer: Any) -> Loaded:
    from promptfit.answer.cached_answerer import AnswerCache, CachedAnswerer
    from promptfit.evaluate.ask import ask
    from promptfit.evaluate.scoring import Scoring
    from promptfit.types import Field, Prompt, Sample

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

    engine = answerer._engine  # loads the model

    def forget() -> None:
        _forget(getattr(engine, "_llm", None))
        if hasattr(engine, "free"):
            engine.free()

    return Loaded(answer, forget)


def generate(subject: Subject, size: str) -> Loaded:
    """A plain loop of transformers' ``generate`` over batches of this size, 1 is one by one."""
    import torch
    from transformers import AutoModelForImageTextToText, AutoProcessor

    processor = AutoProcessor.from_pretrained(subject.checkpoint)
    processor.tokenizer.padding_side = "left"
    if subject.max_pixels:
        processor.image_processor.size = dict(processor.image_processor.size) | {"longest_edge": subject.max_pixels}
    dtype = getattr(torch, subject.dtype)
    model = AutoModelForImageTextToText.from_pretrained(subject.checkpoint, dtype=dtype).to(subject.device).eval()

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
            ).to(model.device, dtype=model.dtype)
            with torch.inference_mode():
                rows = model.generate(**inputs, do_sample=False, max_new_tokens=subject.max_new_tokens)
            said += processor.batch_decode(rows[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        return [(text, 0.0) for text in said]

    return Loaded(answer, _forget)


def vllm(subject: Subject, block: str = "") -> Loaded:
    """vLLM's offline engine driven by hand: prefix caching, all requests at once, all prompts of an image together."""
    from vllm import LLM, SamplingParams

    llm = LLM(
        subject.checkpoint,
        dtype=subject.dtype,
        enable_prefix_caching=True,
        limit_mm_per_prompt={"image": 1, "video": 0},
        mm_processor_kwargs={"max_pixels": subject.max_pixels} if subject.max_pixels else None,
        **_engine(subject),
        **({"block_size": int(block)} if block else {}),
    )
    sampling = SamplingParams(temperature=0, max_tokens=subject.max_new_tokens)

    def answer(asks: Sequence[Ask]) -> list[Said]:
        outputs = llm.chat([_message(one, "image_pil", "image_pil") for one in asks], sampling, use_tqdm=False)
        return [(output.outputs[0].text, 0.0) for output in outputs]

    return Loaded(answer, lambda: _forget(llm))


def _engine(subject: Subject) -> dict[str, Any]:
    options = {"max_model_len": subject.max_model_len, "kv_cache_memory_bytes": subject.kv_cache_bytes}
    return {name: value for name, value in options.items() if value}


def lmms_eval(subject: Subject, size: str, kind: str = "qwen2_vl") -> Loaded:
    """lmms-eval's own class of a model, as its evaluator calls it, with batches of this size (1 is its default)."""
    instance = import_module("lmms_eval.api.instance").Instance
    # it takes 28 pixels for the unit of an image's sides, which here is 16, and makes a JPEG of every image
    limits = dict(zip(("min_pixels", "max_pixels"), subject.lmms_pixels or (None, subject.max_pixels), strict=True))
    model = import_module("lmms_eval.models").get_model(kind, force_simple=True)(
        pretrained=subject.checkpoint,
        device=subject.device,
        device_map=subject.device,
        batch_size=int(size),
        system_prompt="",
        **{name: limit for name, limit in limits.items() if limit},
    )

    def answer(asks: Sequence[Ask]) -> list[Said]:
        model.task_dict["throughput"] = {"test": asks}
        until = {"max_new_tokens": subject.max_new_tokens}
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
