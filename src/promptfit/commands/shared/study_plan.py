"""What the studies take out of their configuration: the best prompts, and the samples that they are asked of."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from promptfit.commands.shared import composed, configured
from promptfit.commands.shared.best_prompts import best_prompts
from promptfit.data.reader import Dataset
from promptfit.paths import home
from promptfit.study.few_documents import few
from promptfit.study.records.study_source import Source
from promptfit.support.enumerated import some
from promptfit.support.lookalikes import meant
from promptfit.tracking.provenance import git_commit
from promptfit.types import RECORD, Field, PromptfitError, Sample


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """What is to be asked."""

    path: Path
    """The prompt collection."""
    prompts: Mapping[Field, str]
    samples: tuple[Sample, ...]
    """Those that have a prompt."""
    left_out: Mapping[str, int]
    """Samples without one, by the reason."""
    warnings: tuple[str, ...]

    @property
    def collection(self) -> str:
        """The collection's file, relative to the project's root where it lies there."""
        root = home()
        return str(self.path.relative_to(root) if self.path.is_relative_to(root) else self.path)

    def source(self, cfg: DictConfig, name: str, data_digest: str, run_id: str, requests: int) -> Source:
        """What a study of this plan was made from; the name is its command's."""
        return Source(
            answerer=str(cfg.model.name),
            dataset=str(cfg.dataset.name),
            data_digest=data_digest,
            collection=self.collection,
            collection_digest=self.collection_digest,
            seed=int(cfg.seed),
            chain=[str(step) for step in cfg.chain],
            commit=git_commit(),
            run_id=run_id,
            requests=requests,
            documents=self.documents,
            command=composed.command(name),
            left_out=dict(self.left_out),
        )

    def identity(self, cfg: DictConfig) -> dict[str, Any]:
        """What says whether two runs are the same: the configuration, and the prompts that were there."""
        return {**composed.resolved(cfg), "collection": self.collection_digest}

    @property
    def collection_digest(self) -> str:
        """sha256 (hex) of the collection's file."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @property
    def requests(self) -> int:
        """The requests that the images as they are take; fields of one record share one."""
        return len({(one.shown_digest, self.prompts[one.field]) for one in self.samples})

    @property
    def documents(self) -> int:
        """How many documents are looked at."""
        return len({sample.document for sample in self.samples})


def plan_of(cfg: DictConfig, data: Dataset) -> StudyPlan:
    """Reads the collection, and takes the documents that it is asked of.

    Args:
        cfg: With `model`, `collection`, `field`, `documents`, `captures` and `seed`.
        data: The data set.

    Raises:
        PromptfitError: There is no collection, it has no prompt for any of these fields, or a number is none.
    """
    fields = configured.fields_of(cfg, data)
    best = best_prompts(cfg, fields, data.schema)
    path, rows, prompts, records = best.path, best.rows, best.prompts, best.records
    if not prompts:
        hint = meant(fields[0].name, rows) or ("ask=record takes its rows of records;" if _records(rows) else "")
        raise PromptfitError(
            f"{path}: no prompt for {', '.join(field.name for field in fields)}; {hint + ' ' if hint else ''}it has: "
            f"{', '.join(rows) or 'no row'}"
        )
    wanted = set(fields)
    own = [sample for sample in data.samples if sample.field in wanted]
    drawn = few(own, _some(cfg, "documents"), _some(cfg, "captures"), int(cfg.seed))
    bare = Counter(sample.field.name for sample in drawn if sample.field not in prompts)
    samples = tuple(replace(one, record=records.get(one.field)) for one in drawn if one.field in prompts)
    known = [field.name for field in data.fields] + [f"{field.doc_type} {RECORD}" for field in data.fields]
    unknown = [
        f"{name} {f'({hint})' if (hint := meant(name, known)) else ''}".strip() for name in rows if name not in known
    ]
    warnings = [f"{path} has no prompt for {', '.join(bare)}: {bare.total():,} samples are left out"] if bare else []
    warnings += [f"{path}: the data set has no field {some(unknown)}; these rows are left out"] if unknown else []
    left_out = {f"no prompt: {name}": count for name, count in bare.items()}
    return StudyPlan(path, prompts, samples, left_out, tuple(warnings))


def _records(rows: Iterable[str]) -> bool:
    return any(name.endswith(f" {RECORD}") for name in rows)


def _some(cfg: DictConfig, key: str) -> int | None:
    """A whole number from 1 on; None is all."""
    return None if cfg[key] is None else number_of(cfg, key, 1, ", or null for all")


def number_of(cfg: DictConfig, key: str, least: int = 0, otherwise: str = "") -> int:
    """A whole number.

    Args:
        cfg: Where it stands.
        key: Under which key.
        least: The smallest that it may be.
        otherwise: What else the key takes, in words.

    Raises:
        PromptfitError: It is none.
    """
    value = cfg[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise PromptfitError(f"{key}={value}: a whole number from {least} on{otherwise}")
    return value
