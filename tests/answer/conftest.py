from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from promptfit.answer.base import Unanswered
from promptfit.types import Answer, Request


class Scripted:
    """A scripted stand-in for a model: answers with the prompt in capitals, fails where the prompt says so."""

    def __init__(self, identity: str = "scripted") -> None:
        self.identity = identity
        self.seen: list[Request] = []

    def answer(self, requests: Sequence[Request]) -> Iterator[tuple[int, Answer]]:
        failures = {}
        for index, request in reversed(list(enumerate(requests))):
            self.seen.append(request)
            if "fail" in request.prompt:
                failures[index] = "scripted failure"
            else:
                yield index, Answer(request.prompt.upper(), tokens_in=7, tokens_out=3, seconds=0.25, cost=0.5)
        if failures:
            raise Unanswered(failures, requests)


@pytest.fixture
def scripted() -> type[Scripted]:
    return Scripted


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Makes a request about an image that nobody opens."""
    return lambda prompt, digest="d1", **more: Request(Path(f"{digest}.png"), digest, prompt, **more)


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., tuple[Path, str]]:
    """Draws a small image of one colour with a spot; gives its path and digest."""

    def draw(seed: int, size: tuple[int, int] = (64, 48)) -> tuple[Path, str]:
        image = Image.new("RGB", size, (40 * seed % 256, 90, 255 - 50 * seed % 256))
        image.paste((250, 250, 10 * seed), (seed * 3, 4, seed * 3 + 12, 20))
        path = tmp_path / f"{seed}-{size[0]}x{size[1]}.png"
        image.save(path)
        return path, sha256(path.read_bytes()).hexdigest()

    return draw
