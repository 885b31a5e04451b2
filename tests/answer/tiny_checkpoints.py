"""Tiny random checkpoints of several architectures: they know nothing, but say other things of other images."""

from pathlib import Path

import torch
from transformers import (
    AutoModelForImageTextToText,
    PreTrainedModel,
    Qwen2_5_VLConfig,
    Qwen2VLConfig,
    Qwen3VLConfig,
)

from promptfit.docvlm import checkpoint

TEXT = {
    "hidden_size": 48,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "num_key_value_heads": 3,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}
ROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}


def _qwen2_vl(text: dict, ids: dict) -> Qwen2VLConfig:
    vision = {"depth": 2, "embed_dim": 32, "hidden_size": 48, "num_heads": 2, "patch_size": 8, "spatial_merge_size": 2}
    return Qwen2VLConfig(vision_config=vision, text_config=text | {"rope_parameters": ROPE}, **ids)


def _qwen2_5_vl(text: dict, ids: dict) -> Qwen2_5_VLConfig:
    vision = {"depth": 2, "hidden_size": 32, "out_hidden_size": 48, "num_heads": 2, "intermediate_size": 64}
    vision |= {"patch_size": 8, "spatial_merge_size": 2, "window_size": 32, "fullatt_block_indexes": [1]}
    return Qwen2_5_VLConfig(vision_config=vision, text_config=text | {"rope_parameters": ROPE}, **ids)


def _qwen3_vl(text: dict, ids: dict) -> Qwen3VLConfig:
    vision = {"depth": 2, "hidden_size": 32, "out_hidden_size": 48, "num_heads": 2, "intermediate_size": 64}
    vision |= {"patch_size": 8, "spatial_merge_size": 2, "num_position_embeddings": 64, "deepstack_visual_indexes": [0]}
    rope = ROPE | {"mrope_interleaved": True}
    return Qwen3VLConfig(vision_config=vision, text_config=text | {"head_dim": 16, "rope_parameters": rope}, **ids)


FAMILIES = {"qwen2_vl": _qwen2_vl, "qwen2_5_vl": _qwen2_5_vl, "qwen3_vl": _qwen3_vl}


def build(family: str, path: Path, seed: int = 0) -> Path:
    """Saves a random checkpoint of a family, with docvlm-tiny's processor and tokenizer."""
    processor = checkpoint.processor()
    tokens = processor.tokenizer.convert_tokens_to_ids
    text = TEXT | {"vocab_size": -(-len(processor.tokenizer) // 64) * 64, "bos_token_id": None}
    text |= {"eos_token_id": tokens("<|im_end|>"), "pad_token_id": tokens("<|endoftext|>")}
    ids = {f"{kind}_token_id": tokens(f"<|{kind}_pad|>") for kind in ("image", "video")}
    ids |= {f"vision_{end}_token_id": tokens(f"<|vision_{end}|>") for end in ("start", "end")}
    torch.manual_seed(seed)
    model = AutoModelForImageTextToText.from_config(FAMILIES[family](text, ids | {"tie_word_embeddings": False}))
    _enliven(model.float())
    model.generation_config.eos_token_id = text["eos_token_id"]
    model.save_pretrained(path)
    processor.save_pretrained(path)
    return path


def _enliven(model: PreTrainedModel) -> None:
    """Fresh random weights say the same to everything; large ones do not, and a likely end token varies the length."""
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.25)
        model.lm_head.weight[model.config.text_config.eos_token_id] *= 2.1
