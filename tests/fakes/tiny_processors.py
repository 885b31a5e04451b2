"""Processors of model families made offline: their own classes and templates over docvlm-tiny's vocabulary."""

from collections.abc import Mapping
from typing import Any

from transformers import (
    Gemma3ImageProcessor,
    Gemma3Processor,
    GotOcr2ImageProcessor,
    Idefics3ImageProcessor,
    Idefics3Processor,
    InternVLProcessor,
    InternVLVideoProcessor,
    LlavaNextImageProcessor,
    LlavaNextProcessor,
    LlavaOnevisionImageProcessor,
    LlavaOnevisionProcessor,
    LlavaOnevisionVideoProcessor,
    PaliGemmaProcessor,
    PreTrainedTokenizerFast,
    SiglipImageProcessor,
    SmolVLMImageProcessor,
    SmolVLMProcessor,
    SmolVLMVideoProcessor,
)

from promptfit.data.synth.layouts import HEIGHT, WIDTH
from promptfit.docvlm import architecture
from promptfit.docvlm import tokenizer as words

SIDE, PATCH = 32, 8
TOKENS = (SIDE // PATCH) ** 2
"""Of one tile of 32 pixels a side, where the family does not merge them."""
GRID = [[SIDE, SIDE], [SIDE, 2 * SIDE], [2 * SIDE, SIDE], [2 * SIDE, 2 * SIDE]]
_SQUARE = {"height": SIDE, "width": SIDE}
_TILES = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]

_PARTS = (
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}IMAGE"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
)
_IDEFICS = (
    "{% for message in messages %}{{ message['role'] | capitalize }}"
    "{% if message['content'][0]['type'] == 'image' %}:{% else %}: {% endif %}"
    f"{_PARTS.replace('IMAGE', '<image>')}<end_of_utterance>\n{{% endfor %}}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
TEMPLATES = {
    "smolvlm": f"<|im_start|>{_IDEFICS}",
    "idefics3": f"<|begin_of_text|>{_IDEFICS}",
    "llava_onevision": (
        "{% for message in messages %}<|im_start|>{{ message['role'] }} "
        "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% endif %}{% endfor %}"
        "{% for part in message['content'] %}{% if part['type'] == 'text' %}\n{{ part['text'] }}{% endif %}{% endfor %}"
        "<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    "llava_next": (
        "{% for message in messages %}<|{{ message['role'] }}|>\n"
        + _PARTS.replace("IMAGE", "<image>\n")
        + "\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
    ),
    "internvl": (
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
        + _PARTS.replace("IMAGE", "<IMG_CONTEXT>\n")
        + "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    "gemma3": (
        "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
        "{% set first = messages[0]['content'][0]['text'] + '\n\n' %}{% set messages = messages[1:] %}"
        "{% else %}{% set first = '' %}{% endif %}"
        "{% for message in messages %}<start_of_turn>{{ message['role'] }}\n{% if loop.first %}{{ first }}{% endif %}"
        + _PARTS.replace("IMAGE", "<start_of_image>").replace("part['text']", "part['text'] | trim")
        + "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
    ),
}
"""As the families' own checkpoints have them, for images and texts. PaliGemma has none: our YAML brings one."""


def _tokenizer(eos: str, named: Mapping[str, str] | None = None, others: tuple[str, ...] = ()) -> Any:
    """The vocabulary with a family's special tokens; `named` ones become attributes, as `image_token_id`."""
    backend = words.build().backend_tokenizer
    backend.add_special_tokens([eos, "<bos>", *(named or {}).values(), *others])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<bos>",
        eos_token=eos,
        pad_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
        extra_special_tokens=dict(named or {}),
        model_max_length=1024,
    )


def _idefics(family: str) -> Any:
    others = ("<fake_token_around_image>", "<image>", "<global-img>", "<|begin_of_text|>", *_TILES)
    sizes = {"size": {"longest_edge": 3 * SIDE}, "max_image_size": {"longest_edge": SIDE}}
    shared = {"tokenizer": _tokenizer("<end_of_utterance>", others=others), "chat_template": TEMPLATES[family]}
    if family == "idefics3":
        return Idefics3Processor(Idefics3ImageProcessor(**sizes), image_seq_len=TOKENS // 4, **shared)
    video = SmolVLMVideoProcessor(**sizes, video_sampling={"max_frames": 4, "fps": 1, "video_size": sizes["size"]})
    return SmolVLMProcessor(SmolVLMImageProcessor(**sizes), video_processor=video, image_seq_len=TOKENS // 4, **shared)


def _llava_onevision(family: str) -> Any:
    return LlavaOnevisionProcessor(
        LlavaOnevisionImageProcessor(size=_SQUARE, image_grid_pinpoints=GRID),
        _tokenizer("<|im_end|>", others=("<image>", "<video>")),
        LlavaOnevisionVideoProcessor(size=_SQUARE),
        num_image_tokens=TOKENS,
        vision_feature_select_strategy="full",
        chat_template=TEMPLATES[family],
    )


def _llava_next(family: str) -> Any:
    return LlavaNextProcessor(
        LlavaNextImageProcessor(size=_SQUARE, crop_size=_SQUARE, image_grid_pinpoints=GRID),
        _tokenizer("<|end_of_text|>", others=("<image>", "<|system|>", "<|user|>", "<|assistant|>")),
        patch_size=PATCH,
        vision_feature_select_strategy="full",
        chat_template=TEMPLATES[family],
    )


def _internvl(family: str) -> Any:
    named = {"start_image": "<img>", "end_image": "</img>", "context_image": "<IMG_CONTEXT>", "video": "<video>"}
    return InternVLProcessor(
        GotOcr2ImageProcessor(size=_SQUARE, max_patches=4),
        _tokenizer("<|im_end|>", {f"{name}_token": token for name, token in named.items()}),
        InternVLVideoProcessor(size=_SQUARE),
        image_seq_length=TOKENS // 4,
        chat_template=TEMPLATES[family],
    )


def _gemma3(family: str) -> Any:
    named = {"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"}
    return Gemma3Processor(
        Gemma3ImageProcessor(size=_SQUARE),
        _tokenizer("<end_of_turn>", named, ("<start_of_turn>",)),
        image_seq_length=TOKENS // 4,
        chat_template=TEMPLATES[family],
    )


def _paligemma(_: str) -> Any:
    image = SiglipImageProcessor(size=_SQUARE, image_seq_length=TOKENS)
    return PaliGemmaProcessor(image, _tokenizer("<eos>", others=("<image>",)))


_MAKERS = {
    "smolvlm": _idefics,
    "idefics3": _idefics,
    "llava_onevision": _llava_onevision,
    "llava_next": _llava_next,
    "internvl": _internvl,
    "gemma3": _gemma3,
    "paligemma": _paligemma,
}


def processor(family: str) -> Any:
    """The family's processor; Qwen's families have docvlm-tiny's own, but for the pixels that images are left with."""
    if family in _MAKERS:
        return _MAKERS[family](family)
    made = architecture.processor()
    for part in (made.image_processor, made.video_processor):
        part.size = type(part.size)(shortest_edge=WIDTH * HEIGHT // 2, longest_edge=WIDTH * HEIGHT)
    return made
