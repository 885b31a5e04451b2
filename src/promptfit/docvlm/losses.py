"""What docvlm-tiny is rewarded for: the right answer, and, on the way, seeing and looking.

Two losses teach what the answer alone teaches too slowly. *Seeing*: every half patch names its glyph, its place (the
value or the label of which field) and its index in the value, from the vision tower's last layer and from the
merged tokens. *Looking*: where a value's character is to be said next, one head in each of two layers is rewarded
for the attention that it gives to the image tokens which hold that character. The heads are dropped afterwards.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F
from transformers import Qwen2VLForConditionalGeneration

from promptfit.docvlm.batches import Batch
from promptfit.docvlm.seeing import CELLS, COLUMNS, IGNORE, IMAGE_TOKENS, INDEXES, PLACES, ROWS
from promptfit.docvlm.tokenizer import GLYPHS


class Taught(nn.Module):
    """The model with its auxiliary heads."""

    def __init__(self, model: Qwen2VLForConditionalGeneration) -> None:
        super().__init__()
        self.model = model
        seen = model.config.vision_config.embed_dim
        merged = model.config.text_config.hidden_size
        self.classes = (len(GLYPHS), PLACES, INDEXES)
        self.from_patch = nn.Linear(seen, 2 * sum(self.classes))
        self.from_token = nn.Linear(merged, CELLS * sum(self.classes))

    def forward(self, batch: Batch, *, read: bool = True) -> dict[str, torch.Tensor]:
        """The losses by name, and the shares of right glyphs and of attention on the right tokens.

        Args:
            read: False trains the eyes alone, without the language model.
        """
        count = len(batch.ids)
        grid = torch.tensor([[1, 2 * ROWS, 2 * COLUMNS]] * count, device=batch.ids.device)
        visual = self.model.model.visual(batch.patches, grid_thw=grid)
        out = self._seeing(batch, visual.last_hidden_state, visual.pooler_output)
        return out | self._reading(batch, visual.pooler_output) if read else out

    def _seeing(self, batch: Batch, patches: torch.Tensor, tokens: torch.Tensor) -> dict[str, torch.Tensor]:
        asked = (batch.places.reshape(-1) != IGNORE).nonzero()[:, 0]
        by_patch = self.from_patch(patches).reshape(-1, sum(self.classes))
        by_token = self.from_token(tokens).reshape(-1, sum(self.classes))
        labels = [t.reshape(-1)[asked] for t in (batch.glyphs, batch.places, batch.indexes)]
        out: dict[str, torch.Tensor] = {}
        for name, logits in (("patch", by_patch[asked]), ("token", by_token[asked])):
            parts = logits.split(self.classes, dim=1)
            losses = [F.cross_entropy(p, y, ignore_index=IGNORE) for p, y in zip(parts, labels, strict=True)]
            out[f"loss_see_{name}"] = losses[0] + 0.5 * losses[1] + 0.5 * losses[2]
            for part, y, what in zip(parts, labels, ("glyph", "place", "index"), strict=True):
                known = y != IGNORE
                out[f"{what}_{name}"] = (part[known].argmax(1) == y[known]).float().mean().detach()
        return out

    def _reading(self, batch: Batch, tokens: torch.Tensor) -> dict[str, torch.Tensor]:
        language = self.model.model.language_model
        embeds = language.embed_tokens(batch.ids)
        image = tokens.reshape(len(batch.ids), IMAGE_TOKENS, -1)
        seen = slice(batch.first, batch.first + IMAGE_TOKENS)
        embeds = torch.cat([embeds[:, : seen.start], image, embeds[:, seen.stop :]], dim=1)
        result = language(
            inputs_embeds=embeds,
            attention_mask=mask(batch.segments),
            position_ids=batch.positions,
            use_cache=False,
            output_attentions=True,
        )
        said = batch.labels != IGNORE
        logits = self.model.lm_head(result.last_hidden_state[said])
        row, position = batch.looks.T
        masses = [(weights[row, 0, position, seen] * batch.targets).sum(1) for weights in result.attentions]
        return {
            "loss_read": F.cross_entropy(logits, batch.labels[said]),
            "loss_look": -sum((m + 1e-4).log().mean() for m in masses) / len(masses),
            "mass": torch.stack(masses).mean().detach(),
            "read": (logits.argmax(1) == batch.labels[said]).float().mean().detach(),
        }


def mask(segments: torch.Tensor) -> torch.Tensor:
    """(B, 1, N, N) additive: a token sees the prefix and its own branch, up to itself."""
    same = segments[:, :, None] == segments[:, None, :]
    prefix = (segments == 0)[:, None, :]
    n = segments.shape[1]
    earlier = torch.ones(n, n, dtype=torch.bool, device=segments.device).tril()
    allowed = (same | prefix) & earlier
    return torch.where(allowed, 0.0, torch.finfo(torch.float32).min)[:, None]
