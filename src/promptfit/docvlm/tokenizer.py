"""The tokenizer: values are spelled by characters, words of instructions are one token, all else falls to bytes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promptfit.data.synth.documents import TRUTH
from promptfit.docvlm import record_skills, skills

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SPECIALS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
CYRILLIC = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
DIGITS = "0123456789"
CHARACTERS = (
    CYRILLIC
    + CYRILLIC.lower()
    + DIGITS
    + " .,:;!?-–/()«»\"'№%+{}[]\nABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
GLYPHS = CYRILLIC + CYRILLIC.lower() + DIGITS + " .,:-/«»№ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""Characters that documents print: the classes of the auxiliary loss that teaches seeing."""
JSON_PIECES = ('{"', '": "', '", "', '"}')
"""What stands between keys and values, a token each: an object is written in a third of the tokens less."""
_PIECES = rf"{'|'.join(map(re.escape, JSON_PIECES))}| ?[^\W_]+|\s|[^\w\s]|_"
# The template is Qwen2-VL's, without its default system prompt and its line feeds: fewer tokens to read.
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant{% endif %}"
)


def vocabulary() -> list[str]:
    """Tokens in the order of their ids: specials, bytes, characters, words of instructions."""
    texts = [*skills.ASK, *skills.BRIEF, *skills.FILLER]
    texts += [t for ts in skills.FORMS.values() for t in ts] + [t.format(x="") for t in skills.EXAMPLE]
    texts += [*record_skills.ASK, *record_skills.BARE, *record_skills.KEYS, record_skills.TALK]
    texts += [n for q, names in skills.NAMES.items() for n in (q, *names)] + list(TRUTH)
    words = {w for t in texts for w in re.findall(r"[^\W_]+", t.replace("{q}", "").replace("{keys}", "")) if len(w) > 1}
    words |= {w.lower() for w in words} | {w.capitalize() for w in words}
    spelled = [f"{gap}{w}" for w in sorted(words) for gap in ("", " ")]
    return [
        *SPECIALS,
        *(f"<0x{b:02X}>" for b in range(256)),
        *CHARACTERS,
        "user",
        "assistant",
        "system",
        *JSON_PIECES,
        *spelled,
    ]


def build() -> PreTrainedTokenizerFast:
    """The tokenizer, ready to save. Any text is encoded and decoded without loss."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    tokens = {token: i for i, token in enumerate(vocabulary())}
    # A piece that is a whole word of the vocabulary is one token; with no merges any other piece is its characters.
    tokenizer = Tokenizer(models.BPE(vocab=tokens, merges=[], ignore_merges=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_PIECES), "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIALS])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        padding_side="left",
        clean_up_tokenization_spaces=False,
        additional_special_tokens=list(SPECIALS[1:]),
        model_max_length=1024,
    )
