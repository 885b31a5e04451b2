"""The pipeline in a repository of its own, with scripted answerers: what runs again, and what does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dvc.repo import Repo

PROJECT = Path(__file__).resolve().parents[1]

import reading  # noqa: E402
from promptfit.cli import main  # noqa: E402

MODELS = ("reader", "reader2")
ASKING = {"search", "select", "stress", "look"}
ALL = {*ASKING, "report"}
CHANGES: dict[str, set[str]] = {
    "src/promptfit/__init__.py": ALL,
    "src/promptfit/answer/cached_answerer.py": ASKING,
    "src/promptfit/augment/fold.py": ASKING,
    "src/promptfit/build.py": ASKING,
    "src/promptfit/cli/help.py": set(),
    "src/promptfit/commands/compare/main.py": set(),
    "src/promptfit/commands/report.py": {"report"},
    "src/promptfit/commands/search/plan.py": {"search"},
    "src/promptfit/commands/shared/tables.py": ALL,
    "src/promptfit/data/split.py": ASKING,
    "src/promptfit/docvlm/losses.py": set(),  # of train, which is frozen
    "src/promptfit/evaluate/ask.py": ASKING,
    "src/promptfit/generate/brief.py": {"search"},
    "src/promptfit/paths.py": ALL,
    "src/promptfit/py.typed": set(),
    "src/promptfit/readers/thoughts.py": ASKING,
    "src/promptfit/report/charts.py": {"select", "report"},
    "src/promptfit/report/templates/report/page.html": {"report"},
    "src/promptfit/score/cer.py": ALL,
    "src/promptfit/search/objective.py": {"search"},
    "src/promptfit/select/choose.py": {"select"},
    "src/promptfit/select/selection_record.py": {"select", "report"},
    "src/promptfit/study/errors/causes.py": {"stress"},
    "src/promptfit/study/grounding/grounding.py": {"look"},
    "src/promptfit/study/robustness/worst.py": {"stress"},
    "src/promptfit/study/records/study_source.py": {"stress", "look", "report"},
    "src/promptfit/support/files/writing.py": ALL,
    "src/promptfit/tracking/connect.py": ALL,
    "src/promptfit/types.py": ALL,
    "conf/augmentation/defocus.yaml": {"stress"},
    "conf/config.yaml": {"search"},
    "conf/dataset/diverse.yaml": {"stress", "look"},
    "conf/metaprompt/en.yaml": set(),
    "conf/racing/off.yaml": set(),
    "conf/racing/search.yaml": {"search"},
    "conf/racing/select.yaml": {"select"},
    "conf/strategy/edits.yaml": {"search"},
    "conf/tracking/local.yaml": ALL,
    "prompts/handwritten/mine.csv": {"search"},
}
"""The stages that the change of a file makes stale, by itself; what comes after them follows when they have run."""


@pytest.fixture
def repository(tracked_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git and DVC repository with the project's dvc.yaml, two scripted models and a frozen stand-in for `train`."""
    home = tracked_home
    for name in ("dvc.yaml", ".dvcignore", ".gitignore"):
        shutil.copy(PROJECT / name, home / name)
    shutil.copytree(PROJECT / "src", home / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "prompts/handwritten").mkdir(parents=True)
    (home / "conf/augmentation/all.yaml").write_text("defaults: [defocus]\n", "utf-8")  # one is enough here
    reading.configure(home)
    reader = yaml.safe_load((home / "conf/model/reader.yaml").read_text("utf-8"))
    for model in MODELS:
        (home / f"conf/model/{model}.yaml").write_text(yaml.safe_dump({**reader, "name": model}), "utf-8")
    reading.make_data(home / "data/mini")
    reading.make_data(home / "data/large", parts=("select", "test"))
    reading.make_data(home / "data/diverse", box="[2, 2, 14, 12]")
    (home / "models/docvlm-tiny").mkdir(parents=True)
    (home / "models/docvlm-tiny/weights").write_text("scripted", "utf-8")
    config = home / "conf/config.yaml"
    config.write_text(config.read_text("utf-8").replace("per_field: 400", "per_field: 24"), "utf-8")
    params = {"models": list(MODELS), "searches": [{"label": "edits", "generator": "edits", "strategy": "edits"}]}
    params |= {"stress": {"documents": 2, "severities": "[3]"}, "look": {"documents": 2}}
    (home / "params.yaml").write_text(yaml.safe_dump(params), "utf-8")
    for key, value in reading.environment(home).items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(home / ".site"))
    monkeypatch.chdir(home)
    run("git", "init", "--quiet")
    run("dvc", "init", "--quiet")
    shutil.copy(PROJECT / ".dvc" / "config", home / ".dvc" / "config")
    run("dvc", "commit", "--quiet", "--force", "train")
    return home


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def stages_run(said: str) -> list[str]:
    return [line.split("'")[1] for line in said.splitlines() if line.startswith("Running stage")]


