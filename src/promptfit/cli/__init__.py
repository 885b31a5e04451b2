"""`promptfit <command> [words] [key=value ...]`: finds the stage, and hands it a configuration composed by Hydra."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from promptfit.cli import help, reported
from promptfit.cli.commands import COMMANDS, Command
from promptfit.cli.overrides import TEXTS, is_override, quoted, text
from promptfit.paths import home
from promptfit.support.console.door import open_logs_and_tracebacks, say
from promptfit.support.http.secrets import struck
from promptfit.types import PromptfitError

MULTIRUN = ("-m", "--multirun")
INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C stopped."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Returns:
        The exit status: 0, 1 after a fault that was named, 2 after a word that was not understood, 130 after Ctrl-C.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    open_logs_and_tracebacks()
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        say("", "stopped; what was answered is kept, run the same command to go on", error=True)
        return INTERRUPTED
    except (PromptfitError, _Fault) as fault:
        say(f"promptfit: {fault}", error=True)
        return 1


class _Fault(SystemExit):
    """A PromptfitError on its way through Hydra, which would print a heading over an Exception."""


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        say(*help.overview().split("\n"))
        return 0
    name, *rest = words
    if name not in COMMANDS:
        say(f"promptfit: no command {name!r}{reported.close(name, COMMANDS)} See promptfit --help", error=True)
        return 2
    if any(word in ("-h", "--help") for word in rest):
        say(*help.of(name, home() / "conf").split("\n"))
        return 0
    if unknown := [word for word in rest if word.startswith("-") and word not in MULTIRUN]:
        wanted = unknown[0].lstrip("-").partition("=")[0].replace("-", "_")
        hint = f"everything is key=value: {wanted}=…, see promptfit {name} --help"
        say(f"promptfit: no option {unknown[0]}; {hint}", error=True)
        return 2
    _compose_and_run(name, COMMANDS[name], rest)
    return 0


def _compose_and_run(name: str, command: Command, words: Sequence[str]) -> None:
    """Hands the words to Hydra, as if they had been its own command line."""
    from hydra import main as hydra_main

    said = [word for word in words if is_override(word) and word.partition("=")[0] not in TEXTS]
    if told := next((struck(word) for word in said if struck(word) != word), ""):
        raise PromptfitError(f"{told}: a command line is read by others; no secret belongs there")
    sweep = any(word in MULTIRUN for word in words)
    overrides = _overrides(name, command, [word for word in words if word not in MULTIRUN], sweep)
    conf = home() / "conf"
    os.environ["HYDRA_FULL_ERROR"] = "1"  # faults come here, instead of being printed by Hydra
    typed, sys.argv = sys.argv, ["promptfit", *["--multirun"] * sweep, *overrides]
    try:
        hydra_main(config_path=str(conf), config_name=command.config, version_base="1.3")(_job(command))()
    except Exception as fault:
        message = reported.explained(fault, conf, command.config, words)
        if message is None:
            raise
        raise PromptfitError(message) from fault
    finally:
        sys.argv = typed


def _overrides(name: str, command: Command, words: Sequence[str], sweep: bool) -> list[str]:
    """Hydra's own settings, the command's own keys, and what was typed."""
    bare = [word for word in words if not is_override(word)]
    if len(bare) > len(command.words) and not command.rest:
        allowed = f"at most {' '.join(command.words)}" if command.words else "none"
        raise PromptfitError(
            f"{bare[len(command.words)]!r} is neither key=value nor a word that `{name}` takes ({allowed}); "
            "put a text with spaces in quotes"
        )
    rest = bare[len(command.words) :]
    outputs = text(str(home() / "outputs"))
    return [
        "hydra/job_logging=none",
        "hydra/hydra_logging=none",
        "hydra.output_subdir=null",
        f"hydra.run.dir={outputs}",
        f"hydra.sweep.dir={outputs}",
        "hydra.sweep.subdir=.",
        *(f"+{key}={own.default}" for key, own in command.keys.items()),
        *(f"{key}={text(word)}" for key, word in zip(command.words, bare, strict=False)),
        *([f"{command.rest}=[{','.join(text(word) for word in rest)}]"] if rest else []),
        *quoted([word for word in words if is_override(word)], sweep),
    ]


def _job(command: Command) -> Callable[[Any], Any]:
    """The stage as Hydra calls it, in this process or in a launcher's."""
    return functools.wraps(_run)(functools.partial(_run, command))


def _run(command: Command, cfg: Any) -> Any:
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    open_logs_and_tracebacks()  # again, where a launcher runs the job in a process of its own
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("promptfit").setLevel(logging.INFO)
    hydra = HydraConfig.get()
    if hydra.mode == RunMode.MULTIRUN:
        chosen = [word for word in hydra.overrides.task if not word.startswith("+")]
        logging.getLogger("promptfit").info("job %s: %s", hydra.job.num, " ".join(chosen))
    try:
        if cfg.get("show") and not command.shows:
            return _show(cfg)
        return import_module(command.stage).main(cfg)
    except PromptfitError as fault:
        raise _Fault(str(fault)) from None


def _show(cfg: Any) -> None:
    from omegaconf import OmegaConf

    say(*OmegaConf.to_yaml(cfg, resolve=True).rstrip("\n").split("\n"))


__all__ = ["main"]
