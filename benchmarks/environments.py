"""Python environments of packages whose pins differ from ours: made once, outside of any checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

from benchmarks.workspace import PROJECT

VLLM = PROJECT / "tests" / "real_vllm" / "requirements.lock"
LMMS_EVAL = PROJECT / "benchmarks" / "lmms_eval" / "requirements.lock"


def vllm() -> Path:
    """The Python of the environment that `make test-vllm` uses (tests/real_vllm/run.sh), promptfit in it."""
    python = _made("vllm", VLLM)
    _uv("pip", "install", "--python", str(python), "--no-deps", "--no-build-isolation", "--editable", str(PROJECT))
    return python


def lmms_eval() -> Path:
    """The Python of an environment with lmms-eval, promptfit not in it."""
    return _made("lmms-eval", LMMS_EVAL)


def having(package: str) -> Path | None:
    """A Python that has vllm or lmms_eval already, none is made: ours, the one of docs/gpus.md, or one from above."""
    home = _home(package.replace("_", "-"), {"vllm": VLLM, "lmms_eval": LMMS_EVAL}[package])
    if find_spec(package):
        return Path(sys.executable)
    beside = PROJECT / f".venv-{package.replace('_', '-')}" / "bin" / "python"
    return next((python for python in (beside, home / "bin" / "python") if python.exists()), None)


def _home(name: str, lock: Path) -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "promptfit"
    return cache / f"{name}-{sha256(lock.read_bytes()).hexdigest()[:12]}"


def _made(name: str, lock: Path) -> Path:
    home = _home(name, lock)
    python, installed = home / "bin" / "python", home / ".installed"
    home.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{home}.lock"):
        if not installed.exists():
            _uv("venv", "--clear", "--python", sys.executable, str(home))
            _uv("pip", "install", "--python", str(python), "--no-deps", "--requirements", str(lock))
            installed.touch()
    return python


def _uv(*arguments: str) -> None:
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    uv = shutil.which("uv", path=beside)
    if uv is None:
        raise RuntimeError("uv is not there, which makes the environments; `make bench` installs it")
    subprocess.run([uv, "--quiet", *arguments], check=True)
