"""Damaged inputs give what is right, or a fault in words: no traceback, no hang, nothing misread in silence.

A quick run takes 200 of them; ``make soak`` says PROMPTFIT_MUTATIONS=10000.
"""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import pytest
from benchmarks.stated import stated
from PIL import Image, ImageDraw

from mutations import damaged, json_damaged, saved, text_damaged
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.data import collection
from promptfit.data.reader import load
from promptfit.generate import proposals
from promptfit.generate.generator import Message
from promptfit.support.files import pixels
from promptfit.types import Answer, PromptfitError, Request

COUNT = int(os.environ.get("PROMPTFIT_MUTATIONS", "200")) // 5
"""Of each of the five kinds of input."""
LONGEST = 20
"""Seconds after which an input counts as a hang."""
PROMPTS = [f'Напиши поле {number}. Только значение; «как есть», без "кавычек"' for number in range(4)]


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    def rang(_: int, __: FrameType | None) -> None:
        raise AssertionError(f"an input took more than {LONGEST} s")

    before = signal.signal(signal.SIGALRM, rang)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def each(kind: str) -> Iterator[Random]:
    """A generator of random choices for every input, each with its own time."""
    for number in range(COUNT):
        signal.alarm(LONGEST)
        yield Random(f"{kind} {number}")


def plain(text: str) -> str:
    """A text as it is compared with its cell: composed letters, and no regard to what a trim or a name takes away."""
    kept = [one for one in unicodedata.normalize("NFC", text) if not one.isspace()]
    return "".join(one for one in kept if unicodedata.category(one) != "Cf").lstrip("'")


def cells(text: str) -> set[str]:
    """All cells of a table, by whatever separator, and with quotes or without them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = {cell for line in text.split("\n") for mark in ";,\t" for cell in line.split(mark)}
    for mark in ";,\t":
        found |= {cell for row in csv.reader(io.StringIO(text), delimiter=mark) for cell in row}
    return {plain(cell) for cell in found}


def written(content: bytes) -> str | None:
    """What an independent reader sees in a file's bytes; nothing where they are no Unicode."""
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("set")
    (root / "images").mkdir()
    rows = ["data_index;split;image_path;question;answer;doc_class;question_type;answer_bbox"]
    for number, name in enumerate(("Кузнецов", "Соловьёв", "Алексей-Николай", "Йода Ю.")):
        image = Image.new("RGB", (60, 30), "white")
        ImageDraw.Draw(image).text((3 + number, 8), str(number * 1237), fill="black")
        image.save(root / f"images/{number}.png")
        part = "search" if number % 2 else "holdout"
        rows.append(f'{number};{part};images/{number}.png;Назови Имя;{name};passport;Имя;"[1, 2, 30, 20]"')
        rows.append(f"{number};{part};images/{number}.png;Номер?;{number}23-456;СНИЛС;;")
    (root / "annotation.csv").write_text("\n".join(rows) + "\n", "utf-8-sig")
    return root


def table_damaged(text: str, rng: Random) -> bytes:
    """Damage to the text, how it is saved, or damage to the bytes."""
    kind = rng.randrange(4)
    if kind == 0:
        return damaged(text.encode("utf-8-sig"), rng)
    content, _ = saved(text if kind == 1 else text_damaged(text, rng), rng)
    return damaged(content, rng) if kind == 3 else content


def test_annotations(dataset: Path) -> None:
    file, read = dataset / "annotation.csv", 0
    text = file.read_text("utf-8-sig")
    try:
        for rng in each("annotation"):
            content = table_damaged(text, rng)
            file.write_bytes(content)
            try:
                data = load(dataset)
            except PromptfitError as fault:
                assert "annotation.csv" in str(fault) or "images/" in str(fault), fault
                continue
            read += 1
            told = written(content)
            assert told is not None, "bytes that are no Unicode were read"
            there = cells(told)
            for sample in data.samples:
                for said in (sample.answer, sample.question, sample.field.doc_type, sample.field.question_type):
                    assert plain(said) in there, (said, content)
    finally:
        file.write_text(text, "utf-8-sig")
    assert 0.05 * COUNT < read < 0.9 * COUNT, "some damage can be read over, and some can't"


def test_collections(tmp_path: Path) -> None:
    file, read = tmp_path / "a_sep_b.csv", 0
    collection.write(file, [collection.Row(f"passport {n}", prompt, n / 10) for n, prompt in enumerate(PROMPTS)])
    text = file.read_text("utf-8-sig")
    for rng in each("collection"):
        content = table_damaged(text, rng)
        file.write_bytes(content)
        try:
            rows = collection.read(file)
        except PromptfitError as fault:
            assert "a_sep_b.csv" in str(fault)
            continue
        read += 1
        told = written(content)
        assert told is not None, "bytes that are no Unicode were read"
        there = cells(told)
        for row in rows:
            assert plain(row.prompt) in there and plain(row.field) in there, (row, content)
            assert row.cer is None or row.cer >= 0
    assert 0.05 * COUNT < read < 0.95 * COUNT


