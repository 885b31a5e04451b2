from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from promptfit.types import Answer, NoAnswer, Request


class Scripted:
    """A scripted stand-in for a model: answers with the prompt in capitals, fails where the prompt says so."""

    remote = False

    def __init__(self, identity: str = "scripted") -> None:
        self.identity = identity
        self.seen: list[Request] = []

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer | NoAnswer]]:
        for index, request in reversed(list(enumerate(requests))):
            self.seen.append(request)
            if "fail" in request.prompt:
                yield index, NoAnswer("scripted failure")
            else:
                yield index, Answer(request.prompt.upper(), tokens_in=7, tokens_out=3, seconds=0.25, cost=0.5)


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Makes a request about an image that nobody opens."""
    return lambda prompt, digest="d1", **more: Request(Path(f"{digest}.png"), digest, prompt, **more)


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., tuple[Path, str]]:
    """Saves a small image of seeded noise; gives its path and digest."""

    def draw(seed: int, size: tuple[int, int] = (64, 48)) -> tuple[Path, str]:
        noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        image = Image.fromarray(noise)
        path = tmp_path / f"{seed}-{size[0]}x{size[1]}.png"
        image.save(path)
        return path, sha256(path.read_bytes()).hexdigest()

    return draw


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives a tiny random checkpoint of a family, built once a session."""
    from tiny_checkpoints import build

    folder = tmp_path_factory.mktemp("checkpoints")
    return lambda family: folder / family if (folder / family).exists() else build(family, folder / family)
