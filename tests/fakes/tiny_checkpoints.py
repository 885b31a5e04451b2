"""Tiny random checkpoints of model families: they know nothing, but say other things of other images."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForImageTextToText, PreTrainedModel

from tiny_processors import GRID, PATCH, SIDE, TOKENS, processor

TEXT = {
    "hidden_size": 48,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "num_key_value_heads": 3,
    "head_dim": 16,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": False,
}
SLIDING = {"sliding_window": 64, "query_pre_attn_scalar": 16, "layer_types": ["sliding_attention", "full_attention"]}
ROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
QWEN = {"depth": 2, "num_heads": 2, "patch_size": PATCH, "spatial_merge_size": 2}
QWEN_LATER = QWEN | {"hidden_size": 32, "out_hidden_size": 48, "intermediate_size": 64}
TOWER = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": SIDE,
    "patch_size": PATCH,
}
SIGLIP = TOWER | {"model_type": "siglip_vision_model", "vision_use_head": False}

FAMILIES: dict[str, dict[str, Any]] = {
    "qwen2_vl": {
        "vision_config": QWEN | {"embed_dim": 32, "hidden_size": 48},
        "text_config": {"rope_parameters": ROPE},
    },
    "qwen2_5_vl": {
        "vision_config": QWEN_LATER | {"window_size": 32, "fullatt_block_indexes": [1]},
        "text_config": {"rope_parameters": ROPE},
    },
    "qwen3_vl": {
        "vision_config": QWEN_LATER | {"num_position_embeddings": 64, "deepstack_visual_indexes": [0]},
        "text_config": {"rope_parameters": ROPE | {"mrope_interleaved": True}},
    },
    "smolvlm": {"vision_config": TOWER, "text_config": {"model_type": "llama"}},
    "idefics3": {"vision_config": TOWER, "text_config": {"model_type": "llama"}},
    "llava_onevision": {
        "vision_config": SIGLIP,
        "text_config": {"model_type": "qwen2"},
        "image_grid_pinpoints": GRID,
    },
    "llava_next": {  # as Granite Vision has it
        "vision_config": SIGLIP,
        "text_config": {"model_type": "granite", "logits_scaling": 2.0, "residual_multiplier": 0.5},
        "image_grid_pinpoints": GRID,
        "vision_feature_layer": [-2, -1],
        "vision_feature_select_strategy": "full",
    },
    "internvl": {
        "vision_config": TOWER | {"image_size": [SIDE, SIDE], "patch_size": [PATCH, PATCH]},
        "text_config": {"model_type": "qwen2"},
        "image_seq_length": TOKENS // 4,
    },
    "gemma3": {"vision_config": SIGLIP, "text_config": SLIDING, "mm_tokens_per_image": TOKENS // 4},
    "paligemma": {  # version 2, on Gemma 2
        "vision_config": SIGLIP | {"projection_dim": 48},
        "text_config": SLIDING | {"model_type": "gemma2"},
        "projection_dim": 48,
        "hidden_size": 48,
    },
}
"""What a family's configuration needs to be tiny, beside the text part that all share. Names are transformers' own."""
_IDS = {
    "image_token_id": ("<IMG_CONTEXT>", "<image_soft_token>", "<image>", "<|image_pad|>"),
    "video_token_id": ("<video>", "<|video_pad|>"),
    "vision_start_token_id": ("<|vision_start|>",),
    "vision_end_token_id": ("<|vision_end|>",),
    "boi_token_index": ("<start_of_image>",),
    "eoi_token_index": ("<end_of_image>",),
}


def build(family: str, path: Path, seed: int = 0) -> Path:
    """Saves a random checkpoint of a family with its processor and tokenizer."""
    maker = processor(family)
    tokens = maker.tokenizer
    known = tokens.get_vocab()
    parts = FAMILIES[family]
    ids = {
        "eos_token_id": tokens.eos_token_id,
        "pad_token_id": tokens.pad_token_id,
        "bos_token_id": tokens.bos_token_id,
    }
    text = TEXT | ids | {"vocab_size": -(-len(tokens) // 64) * 64} | parts["text_config"]
    blank = AutoConfig.for_model(family)
    named = {}
    for key, names in _IDS.items():
        if hasattr(blank, key):
            named[key] = next(known[name] for name in names if name in known)
    config = AutoConfig.for_model(family, **parts | {"text_config": text, "tie_word_embeddings": False} | named)
    torch.manual_seed(seed)
    model = AutoModelForImageTextToText.from_config(config)
    _enliven(model.float(), tokens.eos_token_id)
    model.generation_config.eos_token_id = tokens.eos_token_id
    model.save_pretrained(path)
    maker.save_pretrained(path)
    return path


def _enliven(model: PreTrainedModel, end: int) -> None:
    """Fresh random weights say the same to everything; large ones do not, and a likely end token varies the length."""
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(std=0.25)
        model.get_output_embeddings().weight[end] *= 2.6