def test_images(tmp_path: Path) -> None:
    whole = Image.radial_gradient("L").resize((90, 60)).convert("RGB")
    ImageDraw.Draw(whole).text((10, 20), "СНИЛС 123-456", fill="red")
    for rng in each("image"):
        kind, options = rng.choice((("PNG", {}), ("JPEG", {"quality": 95}), ("TIFF", {}), ("BMP", {}), ("WEBP", {})))
        stream = io.BytesIO()
        whole.save(stream, kind, **options)
        file, data = tmp_path / f"a.{kind.lower()}", stream.getvalue()
        file.write_bytes(data)
        expected = pixels.read(file).tobytes()
        trailing = rng.random() < 0.2
        cut = not trailing and rng.random() < 0.2
        mutated = data + b"MotionPhoto_Data" + rng.randbytes(50) if trailing else damaged(data, rng)
        mutated = data[: rng.randint(0, len(data) * 9 // 10)] if cut else mutated
        file.write_bytes(mutated)
        try:
            seen = pixels.read(file)
        except PromptfitError as fault:
            assert file.name in str(fault)
            assert not (trailing and kind in ("PNG", "JPEG")), "what stands behind the end is no harm"
            continue
        assert not cut, f"a {kind} that is cut off was read"
        assert seen.mode == "RGB" and min(seen.size) > 0
        assert not trailing or seen.tobytes() == expected


class Replying:
    """A real server that replies whatever it is told."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(outer.body)))
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def tell(self, reply: Any, rng: Random) -> None:
        """The next replies are this, damaged."""
        self.status, self.body = rng.choice((200, 200, 200, 200, 400, 403, 429, 500)), json_damaged(reply, rng)

    def content(self) -> Any:
        """What an independent reader finds in the reply's message."""
        first = json.loads(self.body.decode("utf-8", "replace"))["choices"][0]
        return first["message"].get("content")

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def replying() -> Iterator[Replying]:
    server = Replying()
    try:
        yield server
    finally:
        server.close()


def reply(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 500, "completion_tokens": 9}
    return {"model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": message}], "usage": usage}


def test_replies_of_answerers(dataset: Path) -> None:
    image, answered = dataset / "images/0.png", 0
    with replying() as server:
        model = ChatAnswerer("one", "m", server.url, attempts=1, wait=0.0, timeout=9.0, price={"input": 1, "output": 1})
        for number, rng in enumerate(each("answer")):
            server.tell(reply("Кузнецов"), rng)
            try:
                ((index, said),) = model.answer([Request(image, f"digest{number}", "Имя?")])
            except PromptfitError as fault:
                assert "conf/model/one.yaml" in str(fault)
                continue
            if not isinstance(said, Answer):
                assert said.reason
                continue
            answered += 1
            content = server.content()
            assert index == 0 and server.status == 200
            assert content is None or isinstance(content, str | list), "a text, or nothing"
            assert not isinstance(content, str) or said.text == content.encode("utf-8", "replace").decode()
            assert said.tokens_in >= 0 and said.tokens_out >= 0 and 0 <= said.cost < 1
    assert answered > COUNT / 20


def test_replies_of_generators() -> None:
    found = 0
    with replying() as server:
        own = {"name": "one", "model": "m", "base_url": server.url, "price": {"input": 1, "output": 1}}
        one = stated("generator/_chat", **own, attempts=1, wait=0.0, timeout=9.0)
        for rng in each("generator"):
            said = text_damaged("Вот:\n" + "\n".join(f"<prompt>{prompt}</prompt>" for prompt in PROMPTS), rng)
            server.tell(reply(said), rng)
            try:
                completion = one.complete([Message("user", "Ещё.")])
            except PromptfitError as fault:
                assert "conf/generator/one.yaml" in str(fault)
                continue
            prompts = proposals.read(completion.text, wanted=3).prompts
            content = server.content()
            found += bool(prompts)
            assert len(prompts) <= 3 and all(0 < len(prompt) <= proposals.LONGEST for prompt in prompts)
            assert not isinstance(content, str) or all(seen(prompt) in seen(content) for prompt in prompts)
    assert found > COUNT / 20


def seen(text: str) -> str:
    """The letters that can be seen."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(one for one in text if one.isalnum())
