"""The architecture of docvlm-tiny, and a checkpoint as AutoProcessor and AutoModelForImageTextToText load it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.data.synth.layouts import HEIGHT, WIDTH
from promptfit.docvlm import tokenizer as words

if TYPE_CHECKING:
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration, Qwen2VLProcessor

PATCH, MERGE = 8, 2
TOKEN = PATCH * MERGE
"""Side of an image token in pixels: about one line of text by two characters."""


def config() -> Qwen2VLConfig:
    """A Qwen2-VL of about 3.6 million parameters. Heads of 32 are the smallest that vLLM's CPU kernels take."""
    from transformers import Qwen2VLConfig

    ids = {token: i for i, token in enumerate(words.vocabulary())}
    return Qwen2VLConfig(
        vision_config={
            "depth": 4,
            "embed_dim": 128,
            "hidden_size": 192,
            "num_heads": 4,
            "patch_size": PATCH,
            "spatial_merge_size": MERGE,
        },
        text_config={
            "vocab_size": -(-len(ids) // 64) * 64,
            "hidden_size": 192,
            "intermediate_size": 512,
            "num_hidden_layers": 5,
            "num_attention_heads": 6,
            "num_key_value_heads": 6,
            "max_position_embeddings": 2048,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [4, 6, 6]},
            "bos_token_id": ids["<|endoftext|>"],
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
            "tie_word_embeddings": True,
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
        dtype="float32",
    )


def processor() -> Qwen2VLProcessor:
    """The processor: images of the usual size pass untouched, larger ones shrink to as many pixels."""
    from transformers import Qwen2VLImageProcessor, Qwen2VLProcessor, Qwen2VLVideoProcessor

    pixels = {"shortest_edge": WIDTH * HEIGHT // 2, "longest_edge": WIDTH * HEIGHT}
    shape = {"patch_size": PATCH, "merge_size": MERGE, "temporal_patch_size": 2, "size": pixels}
    shade = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    return Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessor(**shape, **shade),
        tokenizer=words.build(),
        video_processor=Qwen2VLVideoProcessor(**shape, **shade),
        chat_template=words.TEMPLATE,
    )


def untrained_model(seed: int) -> Qwen2VLForConditionalGeneration:
    """The model with seeded random weights, attention in plain matrix products (fastest to train on a CPU)."""
    import torch
    from transformers import Qwen2VLForConditionalGeneration

    torch.manual_seed(seed)
    model = Qwen2VLForConditionalGeneration._from_config(config(), attn_implementation="eager", dtype=torch.float32)
    model.generation_config.eos_token_id = model.config.text_config.eos_token_id
    model.generation_config.pad_token_id = model.config.text_config.pad_token_id
    return model


def save(model: Qwen2VLForConditionalGeneration, path: Path) -> None:
    """Writes weights (safetensors), configuration and processor to a folder."""
    model.save_pretrained(path)
    processor().save_pretrained(path)
