"""What `--help` says; it reads conf/ as text, since composing it would take longer than reading the answer."""

from __future__ import annotations

import re
from pathlib import Path

from promptfit.cli.commands import COMMANDS, Command

_GROUP = re.compile(r"  - (\w+): (\S+)(?: +# (.*))?")
_MADE_OF = re.compile(r"defaults: \[(.*)\]")
_KEY = re.compile(r"( *)(\w+):(?: +([^#]*?))?(?: +# ?(.*))?")


def overview() -> str:
    """The help of `promptfit` itself."""
    commands = "\n".join(f"  {name:<13}{command.help}" for name, command in COMMANDS.items())
    return f"""promptfit fits prompts to a vision-language model that reads fields from document images.

usage: promptfit <command> [words] [key=value ...] [-m] [-- words]

Commands, in the order of work:
{commands}

Everything else is key=value, as Hydra has it; -m runs every combination of values with commas between them:
  promptfit search model=docvlm-tiny generator=edits
  promptfit search -m model=docvlm-tiny,Qwen2-VL-2B
  promptfit try "Напиши Фамилия. Только значение" field="passport Фамилия"

`promptfit search --help` lists the models, generators, strategies and data sets that there are, and the main keys.
Each of them is a YAML in conf/<group>/; a new one is a new file there. show=true prints what a command would run with.
Relative paths mean the project's root, or PROMPTFIT_HOME. After -- every word is a text, whatever it looks like:
  promptfit try field=СНИЛС -- '--help?'"""


def of(name: str, conf: Path, choice: str = "") -> str:
    """The help of one command.

    Args:
        name: The command.
        conf: The folder of the configurations.
        choice: Of the command's group, whose keys are shown, too, if there is such a one.
    """
    command = COMMANDS[name]
    if command.group and choice in options(conf, command.group):
        return _of_choice(name, command, conf, choice)
    words = "".join(f" [{word}]" for word in command.words) + (f" [{command.rest} ...]" if command.rest else "")
    parts = [f"promptfit {name}: {command.help}\n\nusage: promptfit {name}{words} [key=value ...] [-m]"]
    parts.append("Examples:\n" + "\n".join(f"  {example}" for example in command.examples))
    if command.keys:
        keys = [(name, f"{key.default}  {key.help}") for name, key in command.keys.items()]
        parts.append("Keys of this command:\n" + _table(keys))
    parts += _configured(command, conf)
    return "\n\n".join(parts)


def _of_choice(name: str, command: Command, conf: Path, choice: str) -> str:
    """The help of a command with one configuration of its group: what that is, and its keys."""
    lines = _lines(conf / command.group, choice)
    about = [line.removeprefix("# ") for line in lines if line.startswith("# ")]
    keys = [line for line in lines if _KEY.fullmatch(line) and not line.startswith(("_target_", "defaults"))]
    examples = [one for one in command.examples if one.startswith(f"promptfit {name} {choice} ")]
    parts = [f"promptfit {name} {choice}: {about[-1]}", f"usage: promptfit {name} {choice} [source] [key=value ...]"]
    parts += ["Examples:\n" + "\n".join(f"  {one}" for one in examples)] if examples else []
    parts.append(
        f"Keys and what they are by default (conf/{command.group}/{choice}.yaml):\n"
        + "\n".join(f"  {line}" for line in keys)
    )
    parts += _configured(command, conf)[-1:]
    return "\n\n".join(parts)


def _lines(folder: Path, choice: str) -> list[str]:
    """The lines of a configuration, after those of the ones that it is made of."""
    lines = (folder / f"{choice}.yaml").read_text("utf-8").splitlines()
    before = next((found[1].split(",") for line in lines if (found := _MADE_OF.fullmatch(line))), [])
    shared = [_lines(folder, one.strip()) for one in before if one.strip() != "_self_"]
    return [*(line for own in shared for line in own), *lines]


def options(conf: Path, group: str) -> list[str]:
    """Names of a group's configs; one that begins with an underscore is a part of others."""
    return sorted((path.stem for path in (conf / group).glob("[!_]*.yaml")), key=str.casefold)


def _configured(command: Command, conf: Path) -> list[str]:
    """The groups and main keys of the command's configuration, with the comments that stand beside them."""
    file = conf / f"{command.config}.yaml"
    if not file.is_file():
        return [f"{file}: no such file; run this in the project, or set PROMPTFIT_HOME to its root"]
    lines = file.read_text("utf-8").splitlines()
    groups = [m for line in lines if (m := _GROUP.fullmatch(line))]
    listed = [f"  {m[1]}={m[2]}  ({m[3]})\n{_wrapped(options(conf, m[1]))}" for m in groups]
    body = lines[lines.index("defaults:") + 1 :] if "defaults:" in lines else lines
    keys = "\n".join(f"  {line}" for line in body if _KEY.fullmatch(line) and "_target_" not in line)
    heading = "Groups (conf/<group>/<name>.yaml), with what is taken if nothing is said:\n"
    main = f"Main keys and what they are by default (conf/{file.name}):\n{keys}"
    return [heading + "\n".join(listed), main] if groups else [main]


def _table(rows: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in rows) + 2
    return "\n".join(f"  {name:<{width}}{text}" for name, text in rows)


def _wrapped(names: list[str]) -> str:
    import textwrap

    indent = " " * 6
    return textwrap.fill(", ".join(names), 110, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
