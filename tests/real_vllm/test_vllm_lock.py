"""The environment of the real vLLM holds what promptfit needs; this runs with the ordinary tests."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent


def test_the_lock_has_what_promptfit_needs() -> None:
    package = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [line for line in (HERE / "requirements.lock").read_text("utf-8").splitlines() if not line.startswith("#")]
    pins = {Requirement(line).name: str(Requirement(line).specifier).removeprefix("==") for line in lines}
    needed = [Requirement(text) for text in package["dependencies"]]
    missing = [str(need) for need in needed if need.name not in pins or pins[need.name] not in need.specifier]
    assert missing == [], "the head of tests/real_vllm/requirements.in says how the lock is made anew"
