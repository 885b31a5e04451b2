"""Takes prompts out of a generator's reply, which is untrusted text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from promptfit.readers.thoughts import spoken

LONGEST = 2000
"""Characters of a prompt: a longer one is no instruction for a small model, but a dump."""
GIANT = 1_000_000
"""Characters of a reply that nobody reads further."""
_BEGINNING = 400
"""Characters of a reply in which a refusal says so."""

# Every repetition is bounded: the time is linear in the reply.
_PROMPT = re.compile(r"<[ \t]{0,8}(/?)[ \t]{0,8}prompt(?:\s[^<>]{0,80})?>", re.IGNORECASE)
_REFUSAL = re.compile(
    r"\bя не (?:могу|буду|вправе)\b|\bне могу (?:помо|выполн|предостав|обраб|с этим|ответить)|\bизвините\b|\bпростите\b"
    r"|\bк сожалению\b|\bотказыва(?:юсь|емся)\b|\bне имею (?:права|возможности)\b|\bкак (?:языковая модель|ии)\b"
    r"|\bi(?: a|['’])m (?:sorry|unable|not able)\b|\bi (?:can(?:no|['’])t|can not|won['’]t|will not|must decline)\b"
    r"|\bas an? (?:ai|language model)\b|\bunable to (?:assist|help|comply|fulfil)|\bsorry, (?:but )?i\b"
    r"|\bcannot (?:assist|help|comply|fulfil)",
    re.IGNORECASE,
)
_DROPPED = ("Cc", "Cf", "Co", "Cs")
"""Unicode's control, format, private and surrogate characters: unseen in a prompt, or impossible to write down."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply held."""

    prompts: tuple[str, ...]
    """Distinct prompts, at most as many as were wanted, in the reply's order."""
    fault: str
    """Nothing, or ``no block``, ``empty``, ``refusal``, ``giant`` or ``several``."""


def read(text: str, wanted: int, longest: int = LONGEST) -> Reply:
    """Takes out what stands in ``<prompt>…</prompt>``; thoughts, fences and unseen characters are left out.

    Of nested or unclosed blocks the innermost whole one counts. A fault does not cost the good prompts beside it.

    Args:
        text: The reply, whatever it is.
        wanted: How many prompts were asked for.
        longest: Characters of a prompt at most.

    Returns:
        The prompts and the fault by name: ``giant`` (the whole reply, or a prompt, which is dropped), ``several``
        (more than wanted; the first ones are taken), ``empty`` (the reply, or a block without a letter or digit),
        ``refusal`` or ``no block`` (neither has a block).
    """
    if len(text) > GIANT:
        return Reply((), "giant")
    said, _ = spoken(text)
    blocks = [_clean(block) for block in _blocks(said)]
    if not blocks:
        return Reply((), _why_none(said))
    full = [block for block in blocks if any(character.isalnum() for character in block)]
    good = list(dict.fromkeys(block for block in full if len(block) <= longest))
    faults = {
        "giant": any(len(block) > longest for block in full),
        "several": len(good) > wanted,
        "empty": len(full) < len(blocks),
    }
    return Reply(tuple(good[:wanted]), next((name for name, found in faults.items() if found), ""))


def _blocks(text: str) -> list[str]:
    blocks = []
    start: int | None = None
    for tag in _PROMPT.finditer(text):
        if tag[1] and start is not None:
            blocks.append(text[start : tag.start()])
        start = None if tag[1] else tag.end()
    return blocks


def _clean(block: str) -> str:
    """Lines without unseen characters, and without the code fence that models like to put around them."""
    lines = [
        "".join(c for c in line if c == "\t" or unicodedata.category(c) not in _DROPPED).rstrip()
        for line in block.strip().splitlines()
    ]
    if len(lines) > 1 and lines[0].startswith("```") and lines[-1] == "```":
        lines = lines[1:-1]
    elif len(lines) == 1:
        lines = [lines[0].strip("`")] if lines[0].startswith("```") else lines
    return "\n".join(lines).strip()


def _why_none(said: str) -> str:
    if not said.strip():
        return "empty"
    return "refusal" if _REFUSAL.search(said[:_BEGINNING]) else "no block"
