from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from pathlib import Path

import pytest

from promptfit.support.cache import file_digests as digests


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Files that were read whole; those of ten bytes are large, and settled at once."""
    seen: list[Path] = []
    genuine = digests._digest

    def counted(path: Path) -> str:
        seen.append(path)
        return genuine(path)

    monkeypatch.setattr(digests, "_digest", counted)
    monkeypatch.setattr(digests, "LARGE", 10)
    monkeypatch.setattr(digests, "SETTLED", -1.0)
    return seen


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_large_file_is_read_once(tmp_path: Path, read: list[Path]) -> None:
    large, small = tmp_path / "large", tmp_path / "small"
    large.write_bytes(b"0123456789")
    small.write_bytes(b"1")
    for _ in range(3):
        assert digests.file_digests([large, small], tmp_path / "kept") == [_sha(large), _sha(small)]
    assert read.count(large) == 1 and read.count(small) == 3


def test_a_change_of_the_same_size_is_seen_even_with_the_old_time(tmp_path: Path, read: list[Path]) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"0123456789")
    before = file.stat()
    first = digests.file_digests([file], tmp_path / "kept")
    time.sleep(0.02)  # more than a tick of the file system's clock
    file.write_bytes(b"9876543210")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = digests.file_digests([file], tmp_path / "kept")
    assert second == [_sha(file)] and second != first


def test_another_file_in_its_place_is_seen(tmp_path: Path, read: list[Path]) -> None:
    file, other = tmp_path / "large", tmp_path / "other"
    file.write_bytes(b"0123456789")
    other.write_bytes(b"9876543210")
    digests.file_digests([file], tmp_path / "kept")
    other.replace(file)
    assert digests.file_digests([file], tmp_path / "kept") == [_sha(file)]


def test_a_file_that_was_just_written_is_not_remembered(
    tmp_path: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "SETTLED", 2.0)
    file = tmp_path / "large"
    file.write_bytes(b"0123456789")
    for _ in range(2):
        digests.file_digests([file], tmp_path / "kept")
    assert read == [file, file]


@pytest.mark.parametrize("kept", [b"no SQLite file, but some text that is longer than its header" * 9, None])
def test_a_damaged_or_unwritable_memory_costs_time_only(tmp_path: Path, read: list[Path], kept: bytes | None) -> None:
    file, memory = tmp_path / "large", tmp_path / "kept"
    file.write_bytes(b"0123456789")
    if kept is None:
        memory.mkdir()
    else:
        memory.write_bytes(kept)
    for _ in range(2):
        assert digests.file_digests([file], memory) == [_sha(file)]
    assert read == [file, file]


def test_a_memory_whose_table_is_another_costs_time_only(tmp_path: Path, read: list[Path]) -> None:
    file, memory = tmp_path / "large", tmp_path / "kept"
    file.write_bytes(b"0123456789")
    with sqlite3.connect(memory) as connection:
        connection.execute("CREATE TABLE digests (one TEXT)")
    assert digests.file_digests([file], memory) == [_sha(file)]
