"""What a selection takes out of its configuration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from promptfit.commands.shared import composed, configured
from promptfit.commands.shared.listed import named
from promptfit.commands.shared.racing import racing_of
from promptfit.data import search_record
from promptfit.data.annotation import PARTS
from promptfit.data.grouping import document_digests
from promptfit.data.reader import Dataset
from promptfit.paths import home, resolve
from promptfit.select.baselines import Baselines, baselines
from promptfit.select.gather import Gathered, gather
from promptfit.select.select_rules import SelectRacing
from promptfit.select.selection import SelectionRules
from promptfit.support.texts import as_name
from promptfit.types import RECORD, PromptfitError, Sample


def rules_of(cfg: DictConfig) -> SelectionRules:
    """How the selection decides.

    Raises:
        PromptfitError: A figure is out of its range, or the racing is not a selection's.
    """
    if not (0 <= cfg.indifference < 1 and cfg.folds >= 2 and 0 < cfg.doubt <= 1):
        raise PromptfitError(
            f"indifference={cfg.indifference} folds={cfg.folds} doubt={cfg.doubt}: a CER from 0 on, two parts or more, "
            "and a p value above 0 and up to 1"
        )
    racing, metric = racing_of(cfg, "select", SelectRacing), configured.objective_of(cfg)
    return SelectionRules(racing, float(cfg.indifference), int(cfg.folds), float(cfg.doubt), metric)


def baselines_of(cfg: DictConfig, candidates: Gathered, samples: Sequence[Sample]) -> Baselines:
    """The baselines of the fields that have a candidate."""
    wordings = {False: cfg.baselines.naive, True: cfg.baselines.record}
    return baselines(candidates.fields, samples, bool(cfg.baselines.question), wordings)


def candidates_of(cfg: DictConfig, data: Dataset, ask: str) -> Gathered:
    """All distinct prompts of the collections that `labels` and `collections` name.

    Args:
        cfg: The configuration.
        data: With the questions of one kind.
        ask: Which kind.

    Raises:
        PromptfitError: There are none, or `field=` names no question of this kind.
    """
    names = [one for one in named(cfg.field) or [] if as_name(one).endswith(f" {RECORD}") == (ask == "record")]
    if cfg.field is not None and not names:
        kinds = "a record, such as 'passport *'," if ask == "record" else "a field"
        raise PromptfitError(f"ask={cfg.ask} field={cfg.field}: name {kinds} too, or leave field= out")
    fields = [data.resolve(name) for name in names] or data.fields
    extra = [resolve(path) for path in named(cfg.collections) or []]
    folder = home() / "prompts" / cfg.model.name
    return gather(
        folder, cfg.model.name, list(dict.fromkeys(fields)), extra, named(cfg.labels), records=ask == "record"
    )


def unseen(cfg: DictConfig, candidates: Gathered, test: Sequence[Sample]) -> Gathered:
    """The candidates, if none of their searches has seen a document of `test`; else with a warning, if that is allowed.

    Raises:
        PromptfitError: A search has seen some, and `overlap` is not set.
    """
    digests = set(document_digests(test).values())
    own = {one.document for one in test if one.split in PARTS and one.split != "test"}
    said = (
        [f"{len(own)} of {len(digests)} test documents are of another part of the data set's own split"] if own else []
    )
    for label, path in zip(candidates.labels, candidates.files, strict=True):
        file = search_record.beside(path)
        record = search_record.read(file) if file.is_file() else None
        seen = {one for own in record.documents.values() for one in own} & digests if record else set()
        if record and seen:
            said.append(
                f"{len(seen)} of {len(digests)} test documents were seen by the search of {label} on {record.dataset}"
            )
    if said and not cfg.overlap:
        raise PromptfitError(
            f"{'; '.join(said)}: what is measured on them would be too good. Take other documents (dataset=…), leave "
            "that collection out (labels=…), or say overlap=true"
        )
    return replace(candidates, warnings=(*candidates.warnings, *said))


KINDS = ("fields", "record")
"""Of questions; each has a selection of its own."""


def folder(cfg: DictConfig, ask: str) -> Path:
    """Where the results go; some fields alone never overwrite the whole selection, nor do records."""
    whole = home() / "selection" / str(cfg.model.name)
    whole = whole / "record" if ask == "record" else whole
    return whole if cfg.field is None else whole / "part"


def params(cfg: DictConfig, racing: bool, candidates: Gathered) -> dict[str, object]:
    """The params of the run and of its trials; the label becomes the winners' alias in the prompt registry."""
    return {
        **configured.described(cfg),
        "label": "best",
        "labels": ",".join(candidates.labels),
        "racing": "on" if racing else "off",
        "objective": configured.objective_of(cfg).name,
    }


def identity(cfg: DictConfig, candidates: Gathered) -> dict[str, Any]:
    """What says whether two runs are the same: the configuration, and the prompts that were there."""
    prompts = [[field.name, one.text, *one.labels] for field, several in candidates.fields.items() for one in several]
    digest = hashlib.sha256(json.dumps(prompts, ensure_ascii=False).encode("utf-8", "backslashreplace")).hexdigest()
    return {**composed.resolved(cfg), "candidates": digest}
