"""About a hundred inputs that want to run code, write or read outside, or never end; made by code, from a seed.

Each has a name, words for the command line, and a way to lay it out in a project's root, beside which lies the canary.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from promptfit.answer.cached_answerer import AnswerCache
from promptfit.generate.cached_generator import CompletionCache

GADGET = "promptfit.answer.tesseract.ocr_engine._run"
"""A function of our own that runs what it is given."""
Lay = Callable[[Path, Path], None]


@dataclass(frozen=True)
class Hostile:
    """An input: ``lay(root, canary)`` puts it there, ``words`` are given to `promptfit`, ``told`` is in the message."""

    name: str
    words: Sequence[str]
    lay: Lay
    told: str


def nothing(root: Path, canary: Path) -> None:
    """The words are all of it."""


def node(target: str) -> str:
    """As Hydra's grammar and YAML both read it."""
    return f"{{_target_: {target}, command: [touch, CANARY]}}"


def written(name: str, text: str) -> Lay:
    def lay(root: Path, canary: Path) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if path.name == "config.yaml" and path.exists() else ""
        path.write_text(before + text.replace("CANARY", str(canary)), "utf-8")

    return lay


def typed() -> Iterator[Hostile]:
    """Targets and settings of Hydra on the command line."""
    targets = (GADGET, "os.system", "subprocess.run", "promptfit.paths.os.system", "promptfit.build.instantiate")
    for key in ("model.answerer", "generator", "strategy", "dataset", "racing"):
        for target in targets:
            yield Hostile(
                f"{key} {target}",
                ["search", "model=reader", f"{key}._target_={target}", f"++{key}.command=[touch, CANARY]"],
                nothing,
                "not a part of promptfit",
            )
    settings = ("callbacks.a", "job_logging.a", "launcher.a", "sweeper.a", "hydra_logging", "job.env_set")
    for key in settings:
        yield Hostile(f"hydra.{key}", ["search", f"+hydra.{key}={node(GADGET)}"], nothing, "hydra")
    for word in ("hydra.searchpath=[file:///tmp]", "hydra.run.dir=../out", "hydra/callbacks=a", "hydra={a: 1}"):
        yield Hostile(word, ["search", word], nothing, "hydra")
    for name in ("../out", "a/b", "..", "C:x", "\u202ea", "a\ab", "con", "x" * 300):
        for key in ("model.name", "generator.name", "dataset.name", "label"):
            yield Hostile(f"{key}={name[:9]!r}", ["search", f"{key}={name}"], nothing, "file's name")
    yield Hostile("save=../out", ["try", "x", "save=../out"], nothing, "file's name")
    yield Hostile("name=../out", ["import", "vlmhyperbench", "set", "name=../out"], nothing, "file's name")


def files() -> Iterator[Hostile]:
    """Configurations."""
    run = node(GADGET)
    for name, text in {
        "config.yaml": f"hydra: {{callbacks: {{a: {run}}}}}\n",
        "model/evil.yaml": f"name: evil\nsystem: ''\nanswerer: {run}\n",
        "model/global.yaml": f"# @package _global_\nhydra: {{callbacks: {{a: {run}}}}}\n",
        "model/package.yaml": f"# @package hydra.callbacks\na: {run}\n",
        "model/escaped.yaml": f'# @package _global_\n"\\x68ydra": {{callbacks: {{a: {run}}}}}\n',
        "hydra/callbacks/evil.yaml": f"a: {run}\n",
        "hydra/launcher/evil.yaml": run,
        "model/tag.yaml": "!!python/object/apply:os.system ['touch CANARY']\n\\\n",
        "model/bomb.yaml": "\\: 1\n"
        + "a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 9)),
        "local/targets.yaml": "!!python/object/apply:os.system ['touch CANARY']\n",
    }.items():
        chosen = [f"model={Path(name).stem}"] if name.startswith("model/") else []
        yield Hostile(f"conf/{name}", ["search", *chosen], written(f"conf/{name}", text), "promptfit: ")


SCHEMAS = {
    "recursive view": "DROP TABLE answers; CREATE VIEW answers AS WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL "
    "SELECT x+1 FROM c) SELECT x'00' AS key, 1 AS answerer, 0.0 AS made, 0 AS seal, 'a' AS text, 0 AS tokens_in, "
    "0 AS tokens_out, 0.0 AS seconds, 0.0 AS cost, '' AS ended FROM c;",
    "recursive view of speakers": "ALTER TABLE answerers RENAME TO was; CREATE VIEW answerers AS WITH RECURSIVE c(x) "
    "AS (VALUES(1) UNION ALL SELECT x+1 FROM c) SELECT x AS id, 'a' AS identity FROM c;",
    "trigger": "CREATE TRIGGER t AFTER INSERT ON answers BEGIN DELETE FROM answers; END;",
    "virtual table": "CREATE VIRTUAL TABLE evil USING fts5(a);",
    "foreign table": "CREATE TABLE evil (a);",
    "computed column": "DROP TABLE served; CREATE TABLE served (address TEXT, model TEXT AS (hex(address)));",
    "computed index": "CREATE INDEX evil ON answers (hex(text));",
}
VALUES = {
    "negative cost": ("cost", -1e6),
    "endless cost": ("cost", float("inf")),
    "no cost": ("cost", float("nan")),
    "cost of a text": ("cost", "free"),
    "absurd cost": ("cost", 1e300),
    "negative seconds": ("seconds", -1.0),
    "endless seconds": ("seconds", float("inf")),
    "negative tokens": ("tokens_in", -5),
    "tokens of a blob": ("tokens_out", b"\x00"),
    "text of a blob": ("text", b"\xff\xfe"),
    "reason of a number": ("ended", b"\x01"),
    "model of a number": ("model", b"\x01"),
    "speaker of nobody": ("{speaker}", 99),
    "made of a text": ("made", "now"),
    "key of a text": ("key", "key"),
}


def store(path: Path, kind: type[AnswerCache] | type[CompletionCache], change: str, *values: object) -> None:
    """A store with three texts, and then a change of the file."""
    kept: Any = kind(path)
    kept.put("scripted", [(bytes([n]) * 32, kind.record(f"text {n}", 1, 1, 0.5, 0.25)) for n in range(3)])
    kept.close()
    with sqlite3.connect(path) as connection:
        connection.executescript(change) if not values else connection.execute(change, values)
    connection.close()


def stores() -> Iterator[Hostile]:
    """Files for `store merge`."""

    def made(kind: type[AnswerCache] | type[CompletionCache], change: str, *values: object) -> Lay:
        return lambda root, canary: store(root / "evil.sqlite", kind, change, *values)

    merge, refused = ["store", "merge", "evil.sqlite"], "evil.sqlite: not a store to merge"
    for name, change in SCHEMAS.items():
        yield Hostile(f"store: {name}", merge, made(AnswerCache, change), refused)
    for kind in (AnswerCache, CompletionCache):
        for name, (column, value) in VALUES.items():
            change = f"UPDATE {kind.texts} SET {column.format(speaker=kind.speaker)} = ? WHERE rowid = 2"
            yield Hostile(f"{kind.texts}: {name}", merge, made(kind, change, value), refused)
    noise = random.Random(0).randbytes(5000)
    for name, head in {"no store": b"", "a head alone": b"SQLite format 3\0"}.items():
        yield Hostile(f"store: {name}", merge, partial(_written, head + noise), refused)


def _written(content: bytes, root: Path, _: Path) -> None:
    (root / "evil.sqlite").write_bytes(content)


ALL = [*typed(), *files(), *stores()]
