"""The workload of the measurement of throughput: a search's, 16 prompts of each of 48 images."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CHECKPOINT = PROJECT / "models" / "docvlm-tiny"
FIELDS = ("passport Фамилия", "passport Дата рождения", "passport Место рождения", "passport Серия и номер паспорта")
IMAGES = 48
PROMPTS = 16
MAX_NEW_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, plain enough for processes without promptfit."""

    image: str
    digest: str
    prompt: str
    truth: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The model that all arms ask, and how."""

    checkpoint: str
    dtype: str = "float32"
    device: str = "cpu"
    max_new_tokens: int = MAX_NEW_TOKENS
    max_pixels: int | None = None
    max_model_len: int | None = None
    """What vLLM is to make room for; null is all that the model takes."""
    kv_cache_bytes: int | None = None
    """What vLLM keeps keys and values in; null is nearly all memory there is."""
    lmms_pixels: tuple[int, int] | None = None
    """The least and the most pixels for lmms-eval, which does not ask the checkpoint."""


TINY = Subject(
    str(CHECKPOINT), lmms_pixels=(17280, 34560), kv_cache_bytes=2**30
)  # as in conf/model/docvlm-tiny-vllm.yaml


def workload(images: int = IMAGES) -> list[Ask]:
    """Four fields of passports, each in the words of all handwritten collections; all prompts of an image together."""
    from promptfit.data import collection
    from promptfit.data.reader import load

    data = load(PROJECT / "data" / "large")
    written = [collection.read(path) for path in sorted((PROJECT / "prompts" / "handwritten").glob("*.csv"))]
    prompts = {name: [row.prompt for rows in written for row in rows if row.field == name] for name in FIELDS}
    samples = [data.of(data.resolve(name))[:images] for name in FIELDS]
    asks = [
        Ask(str(sample.image), sample.image_digest, prompt, sample.answer)
        for row in zip(*samples, strict=True)
        for sample in row
        for prompt in prompts[sample.field.name]
    ]
    assert len({(ask.image, ask.prompt) for ask in asks}) == len(asks)
    assert all(
        ask.image == asks[start].image
        for start in range(0, len(asks), PROMPTS)
        for ask in asks[start : start + PROMPTS]
    )
    return asks
