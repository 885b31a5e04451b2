"""How many images a second the operations alter, all of conf/augmentation at all severities, and the memory it takes.

Two processes, one a core, as a study and its answerer have them; each streams its own images.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.row import Row

PROJECT = Path(__file__).resolve().parents[1]
SMALL, A4 = (240, 144, 12.0), (1240, 1754, 25.0)
"""Width, height and the height of a line of text, in pixels: docvlm-tiny's images, and A4 at 150 dpi."""
CORES = 2


def main() -> list[Row]:
    """Times both sizes; then once more so many images, for the memory."""
    small, peak = _together(*SMALL, rounds=10)
    _, later = _together(*SMALL, rounds=40)
    large, most = _together(*A4, rounds=1)
    what = "augmentations, the whole list at all severities, 2 cores: "
    return [
        Row(what + f"{SMALL[0]}x{SMALL[1]}", f"{small:.0f} images/s", ">= 150 images/s", small >= 150),
        Row(what + "A4 at 150 dpi", f"{large:.1f} images/s, {most:.0f} MB a process", "said", True),
        Row(
            what + "peak memory at 4x as many images",
            f"{later / peak:.2f}x ({peak:.0f} and {later:.0f} MB)",
            "<= 1.1x",
            later <= 1.1 * peak,
        ),
    ]


def measure(width: int, height: int, line: float, rounds: int) -> tuple[int, float, float]:
    """Alters so many pages by everything there is.

    Returns:
        How many images were made; the seconds, without those of the first use; the process's peak memory in MB.
    """
    import cv2
    import numpy as np
    from hydra import compose, initialize_config_dir
    from PIL import Image

    from promptfit.augment.condition import Condition
    from promptfit.augment.operation import SEVERITIES
    from promptfit.build import instantiate

    cv2.setNumThreads(1)
    with initialize_config_dir(str(PROJECT / "conf"), version_base="1.3"):
        operations = [instantiate(node) for node in compose("stress").augmentation.values()]
    page = Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))
    conditions = [Condition(operation, severity) for operation in operations for severity in SEVERITIES]
    for operation in operations:  # imports, fonts and textures
        for number in range(16):
            Condition(operation, 3).apply(page.crop((0, 0, 60, 40)), f"warm-{number}", 8)
    started = time.perf_counter()
    for number in range(rounds):
        for condition in conditions:
            condition.apply(page, f"d-{number}", line)
    return rounds * len(conditions), time.perf_counter() - started, _peak()


def _together(width: int, height: int, line: float, rounds: int) -> tuple[float, float]:
    """Images a second of all processes, and the most memory of one."""
    words = [sys.executable, "-m", "benchmarks.augmentations", *map(str, (width, height, line, rounds))]
    jobs = [subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, text=True) for _ in range(CORES)]
    said = [job.communicate()[0] for job in jobs]
    if any(job.returncode for job in jobs):
        raise RuntimeError("an augmentation process failed")
    figures = [[float(word) for word in words.split()] for words in said]
    return sum(made / seconds for made, seconds, _ in figures), max(peak for *_, peak in figures)


def _peak() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1e3


if __name__ == "__main__":
    print(*measure(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
