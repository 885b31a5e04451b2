"""The tests' scripted generator over real HTTP, so that benchmarks that need a generator need no network and no money.

It is a process of plain Python that writes prompts out of a repertoire (``tests/fakes/scripted_writer.py``): figures
got with it compare strategies with each other; they say nothing of what a large model would find.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any, TypeVar

from benchmarks.stated import read, stated
from benchmarks.workspace import PROJECT
from promptfit.build import instantiate
from promptfit.data.reader import Dataset, load
from promptfit.generate.author import Author
from promptfit.generate.brief import brief_of
from promptfit.generate.chat_generator import ChatGenerator
from promptfit.generate.generator import Generator
from promptfit.generate.spending import Limits, Spending
from promptfit.types import Field, Sample

ANSWERER = "docvlm-tiny"

G = TypeVar("G", bound=ChatGenerator)


@contextmanager
def generators(seeds: Sequence[int], kind: type[G], **settings: Any) -> Iterator[dict[int, G]]:
    """Runs one server a seed, and yields a generator that asks it.

    Args:
        seeds: Seeds of the servers' draws.
        kind: The generator's class.
        settings: More settings of the servers, like ``delay``.
    """
    sys.path.insert(0, str(PROJECT / "tests" / "fakes"))
    running = import_module("scripted_server").running
    # with a seed, the number of a draw is sent: the same words again may have another reply
    free = {"input": 0.0, "output": 0.0}
    asked = {"name": "scripted", "model": "scripted", "seed": 0, "price": free, "remote": False}
    with ExitStack() as stack:
        servers = {seed: stack.enter_context(running(seed=seed, **settings)) for seed in seeds}
        yield {seed: stated("generator/_chat", kind, base_url=server.url, **asked) for seed, server in servers.items()}


def author_of(generator: Generator, samples: Mapping[Field, Sequence[Sample]], seed: int) -> Author:
    """Who asks for the strategies, without limits: the requests are the budget."""
    briefs = {field: brief_of(field, ANSWERER, own, seed, vision=generator.vision) for field, own in samples.items()}
    return Author(generator, configured("metaprompt/ru"), Spending(Limits(), list(samples)), briefs)


def configured(name: str, part: str | None = None, **changes: Any) -> Any:
    """What ``conf/<name>.yaml``, or a part of it, describes, with changes to what it says."""
    node = read(name)
    return instantiate(node[part] if part else node, **changes)


def dataset(name: str) -> Dataset:
    """One of the project's data sets."""
    return load(PROJECT / "data" / name)
