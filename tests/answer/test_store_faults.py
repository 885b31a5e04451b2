"""Store files as bad disks, killed machines and other programs leave them: nothing wrong is ever handed out."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from promptfit.answer.cached_answerer import AnswerCache
from promptfit.generate.cached_generator import CompletionCache
from promptfit.generate.generator import Completion
from promptfit.support.cache.cached_texts import CachedTexts
from promptfit.types import Answer, PromptfitError

KEPT: list[tuple[type[CachedTexts[Any]], type]] = [(AnswerCache, Answer), (CompletionCache, Completion)]
ROWS = 300
SEEDS = range(40)

both = pytest.mark.parametrize(("shelf", "record"), KEPT)


def _key(number: int) -> bytes:
    return random.Random(number).randbytes(32)


def _fill(shelf: type[CachedTexts[Any]], record: type, path: Path, numbers: range = range(ROWS)) -> CachedTexts[Any]:
    store = shelf(path)
    _put(store, record, numbers)
    return store


def _put(store: CachedTexts[Any], record: type, numbers: range = range(ROWS)) -> None:
    store.put("me", [(_key(n), _text(record, n)) for n in numbers])


def _text(record: type, number: int) -> Answer | Completion:
    text: Answer | Completion = record(f"ответ {number} " + "x" * (number % 90), number, number, 0.5, 0.25)
    return text


def _right(store: CachedTexts[Any], record: type, numbers: range = range(ROWS)) -> int:
    """How many of the texts come back; each as it was kept, or not at all."""
    found = store.get("me", [_key(n) for n in numbers])
    for n in numbers:
        if _key(n) in found:
            assert found[_key(n)] == _text(record, n)
    return len(found)


@both
def test_flipped_bytes_are_never_handed_out_and_a_second_start_heals(
    shelf: type[CachedTexts[Any]], record: type, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = tmp_path / "whole.db"
    _fill(shelf, record, whole).close()
    for seed in SEEDS:
        rng, path = random.Random(seed), tmp_path / f"{seed}.db"
        data = bytearray(whole.read_bytes())
        for _ in range(rng.choice((1, 1, 8, 200))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        for _ in range(3):  # named, then set aside, and then a store again
            try:
                store = shelf(path)
                _right(store, record)
                _put(store, record)
                assert _right(store, record) == ROWS
                break
            except PromptfitError as error:
                assert "broken" in str(error) or "newer promptfit" in str(error), seed
                if "newer promptfit" in str(error):
                    break
        else:
            pytest.fail(f"seed {seed}: never healed: {caplog.text[-500:]}")


@both
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_set_aside_with_a_message(
    shelf: type[CachedTexts[Any]], record: type, share: float, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "store.db"
    _fill(shelf, record, path).close()
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    store = shelf(path)
    assert _right(store, record) == 0
    assert not share or "is set aside as store.db.aside-1" in caplog.text
    _put(store, record)
    assert _right(store, record) == ROWS


@both
@pytest.mark.parametrize("tail", ["-wal", "-shm"])
def test_garbage_beside_the_file_takes_nothing_that_is_in_it(
    shelf: type[CachedTexts[Any]], record: type, tail: str, tmp_path: Path
) -> None:
    path = tmp_path / "store.db"
    _fill(shelf, record, path).close()
    Path(f"{path}{tail}").write_bytes(random.Random(0).randbytes(100_000))
    store = shelf(path)
    assert _right(store, record) == ROWS


@both
def test_a_log_that_breaks_off_loses_its_end_only(shelf: type[CachedTexts[Any]], record: type, tmp_path: Path) -> None:
    live, copy = tmp_path / "live.db", tmp_path / "copy.db"
    store = _fill(shelf, record, live, range(0))
    for number in range(ROWS):
        _put(store, record, range(number, number + 1))
    log = Path(f"{live}-wal").read_bytes()
    for share, least in ((1.0, ROWS), (0.5, 1)):
        shutil.copy(live, copy)
        Path(f"{copy}-wal").write_bytes(log[: int(len(log) * share)] + b"garbage" * 1000)
        other = shelf(copy)
        assert _right(other, record) >= least
        other.close()


_FULL = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from promptfit.{module} import {shelf} as Shelf
from promptfit.types import Answer, PromptfitError
store = Shelf(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
try:
    for number in range(1000):
        store.put("me", [(b"%d" % number, Shelf.record("long " * 1000))])
        print(number, flush=True)
except PromptfitError as error:
    print(error, file=sys.stderr)
"""


@both
def test_no_room_is_named_and_what_was_kept_stays(shelf: type[CachedTexts[Any]], record: type, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    code = _FULL.format(module=shelf.__module__.removeprefix("promptfit."), shelf=shelf.__name__)
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert f"{path}: the disk" in done.stderr and "What was kept before stays" in done.stderr
    kept = done.stdout.split()
    assert 10 < len(kept) < 1000
    assert len(shelf(path).get("me", [number.encode() for number in kept])) == len(kept)


def test_shards_of_two_hosts_merge_with_both_kinds_while_a_job_writes(tmp_path: Path) -> None:
    mine = tmp_path / "mine.db"
    for host in range(2):
        for shelf, record in KEPT:
            _fill(shelf, record, tmp_path / f"host{host}.db", range(100 * host, 100 * host + 150)).close()
    writers = [shelf(mine) for shelf, _ in KEPT]
    done = threading.Event()

    def write() -> None:
        for number in range(400, 600):
            for store, (_, record) in zip(writers, KEPT, strict=True):
                _put(store, record, range(number, number + 1))
        done.set()

    job = threading.Thread(target=write)
    job.start()
    rounds = 0
    while not rounds or not done.is_set():
        taken = [[shelf(mine).merge(tmp_path / f"host{host}.db") for shelf, _ in KEPT] for host in range(2)]
        assert taken == ([[150, 150], [100, 100]] if not rounds else [[0, 0], [0, 0]])
        rounds += 1
    job.join()
    for store, (_, record) in zip(writers, KEPT, strict=True):
        assert _right(store, record, range(250)) == 250
        assert _right(store, record, range(400, 600)) == 200
        assert sum(one.rows for one in store.stats()) == 450
