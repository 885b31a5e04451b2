"""Hydra calls what its own settings name: of these, launchers and sweepers alone can be changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptfit.cli import main
from promptfit.cli.hydra_settings import check_files, check_words
from promptfit.types import PromptfitError

RUN = "{_target_: promptfit.answer.tesseract.ocr_engine._run, command: [touch, CANARY]}"
"""Hydra itself lets nobody name os.system; any function that runs what it is given does as well."""
WORDS = [
    "hydra.callbacks.a._target_=os.system",
    f"+hydra.callbacks.a={RUN}",
    f"++hydra.callbacks={{a: {RUN}}}",
    f"hydra={{callbacks: {{a: {RUN}}}}}",
    "hydra/callbacks=evil",
    "hydra/job_logging=default",
    "+hydra.job_logging.handlers.a.class=os.system",
    "hydra.searchpath=[file:///tmp/evil]",
    "hydra.run.dir=/tmp/evil",
    "hydra.sweep.dir=/tmp/evil",
    "hydra.output_subdir=../x",
    "hydra.job.env_set={PATH: /tmp/evil}",
    "~hydra.job_logging",
    f"+hydra.launcher.a={RUN}",
    "+hydra.launcher.a._target_=os.system",
    "hydra.launcher._target_=os.system",
    "hydra.sweeper._target_=os.system",
    "+augmentation@hydra.callbacks=none",
    "+augmentation@_global_=none",
]
FILES = {
    "config.yaml": f"hydra: {{callbacks: {{a: {RUN}}}}}\n",
    "model/a.yaml": f"# @package _global_\nhydra: {{job_logging: {{a: {RUN}}}}}\n",
    "model/b.yaml": f"# @package hydra.callbacks\na: {RUN}\n",
    "model/c.yaml": f"#  @package  _global_.hydra\ncallbacks: {{a: {RUN}}}\n",
    "model/d.yaml": f'# @package _global_\n"\\x68ydra": {{callbacks: {{a: {RUN}}}}}\n',
    "model/e.yaml": "# @package _global_\nhydra: {searchpath: ['file:///tmp/evil']}\n",
    "model/f.yaml": "# @package _global_\nhydra: {job: {env_set: {PATH: /tmp/evil}}}\n",
    "model/g.yaml": f"# @package _global_\nhydra: {{launcher: {{a: {RUN}}}}}\n",
    "model/h.yaml": "defaults: [/dataset@hydra.callbacks: mini]\n",
    "model/i.yaml": "defaults: [override /hydra/callbacks: evil]\n",
    "local/local.yaml": "# @package _global_\ndefaults: [override /hydra/job_logging: default]\n",
    "hydra/callbacks/evil.yaml": f"a: {RUN}\n",
    "hydra/job_logging/none.yaml": f"a: {RUN}\n",
    "hydra/launcher/evil.yaml": f"_target_: os.system\ncommand: {RUN}\n",
    "hydra/launcher/deep.yaml": f"_target_: hydra_plugins.hydra_joblib_launcher.JoblibLauncher\na: {RUN}\n",
    "hydra/launcher/list.yaml": f"defaults: [joblib]\na: [{RUN}]\n",
    "hydra/other.yaml": "a: 1\n",
    "hydra/launcher/half.yaml": "a: [",
}


@pytest.mark.parametrize("word", WORDS)
def test_no_word_names_more_of_it(word: str) -> None:
    with pytest.raises(PromptfitError, match="hydra"):
        check_words(["model=tesseract", word])


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_more_of_it(name: str, home: Path) -> None:
    path = home / "conf" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(before + FILES[name], "utf-8")
    with pytest.raises(PromptfitError, match=str(path)):
        check_files(home / "conf")


def test_nothing_runs_before_it_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = RUN.replace("CANARY", str(home / "canary"))
    assert main(["search", f"+hydra.callbacks.a={run}", "show=true"]) == 1
    assert "hydra.launcher and hydra.sweeper alone" in capsys.readouterr().err
    config = home / "conf/config.yaml"
    config.write_text(f"{config.read_text('utf-8')}hydra: {{callbacks: {{a: {run}}}}}\n", "utf-8")
    assert main(["search", "show=true"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"promptfit: {config}: it sets hydra.callbacks") and not said.out
    assert not (home / "canary").exists()


def test_launchers_and_their_values_are_free(home: Path) -> None:
    check_words(["hydra/launcher=joblib", "hydra.launcher.n_jobs=4", "+hydra.launcher.additional_parameters={a: 1}"])
    check_words(["hydra.sweeper.max_batch_size=2", 'prompt="hydra.callbacks"', "Опиши hydra.callbacks", "label=hydra"])
    (home / "conf/local/local.yaml").write_text(
        "# @package _global_\ndefaults: [override /hydra/launcher: local]\nhydra: {launcher: {n_jobs: 4}}\n", "utf-8"
    )
    check_files(home / "conf")


def test_a_file_that_is_no_text_is_named(home: Path) -> None:
    (home / "conf/model/x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PromptfitError, match=r"x\.yaml: cannot be read"):
        check_files(home / "conf")
