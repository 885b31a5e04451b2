"""The architecture of docvlm-tiny, and a checkpoint as AutoProcessor and AutoModelForImageTextToText load it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from promptfit.data.synth.layouts import HEIGHT, WIDTH
from promptfit.docvlm import tokenizer as words

if TYPE_CHECKING:
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration, Qwen2VLProcessor

WEIGHTS = "model.safetensors"
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
    """The processor: images of the usual size pass untouched, others are brought to about as many pixels.

    Rounding to whole tokens is upwards from the fewer pixels and downwards from the more; with 3 % of play both end
    at the usual nine rows of fifteen where the sides are as usual.
    """
    from transformers import Qwen2VLImageProcessor, Qwen2VLProcessor, Qwen2VLVideoProcessor

    pixels = {"shortest_edge": round(0.97 * WIDTH * HEIGHT), "longest_edge": round(1.03 * WIDTH * HEIGHT)}
    shape = {"patch_size": PATCH, "merge_size": MERGE, "temporal_patch_size": 2, "size": pixels}
    shade = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    return Qwen2VLProcessor(
        image_processor=Qwen2VLImageProcessor(**shape, **shade),
        tokenizer=words.build(),
        video_processor=Qwen2VLVideoProcessor(**shape, **shade),
        chat_template=words.TEMPLATE,
    )


def untrained_model(seed: int) -> Qwen2VLForConditionalGeneration:
    """The model with seeded random weights."""
    import torch
    from transformers import Qwen2VLForConditionalGeneration

    torch.manual_seed(seed)
    model = Qwen2VLForConditionalGeneration._from_config(config(), dtype=torch.float32)
    model.generation_config.eos_token_id = model.config.text_config.eos_token_id
    model.generation_config.pad_token_id = model.config.text_config.pad_token_id
    return model


def take_over(model: Qwen2VLForConditionalGeneration, folder: Path) -> None:
    """Puts the weights of an earlier checkpoint into the model; tokens that it did not have stay as they are."""
    import torch
    from tokenizers import Tokenizer
    from transformers import Qwen2VLForConditionalGeneration

    weights = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).state_dict()
    old = Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab()
    pairs = [(i, old[token]) for i, token in enumerate(words.vocabulary()) if token in old]
    new_ids, old_ids = torch.tensor(pairs).T
    for name in ("model.language_model.embed_tokens.weight", "lm_head.weight"):
        rows = model.state_dict()[name].clone()
        rows[new_ids] = weights[name][old_ids]
        weights[name] = rows
    model.load_state_dict(weights)


def save(model: Qwen2VLForConditionalGeneration, path: Path) -> None:
    """Writes weights (safetensors), configuration and processor to a folder."""
    model.save_pretrained(path)
    processor().save_pretrained(path)
