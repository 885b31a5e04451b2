"""One step of the real textgrad package, with engines that reply as a test says."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from promptfit.search.strategies.textgrad.gradient_step import Descent, GeneratorEngine, textgrad

LONG = " ".join(f"word{number}" for number in range(60))


def step(
    prompt: str,
    critic: str = "shorter",
    optimizer: str = "<IMPROVED_VARIABLE> Read {field} </IMPROVED_VARIABLE>",
    **more: Any,
) -> tuple[Descent, list[tuple[str, str]]]:
    asked: list[tuple[str, str]] = []

    def engine(reply: str) -> GeneratorEngine:
        def said(system: str, text: str) -> str:
            asked.append((system, text))
            return reply

        return GeneratorEngine("scripted", said)

    given = {"role": "a prompt", "loss": "CER 1.0", "purpose": "measures", "constraints": ["Be {brief}"]} | more
    descent = Descent(prompt, critic=engine(critic), optimizer=engine(optimizer), **given)
    return descent, asked


def test_a_step_is_one_gradient_and_one_rewriting_and_can_be_drawn_again() -> None:
    descent, asked = step("Read it", loss="CER 1.0 of {all}")
    assert [descent.step(), descent.step()] == ["<prompt>Read {field}</prompt>"] * 2
    (critic, criticised), (optimizer, rewritten), again = asked
    assert "gradient (feedback) engine" in critic and "CER 1.0 of {all}" in criticised and "Read it" in criticised
    assert "improves text" in optimizer and "<FEEDBACK>shorter</FEEDBACK>" in rewritten and "Be {brief}" in rewritten
    assert again == (optimizer, rewritten), "it starts from the same prompt"


def test_a_long_prompt_is_shown_whole() -> None:
    descent, asked = step(LONG)
    descent.step()
    assert all(LONG in text and "(...)" not in text for _, text in asked)


def test_a_reply_without_its_tags_is_handed_on_as_it_is() -> None:
    assert step("Read it", optimizer="I can't help with that")[0].step() == "I can't help with that"


def test_fields_do_not_share_an_engine() -> None:
    step("Read it")[0].step()
    assert textgrad.singleton_backward_engine.get_engine() is None


@pytest.mark.slow
def test_the_package_leaves_no_file_and_says_nothing(tmp_path: Path) -> None:
    code = (
        "import os, promptfit.search.strategies.textgrad.gradient_step as g\n"
        "print(os.environ.get('TEXTGRAD_LOG_DIR'), g.logging.root.handlers)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TEXTGRAD_LOG_DIR"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "None []\n"
    assert list(tmp_path.iterdir()) == []
    assert not any(isinstance(handler, logging.FileHandler) for handler in logging.getLogger("textgrad").handlers)
