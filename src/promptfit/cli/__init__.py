"""`promptfit <command> [words] [key=value ...]`: finds the stage, and hands it a configuration composed by Hydra."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from promptfit.cli import help, reported
from promptfit.cli.commands import COMMANDS, Command
from promptfit.cli.grouped_keys import in_group
from promptfit.cli.hydra_settings import check_files, check_words
from promptfit.cli.job import Fault, job, writes
from promptfit.cli.overrides import TEXTS, is_option, is_override, quoted, text
from promptfit.cli.sweep import check, sweeping
from promptfit.paths import home
from promptfit.support.console.door import open_logs_and_tracebacks, say
from promptfit.support.files.writing import keep_private
from promptfit.support.http.secrets import struck
from promptfit.types import PromptfitError

MULTIRUN = ("-m", "--multirun")
TEXTS_FOLLOW = "--"
"""After it every word is a text, whatever it looks like."""
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
        with _by_itself():
            return _dispatch(words)
    except KeyboardInterrupt:
        say("", "stopped; what was answered is kept, run the same command to go on", error=True)
        return INTERRUPTED
    except (PromptfitError, Fault) as fault:
        say(f"promptfit: {fault}", error=True)
        return 1


@contextmanager
def _by_itself() -> Iterator[None]:
    """Shows others nothing of what is written, and lets no module of the working directory run in other processes."""
    mask, safe = os.umask(0o077), os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        os.umask(mask)
        os.environ.pop("PYTHONSAFEPATH")
        if safe is not None:
            os.environ["PYTHONSAFEPATH"] = safe


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        say(*help.overview().split("\n"))
        return 0
    name, *rest = words
    if name not in COMMANDS:
        say(f"promptfit: no command {name!r}{reported.close(name, COMMANDS)} See promptfit --help", error=True)
        return 2
    command, end = COMMANDS[name], rest.index(TEXTS_FOLLOW) if TEXTS_FOLLOW in rest else len(rest)
    words, texts = rest[:end], rest[end + 1 :]
    if any(word in ("-h", "--help") for word in words):
        say(*help.of(name, home() / "conf", words[0]).split("\n"))
        return 0
    if unknown := [word for word in words if is_option(word) and word not in MULTIRUN]:
        wanted = unknown[0].lstrip("-").partition("=")[0].replace("-", "_")
        hint = f"everything is key=value: {wanted}=…, see promptfit {name} --help"
        hint += f"; a text goes after --: promptfit {name} -- '{unknown[0]}'" if command.words or command.rest else ""
        say(f"promptfit: no option {unknown[0]}; {hint}", error=True)
        return 2
    _compose_and_run(name, command, words, texts)
    return 0


def _compose_and_run(name: str, command: Command, words: Sequence[str], texts: Sequence[str]) -> None:
    """Hands the words and texts to Hydra, as if they had been its own command line."""
    from hydra import main as hydra_main

    said = [word for word in words if is_override(word) and word.partition("=")[0] not in TEXTS]
    if told := next((struck(word) for word in said if struck(word) != word), ""):
        raise PromptfitError(f"{told}: a command line is read by others; no secret belongs there")
    several = any(word in MULTIRUN for word in words)
    overrides = _overrides(name, command, [word for word in words if word not in MULTIRUN], texts, several)
    conf = home() / "conf"
    check_words(words)
    check_files(conf)
    for folder in (".promptfit", "mlruns"):
        keep_private(home() / folder)
    os.environ["HYDRA_FULL_ERROR"] = "1"  # faults come here, instead of being printed by Hydra
    typed, sys.argv = sys.argv, ["promptfit", *["--multirun"] * several, *overrides]
    run = hydra_main(config_path=str(conf), config_name=command.config, version_base="1.3")
    try:
        if not several:
            run(job(command))()
            return
        with sweeping(overrides) as sweep:
            check(sweep, conf, command.config, overrides, partial(writes, command))
            try:
                run(job(command, sweep))()
            finally:
                told = sweep.faults()
                if told and sys.exc_info()[0]:  # the sweep ends with something else, such as Ctrl-C
                    say(f"promptfit: {told}", error=True)
        if told:
            raise PromptfitError(told)
    except PromptfitError:
        raise
    except Exception as fault:
        message = reported.explained(fault, conf, command, words)
        if message is None:
            raise
        raise PromptfitError(message) from fault
    finally:
        sys.argv = typed


def _overrides(name: str, command: Command, words: Sequence[str], texts: Sequence[str], sweep: bool) -> list[str]:
    """Hydra's own settings, the command's own keys, and what was typed."""
    bare = [*(word for word in words if not is_override(word)), *texts]
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
        *quoted(in_group(home() / "conf", command, [word for word in words if is_override(word)], bare), sweep),
    ]


__all__ = ["main"]