@pytest.mark.slow
def test_what_runs_again_and_what_does_not(repository: Path) -> None:
    searches, selections = [f"search@{model}-search0" for model in MODELS], [f"select@{model}" for model in MODELS]
    studies = [f"{stage}@{model}" for stage in ("look", "report", "stress") for model in MODELS]
    assert sorted(stages_run(run("dvc", "repro"))) == sorted([*searches, *selections, *studies])
    assert all((repository / f"prompts/{model}/{model}_sep_edits.csv").is_file() for model in MODELS)
    assert all((repository / f"selection/{model}/{model}_best.csv").is_file() for model in MODELS)
    assert all((repository / f"report/{model}/report.ru.html").is_file() for model in MODELS)
    (repository / f"prompts/{MODELS[0]}/compare.md").write_text("a table", "utf-8")
    assert stages_run(run("dvc", "repro")) == []
    assert "hydra" not in (repository / "params.yaml").read_text("utf-8")
    (repository / "conf/model/reader2.yaml").open("a").write("# another word\n")
    own = ["look@reader2", "report@reader2", "search@reader2-search0", "select@reader2", "stress@reader2"]
    assert sorted(stages_run(run("dvc", "repro"))) == own
    shutil.copy(repository / "prompts/reader/reader_sep_edits.csv", repository / "prompts/reader/reader_sep_mine.csv")
    assert stages_run(run("dvc", "repro")) == ["select@reader", "report@reader"], "the best prompts are what they were"


@pytest.mark.slow
def test_the_change_of_a_file_makes_the_stages_stale_that_it_decides(repository: Path) -> None:
    rooms = {path.name for path in (PROJECT / "src/promptfit").iterdir() if path.name != "__pycache__"}
    assert {Path(name).parts[2] for name in CHANGES if name.startswith("src/")} == rooms, "a file of each room"
    for out in (out.fs_path for stage in Repo(str(repository)).index.stages for out in stage.outs):
        Path(out).parent.mkdir(parents=True, exist_ok=True)
        if not Path(out).exists():
            Path(out).write_text("a stand-in", "utf-8")
    run("dvc", "commit", "--quiet", "--force")
    assert stale(repository) == set()
    found = {}
    for name in CHANGES:
        before = (repository / name).read_bytes() if (repository / name).exists() else None
        (repository / name).write_bytes((before or b"") + b"\n# another word\n")
        found[name] = stale(repository)
        (repository / name).unlink() if before is None else (repository / name).write_bytes(before)
    assert found == CHANGES


def stale(repository: Path) -> set[str]:
    """The stages that `dvc status` names, whatever model they are for."""
    return {name.partition("@")[0] for name in Repo(str(repository)).status()}


@pytest.mark.slow
def test_metrics_and_plots_are_shown(repository: Path) -> None:
    run("dvc", "repro", "--quiet")
    shown = json.loads(run("dvc", "metrics", "show", "--json"))[""]["data"]
    studies = ("stress", "errors", "look")
    assert set(shown) == {f"selection/{model}/selection.json" for model in MODELS} | {
        f"study/{model}/{study}.json" for model in MODELS for study in studies
    }
    assert shown["study/reader/errors.json"]["data"]["metrics"]["cer"] > 0
    figures = shown["selection/reader/selection.json"]["data"]
    assert figures["metrics"]["cer_macro_test"] >= 0 and set(figures["cer_test"]) == set(reading.FIELDS)
    assert "fields" not in figures
    run("dvc", "plots", "show", "--out", "plots")
    assert "forest.png" in (repository / "plots/index.html").read_text("utf-8")


def publish(repository: Path) -> None:
    """Tracks the data sets as the project does, and pushes them into the repository's own store."""
    said = yaml.safe_load((PROJECT / "data.dvc").read_text())["outs"]
    outs = [{key: out[key] for key in ("path", "hash", "remote")} for out in said]
    (repository / "data.dvc").write_text(yaml.safe_dump({"outs": outs}), "utf-8")
    run("dvc", "commit", "--quiet", "--force", "data.dvc")
    run("dvc", "push", "--quiet")


