"""How far a training is: one file that is replaced whole, so that a killed training goes on from it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict
from pathlib import Path

import torch

from promptfit.docvlm import architecture, training_attention
from promptfit.docvlm.batches import Batch
from promptfit.docvlm.losses import Taught
from promptfit.docvlm.muon import Float32Muon
from promptfit.docvlm.recipe import Recipe
from promptfit.types import PromptfitError

_WHERE = "conf/train.yaml says how to get them, and recipe.start= begins with none"


class TrainingState:
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
        """Replaces the file by the state as it is."""
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
