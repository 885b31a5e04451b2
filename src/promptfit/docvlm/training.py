"""Trains docvlm-tiny: first its eyes, then eyes and language together, from checkpoints that survive a kill."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.utils.data import DataLoader

from promptfit.docvlm import architecture, card
from promptfit.docvlm.batches import Sheets
from promptfit.docvlm.recipe import Recipe
from promptfit.docvlm.training_state import TrainingState
from promptfit.types import Recorder

log = logging.getLogger(__name__)


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
    kept = TrainingState(recipe, start, device, state)
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