def fetch() -> tuple[int, str]:
    """What every target of the Makefile begins with: its exit status, and all that it said."""
    text = (PROJECT / "Makefile").read_text("utf-8")
    lines = text.partition("\nFETCH = ")[2].partition("\n\n")[0]
    assert text.count("\t$(FETCH)\n") == 4 and "dvc pull" not in text.replace(lines, "")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", lines], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_what_is_a_person_s_own_stays_what_it_is(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An import lay under data/, and the first line of `make demo` deleted it without a word."""
    publish(repository)
    reading.make_data(repository / "elsewhere/SNILS")
    assert main(["import", "vlmhyperbench", str(repository / "elsewhere/SNILS")]) == 0
    assert main(["import", "vlmhyperbench", str(repository / "elsewhere/SNILS"), "into=data"]) == 1
    assert "take datasets/" in capsys.readouterr().err
    shutil.copytree(repository / "elsewhere/SNILS", repository / "data/mine")
    (repository / "models/other").mkdir()
    (repository / "models/other/weights").write_text("mine", "utf-8")
    own = ["datasets/SNILS", "data/mine", "models/other"]
    before = [contents(repository / name) for name in own]
    tracked = (repository / "data.dvc").read_bytes()
    for _ in range(2):
        assert fetch()[0] == 0
        run("dvc", "repro", f"search@{MODELS[0]}-search0")
    run("dvc", "push", "--quiet")
    assert [contents(repository / name) for name in own] == before
    assert (repository / "data.dvc").read_bytes() == tracked
    image = (repository / "datasets/SNILS/images/p0.png").read_bytes()
    assert image not in contents(repository / ".dvc/store").values(), "nothing of it is where git would publish it"

    (repository / "data/mini/mine.txt").write_text("put into our set by hand", "utf-8")
    status, said = fetch()
    assert status != 0 and "data/mini/mine.txt" in said and "make: " in said and "datasets/" in said
    assert (repository / "data/mini/mine.txt").is_file()


@pytest.mark.slow
def test_nothing_of_a_person_s_comes_into_the_store_that_git_publishes(repository: Path) -> None:
    """`dvc add data && dvc push` put imported passports where the next `git push` would have published them."""
    publish(repository)
    before = contents(repository / ".dvc/store")
    for folder in ("data/passports", "datasets/SNILS"):
        (repository / folder).mkdir(parents=True)
        (repository / folder / "scan.png").write_bytes(f"a person's own, in {folder}".encode())
    for added in ("data", "datasets/SNILS"):
        run("dvc", "add", "--quiet", added)
        done = subprocess.run(["dvc", "push"], capture_output=True, text=True, check=False)
        assert done.returncode != 0 and "remote" in done.stderr, "what is no drawn set has no remote until one is named"
        assert contents(repository / ".dvc/store") == before
    assert "passports" not in str(contents(repository / ".dvc/cache")), "DVC does not even see it"


def test_the_store_that_git_publishes_holds_the_drawn_sets_and_the_model_alone() -> None:
    """It does: every file in it is named by data.dvc or by the model's entry in dvc.lock."""
    store = PROJECT / ".dvc/store/files/md5"
    outs = yaml.safe_load((PROJECT / "data.dvc").read_text("utf-8"))["outs"]
    assert [out["path"] for out in outs] == ["data/mini", "data/large", "data/diverse"]
    model = yaml.safe_load((PROJECT / "dvc.lock").read_text("utf-8"))["stages"]["train"]["outs"]
    known = {out["md5"] for out in [*outs, *model]}
    for name in list(known):
        listed = json.loads((store / name[:2] / name[2:]).read_bytes()) if name.endswith(".dir") else []
        known |= {one["md5"] for one in listed}
    held = subprocess.run(["git", "ls-files", "-z", ".dvc/store"], cwd=PROJECT, capture_output=True, check=True).stdout
    assert {"".join(name.split("/")[-2:]) for name in held.decode().split("\0") if name} == known
    assert "remote = " not in (PROJECT / ".dvc/config").read_text("utf-8"), "nothing is pushed there by default"


@pytest.mark.slow
def test_a_clone_pulls_data_and_model_without_a_network(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    publish(repository)
    run("git", "add", "--all", "--", ":!conf", ":!mlruns")
    run("git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "all")
    clone = tmp_path_factory.mktemp("clone")
    run("git", "clone", "--quiet", str(repository), str(clone))
    os.chdir(clone)
    assert not (clone / "data").exists()
    run("dvc", "pull", "--quiet", "data.dvc", "train")
    assert (clone / "data/mini/annotation.csv").is_file()
    assert (clone / "models/docvlm-tiny/weights").read_text("utf-8") == "scripted"
