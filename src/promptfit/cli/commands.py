"""The commands in the order of work, each with the words and keys that are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Key:
    """A key that one command has, beside those of conf/config.yaml."""

    help: str
    default: str = "null"
    """As Hydra reads it."""


@dataclass(frozen=True, slots=True)
class Command:
    """A stage, imported when it is chosen."""

    stage: str
    """A module with `main(cfg)`."""
    help: str
    words: tuple[str, ...] = ()
    """Keys that may be given as bare words, in this order."""
    keys: Mapping[str, Key] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    config: str = "config"
    """The file in conf/ that is composed."""


_INTO = Key("the folder to write to; the data set's or collection's own name is kept unless name= is given")
_CONVERT = {"format": Key("vlmhyperbench"), "source": Key("a data set's folder or a collection's CSV"), "into": _INTO}

COMMANDS: dict[str, Command] = {
    "synth": Command(
        "promptfit.stages.synth",
        "draw the data sets data/mini, data/large and data/diverse anew",
        examples=("promptfit synth && dvc add data",),
    ),
    "train": Command(
        "promptfit.stages.train",
        "train the built-in model docvlm-tiny (hours on a CPU; goes on where it was stopped)",
        examples=("promptfit train",),
        config="train",
    ),
    "import": Command(
        "promptfit.stages.import_",
        "take over a data set or a prompt collection of another format",
        words=("format", "source"),
        keys={**_CONVERT, "name": Key("its new name")},
        examples=("promptfit import vlmhyperbench ~/VLMHyperBench/data/SNILS",),
    ),
    "export": Command(
        "promptfit.stages.export",
        "hand a data set or a prompt collection over to another format",
        words=("format", "source"),
        keys={**_CONVERT, "name": Key("its new name")},
        examples=("promptfit export vlmhyperbench prompts/docvlm-tiny/docvlm-tiny_sep_edits.csv",),
    ),
    "try": Command(
        "promptfit.stages.try_",
        "measure one prompt, or a whole collection, at once; save=<label> keeps it",
        words=("prompt",),
        keys={
            "prompt": Key("the text to try; a bare word is taken for it"),
            "collection": Key("a CSV of prompts to try instead"),
            "save": Key("measure on the holdout, once, and keep under this label"),
            "worst": Key("how many of the worst answers to show", "5"),
        },
        examples=(
            'promptfit try "Напиши Фамилия" field="passport Фамилия"',
            'promptfit try "Напиши СНИЛС. Только цифры" field=СНИЛС save=мой-ярлык',
            "promptfit try collection=prompts/docvlm-tiny/docvlm-tiny_sep_edits.csv",
        ),
    ),
    "search": Command(
        "promptfit.stages.search",
        "stage 1: search the best prompt of every field for one answerer",
        examples=(
            "promptfit search model=docvlm-tiny generator=edits",
            'promptfit search field="passport Фамилия" budget.per_field=800',
            "promptfit search -m model=docvlm-tiny,Qwen2-VL-2B",
            "promptfit search -m seed=0,1,2 label='edits-${seed}' hydra/launcher=joblib hydra.launcher.n_jobs=2",
            "promptfit search model=Qwen2-VL-7B model.answerer.batch_size=4 dry_run=true",
        ),
    ),
    "store": Command(
        "promptfit.stages.store",
        "the kept answers: size and hits; `prune` forgets, `merge FILE` takes over another host's",
        words=("action", "source"),
        keys={
            "action": Key("show, prune or merge", "show"),
            "source": Key("merge: another store's file"),
            "older_than_days": Key("prune: only answers older than so many days"),
            "all": Key("prune: every answerer, not only the one that model= names", "false"),
        },
        examples=("promptfit store", "promptfit store merge answers-of-node7.sqlite"),
    ),
    "ui": Command(
        "promptfit.stages.ui",
        "open MLflow's pages on this machine",
        keys={"port": Key("where to serve them", "5000")},
        examples=("promptfit ui", "promptfit ui port=5001"),
    ),
}
