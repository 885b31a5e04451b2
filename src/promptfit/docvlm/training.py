"""Trains docvlm-tiny: first its eyes, then eyes and language together, from checkpoints that survive a kill."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.utils.data import DataLoader

from promptfit.docvlm import architecture, card, training_attention
from promptfit.docvlm.batches import Batch, Sheets
from promptfit.docvlm.losses import Taught
from promptfit.docvlm.muon import Float32Muon
from promptfit.types import PromptfitError, Recorder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """All that decides the weights: the model card keeps it.

    Attributes:
        start: sha256 of the weights to begin with; empty: from random ones.
        eyes: Documents of the first phase, which trains the vision tower alone.
        documents: Documents of both phases.
        rate, rate_matrices: Peak learning rates of AdamW and, for the layers' matrices, of Muon.
        decay: Share of the documents, at the end, over which the rates fall to zero.
        warmup: Documents over which they rise.
        see, look: Weights of the auxiliary losses.
        clip: Largest norm of the gradient.
    """

    seed: int
    start: str
    batch_size: int
    eyes: int
    documents: int
    rate: float
    rate_matrices: float
    decay: float
    warmup: int
    see: float
    look: float
    clip: float

    def factor(self, document: int) -> float:
        """Learning rate as a share of its peak: a ramp, a plateau, a straight fall to zero."""
        left = (self.documents - document) / (self.decay * self.documents)
        return max(0.0, min(1.0, (document + 1) / self.warmup, left))


class _State:
    """Model, optimizers and the step reached, as one file that is replaced whole."""

    def __init__(self, recipe: Recipe, start: Path | None, device: str, path: Path) -> None:
        self.path, self.recipe, self.step = path, asdict(recipe), 0
        self.figures: dict[str, float] = {}
        model = architecture.untrained_model(recipe.seed)
        training_attention.use(model)
        if recipe.start and not path.exists():
            architecture.take_over(model, _held(recipe.start, start))
        self.taught = Taught(model).to(device)
        named = list(self.taught.model.named_parameters())
        matrices = [p for n, p in named if p.ndim == 2 and ("layers." in n or "blocks." in n or "merger." in n)]
        chosen = {id(p) for p in matrices}
        others = [p for p in self.taught.parameters() if id(p) not in chosen]
        self.optimizers = (
            Float32Muon(matrices, lr=recipe.rate_matrices),
            torch.optim.AdamW(others, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0),
        )
        if path.exists():
            kept = torch.load(path, map_location=device, weights_only=True)
            if kept["recipe"] != self.recipe:
                raise PromptfitError(
                    f"{path}: an unfinished training of another recipe; move it away, or name another state="
                )
            self.step, self.figures = kept["step"], kept["figures"]
            self.taught.load_state_dict(kept["model"])
            for optimizer, state in zip(self.optimizers, kept["optimizers"], strict=True):
                optimizer.load_state_dict(state)

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_suffix(".part")
        half.unlink(missing_ok=True)  # it might be a link
        kept = {"recipe": self.recipe, "step": self.step, "figures": self.figures}
        torch.save(
            {**kept, "model": self.taught.state_dict(), "optimizers": [o.state_dict() for o in self.optimizers]}, half
        )
        os.replace(half, self.path)

    def update(self, batch: Batch, recipe: Recipe) -> None:
        """One step; the figures are running means."""
        done = self.step * recipe.batch_size
        out = self.taught(batch, read=done >= recipe.eyes)
        loss = recipe.see * (out["loss_see_patch"] + out["loss_see_token"])
        if "loss_read" in out:
            loss = loss + out["loss_read"] + recipe.look * out["loss_look"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.taught.parameters(), recipe.clip)
        for optimizer, peak in zip(self.optimizers, (recipe.rate_matrices, recipe.rate), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = peak * recipe.factor(done)
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        now = {k: v.item() for k, v in out.items()}
        self.figures |= {k: 0.95 * self.figures.get(k, v) + 0.05 * v for k, v in now.items()}


def _held(digest: str, folder: Path | None) -> Path:
    """The folder of the weights that the recipe begins with.

    Raises:
        PromptfitError: It holds others, or none.
    """
    weights = folder and folder / architecture.WEIGHTS
    if not (folder and weights and weights.is_file()):
        raise PromptfitError(f"the recipe begins with the weights {digest[:12]}: name their folder, start=…; {_WHERE}")
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    if found != digest:
        raise PromptfitError(f"{weights} are the weights {found[:12]}; the recipe begins with {digest[:12]}; {_WHERE}")
    return folder


_WHERE = "conf/train.yaml says how to get them, and recipe.start= begins with none"


def train(
    recipe: Recipe,
    out: Path,
    state: Path,
    recorder: Recorder,
    *,
    start: Path | None = None,
    device: str = "cpu",
    save_every: float = 120.0,
    stop_after: int | None = None,
) -> dict[str, Any]:
    """Trains to the recipe's end and writes the checkpoint with its model card.

    Args:
        out: Folder of the finished checkpoint.
        start: Folder of the weights that the recipe begins with.
        state: File of the unfinished training; a training that was killed goes on from it.
        save_every: Seconds between two saves of the state.
        stop_after: Leave after so many steps (for tests), the state saved.

    Returns:
        The last figures, and the documents seen.

    Raises:
        PromptfitError: The state is of another recipe: going on would give weights that the card does not describe.
    """
    kept = _State(recipe, start, device, state)
    steps = -(-recipe.documents // recipe.batch_size)
    last = steps if stop_after is None else min(steps, kept.step + stop_after)
    sheets = DataLoader(Sheets(recipe.seed, kept.step, last, recipe.batch_size), batch_size=None, num_workers=1)
    saved = time.monotonic()
    with _bar(steps, kept.step) as show:
        for batch in sheets:
            kept.update(batch.to(device), recipe)
            show(kept.figures)
            if kept.step % 20 == 0:
                recorder.metrics(kept.figures, step=kept.step * recipe.batch_size)
            if time.monotonic() - saved > save_every:
                kept.save()
                log.info("%d of %d documents, %s", kept.step * recipe.batch_size, recipe.documents, _told(kept.figures))
                saved = time.monotonic()
    kept.save()
    if kept.step >= steps:
        architecture.save(kept.taught.model, out)
        card.write(out, asdict(recipe), kept.figures, sum(p.numel() for p in kept.taught.model.parameters()))
    return {"documents": kept.step * recipe.batch_size, **kept.figures}


@contextmanager
def _bar(steps: int, done: int) -> Iterator[Callable[[Mapping[str, float]], None]]:
    """A progress bar; yields what moves it on, with the figures that matter."""
    columns = (TextColumn("training"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[figures]}")) as progress:
        task = progress.add_task("", total=steps, completed=done, figures="")

        def show(figures: Mapping[str, float]) -> None:
            progress.update(task, advance=1, figures=_told(figures))

        yield show


def _told(figures: Mapping[str, float]) -> str:
    wanted = ("glyph_token", "place_token", "mass", "read", "loss_read")
    return "  ".join(f"{k} {figures[k]:.3f}" for k in wanted if k in figures)
