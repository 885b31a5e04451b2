"""The commands of the README, typed into a real shell, with a scripted answerer in the models' place."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from promptfit.data import collection

PROJECT = Path(__file__).resolve().parents[1]

import reading  # noqa: E402


def commands(name: str) -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", (PROJECT / name).read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line]


def test_both_languages_say_the_same_commands() -> None:
    assert commands("README.md") == commands("README.ru.md")
    assert len(commands("README.md")) > 10


def test_make_has_every_target_that_is_named() -> None:
    named = re.findall(r"(?:`|^    )make ([a-z-]+)", (PROJECT / "README.md").read_text("utf-8"), re.MULTILINE)
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    assert all(re.search(rf"^{target}:.*##", makefile, re.MULTILINE) for target in named)


@pytest.mark.slow
def test_every_command_works_in_a_shell(tracked_home: Path) -> None:
    home = tracked_home
    reading.configure(home)
    answerer = yaml.safe_load((home / "conf/model/reader.yaml").read_text("utf-8"))["answerer"]
    model = {"name": "docvlm-tiny", "system": "", "answerer": answerer}
    (home / "conf/model/docvlm-tiny.yaml").write_text(yaml.safe_dump(model), "utf-8")
    reading.make_data(home / "data/mini")
    reading.make_data(home / "data/large", parts=("select", "test"))
    reading.make_data(home / "data/diverse", box="[2, 2, 14, 12]")
    (home / "conf/augmentation/all.yaml").write_text("defaults: [defocus, glare]\n", "utf-8")  # enough here
    reading.make_data(home / "VLMHyperBench/data/SNILS")
    shipped = collection.read(PROJECT / "prompts/handwritten/short.csv")
    (home / "prompts/handwritten").mkdir(parents=True)
    known = [row for row in shipped if row.field in reading.FIELDS]
    collection.write(home / "prompts/handwritten/short.csv", known)
    lines = [line for line in commands("README.md") if line.startswith("promptfit")]
    script = "set -ex\n" + "\n".join(lines)
    environment = {
        **reading.environment(home),
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    done = subprocess.run(
        ["bash", "-c", script], cwd=home, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for label in ("edits", "мой-ярлык", "edits-0", "edits-1"):
        assert (home / f"prompts/docvlm-tiny/docvlm-tiny_sep_{label}.csv").is_file()
    assert (home / "selection/docvlm-tiny/docvlm-tiny_best.csv").is_file()
    assert (home / "selection/leaderboard.md").is_file()
    assert (home / "augmentations.png").is_file()
    assert (home / "report/docvlm-tiny/report.ru.html").is_file()
