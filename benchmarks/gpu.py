"""`make bench-gpu`: how fast, how large and how equal the ways to ask a checkpoint are on this machine.

    make bench-gpu CHECKPOINT=Qwen/Qwen2.5-VL-7B-Instruct
    python -m benchmarks.gpu --checkpoint models/docvlm-tiny --pages my-scans --images 6 --rounds 1

One after the other, each in a process of its own: plain `generate`, promptfit by transformers, promptfit by vLLM,
vLLM by hand, lmms-eval. What is not installed is left out with a word, and what fails is told with its reason. The
table goes to the screen and to outputs/bench/gpu.md, to paste into an issue.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import environments, gpu_pages, gpu_table
from benchmarks.gpu_table import Measured
from benchmarks.memory_peak import Peak
from benchmarks.throughput_work import PROJECT, Ask, Subject
from benchmarks.throughput_worker import Heat, started, write_work
from promptfit.answer.local.device import choose

FOLDER = PROJECT / "outputs" / "bench"
LMMS = {"qwen2_vl": "qwen2_vl", "qwen2_5_vl": "qwen2_5_vl", "qwen3_vl": "qwen3_vl", "llava_onevision": "llava_hf"}
"""lmms-eval's class by transformers' name of the family."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A way to ask, see ``benchmarks/throughput_arms.py``; ``package`` is what it needs beside transformers."""

    name: str
    factory: str
    package: str = ""


def arms(kind: str) -> list[Arm]:
    """All ways for a family of models."""
    return [
        Arm(gpu_table.PLAIN, "generate:1"),
        Arm("generate, batches of 8", "generate:8"),
        Arm("promptfit, transformers", "local:plain"),
        Arm("promptfit, transformers, reuse_image", "local:reuse"),
        Arm("promptfit, vLLM", "offline", "vllm"),
        Arm("vLLM by hand", "vllm", "vllm"),
        *([Arm("lmms-eval", f"lmms_eval:1:{LMMS[kind]}", "lmms_eval")] if kind in LMMS else []),
    ]


def main(words: Sequence[str] | None = None) -> int:
    """Measures and prints the table; 1 if no arm could be measured."""
    told = _parsed(words)
    subject, kind = _subject(told)
    gpu = subject.device != "cpu"
    measured: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="promptfit-bench-") as folder:
        asks = _asks(told, Path(folder))
        work = Path(folder) / "work.json"
        write_work(work, subject, asks)
        for arm in [arm for arm in arms(kind) if told.only in arm.name]:
            python = Path(sys.executable) if not arm.package else environments.having(arm.package)
            if python is None:
                measured.append(Measured(arm.name, note=f"left out: {arm.package} is not installed (docs/gpus.md)"))
                continue
            _say(f"{arm.name}: loads, then answers {len(asks):,} requests {told.rounds} times")
            measured.append(_measure(arm, python, work, asks, told.rounds, gpu))
            _say(f"{arm.name}: {measured[-1].note or f'{measured[-1].rate:.2f} answers a second'}")
        table = gpu_table.table(measured, asks, subject)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "gpu.md").write_text(table, "utf-8")
    print(table)
    return 0 if any(one.heats for one in measured) else 1


def _measure(arm: Arm, python: Path, work: Path, asks: Sequence[Ask], rounds: int, gpu: bool) -> Measured:
    log = FOLDER / "gpu" / f"{arm.factory.replace(':', '-')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    peaks: list[Peak] = []
    began = time.perf_counter()
    first = sum(one.image == asks[0].image for one in asks)
    try:
        with started(arm.factory, python, work, log, gpu, lambda process: peaks.append(Peak(process, gpu))) as answer:
            loading = time.perf_counter() - began
            answer(0, first)  # what is done once, at the first request, is not timed
            heats: list[Heat] = [answer(0, len(asks)) for _ in range(rounds)]
    except (RuntimeError, OSError) as error:
        return Measured(arm.name, note=f"failed: {gpu_table.reason(log) or error}")
    finally:
        for peak in peaks:
            peak.stop()
    return Measured(arm.name, heats, loading, peaks[0].bytes)


def _subject(told: argparse.Namespace) -> tuple[Subject, str]:
    """The checkpoint as every arm is to ask it, and its family."""
    from promptfit.answer.vllm import pixel_limits
    from promptfit.answer.vllm.offline_settings import OfflineSettings

    device, dtype = choose(told.device, told.dtype)
    limits = {"max_pixels": told.max_pixels, "max_new_tokens": told.max_new_tokens}
    settings = OfflineSettings(told.checkpoint, **limits)
    located = settings.located
    source = str(located.folder) if located.commit is None else located.name
    length = pixel_limits.context(settings)
    kept = None if device != "cpu" else 2**30
    return Subject(source, dtype, device, **limits, max_model_len=length, kv_cache_bytes=kept), str(
        located.config.get("model_type")
    )


def _asks(told: argparse.Namespace, folder: Path) -> list[Ask]:
    if told.pages:
        return gpu_pages.own(Path(told.pages).expanduser(), told.images, told.prompts)
    return gpu_pages.drawn(folder, told.images, told.prompts)


def _parsed(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.gpu", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--checkpoint", default="Qwen/Qwen2.5-VL-3B-Instruct", help="a folder, or a name on the hub")
    parser.add_argument("--pages", help="a folder of images; without it, A4 pages are drawn")
    parser.add_argument("--only", default="", help="ways to ask whose names have this in them")
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--prompts", type=int, default=16, help="asked of each image, 16 at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", default="auto")
    parser.add_argument("--max-pixels", type=int, help="larger images are shrunk to this many pixels (Qwen's families)")
    parser.add_argument("--max-new-tokens", type=int, default=64)
    told = parser.parse_args(words)
    if min(told.images, told.rounds) < 1 or not 1 <= told.prompts <= 16:
        parser.error("--images and --rounds are at least 1, --prompts 1 to 16")
    return told


def _say(line: str) -> None:
    print(f"bench-gpu: {time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
