"""What made a run: the configuration's fingerprint, the commit, the process."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from promptfit.paths import home

NOT_WHAT_IS_RUN = frozenset({"path", "root", "store", "tracking", "hydra", "show", "dry_run"})
"""Keys of the configuration that say where things lie, or what to print, and change no result."""


def fingerprint(config: Mapping[str, Any], data_digest: str) -> str:
    """sha256 of the resolved configuration without its paths, and of the data."""
    return _digest([_without_paths(config), data_digest])


def prompt_digest(field: str, prompt: str, split: str = "") -> str:
    """Names one prompt for one field within a run: a search tries it once, and measures it once on another split."""
    return _digest([field, prompt, split] if split else [field, prompt])[:32]


def condition_digest(augmentation: str, severity: int) -> str:
    """Names one condition of a study within a run."""
    return _digest([augmentation, severity])[:32]


_NO_CODE = {"core.fsmonitor": "false", "core.hooksPath": os.devnull, "protocol.allow": "never"}
"""A repository's own configuration names programs that git calls on the way; a commit can be told without them."""


@lru_cache(maxsize=1)
def git_commit() -> str:
    """The commit of the project, with ``-dirty`` where files differ from it; empty outside of git.

    What DVC writes of a run, ``dvc.lock``, is a result and decides none. Nothing that the repository's configuration
    names is run for it: no hook, no monitor, no filter.
    """
    changed = ("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all", "--", ".")
    commit = _git("rev-parse", "HEAD")
    return f"{commit}-dirty" if commit and _git(*changed, ":(exclude)dvc.lock", settings=_filters_off()) else commit


def _filters_off() -> dict[str, str]:
    """Settings without the filters of the repository's configuration; the person's own, like LFS, stay."""
    named = _git("config", "--show-scope", "--name-only", "--get-regexp", r"^filter\.")
    own = [line.partition("\t")[2] for line in named.splitlines() if line.startswith(("local", "worktree"))]
    return {key: "false" if key.endswith(".required") else "" for key in own}


def _git(*words: str, settings: Mapping[str, str] | None = None) -> str:
    """What git says, or nothing where there is no repository, or no git."""
    values = {**_NO_CODE, **(settings or {})}
    environment = {**os.environ, "GIT_CONFIG_COUNT": str(len(values))}
    for number, (key, value) in enumerate(values.items()):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    command = ["git", "--no-optional-locks", *words]
    try:
        done = subprocess.run(
            command, cwd=home(), env=environment, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def this_process() -> dict[str, str]:
    """Tags by which ``is_running`` finds this process again: its number alone may be given to another one."""
    import psutil

    started = f"{psutil.Process().create_time():.2f}"
    return {
        "promptfit.host": socket.gethostname(),
        "promptfit.pid": str(os.getpid()),
        "promptfit.process_started": started,
    }


def is_running(tags: Mapping[str, str]) -> bool:
    """Whether the process of these tags still runs. One of another host is taken to run: it can't be seen from here."""
    import psutil

    if tags.get("promptfit.host") != socket.gethostname():
        return True
    try:
        process = psutil.Process(int(tags["promptfit.pid"]))
        if process.status() == psutil.STATUS_ZOMBIE:  # killed, and nobody has asked for its exit status yet
            return False
        started = process.create_time()
    except (psutil.Error, KeyError, ValueError):
        return False
    return abs(started - float(tags["promptfit.process_started"])) < 1


def _without_paths(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(k): _without_paths(v) for k, v in node.items() if k not in NOT_WHAT_IS_RUN}
    if isinstance(node, (list, tuple)):
        return [_without_paths(v) for v in node]
    return node


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
