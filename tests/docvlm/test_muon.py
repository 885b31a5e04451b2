from __future__ import annotations

import torch

from promptfit.docvlm.muon import Float32Muon, orthogonal


def test_singular_values_come_near_one() -> None:
    torch.manual_seed(0)
    for shape in ((192, 512), (512, 192)):
        values = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
        assert values.min() > 0.3 and values.max() < 1.3


def test_a_step_is_that_of_the_library() -> None:
    torch.manual_seed(0)
    ours, theirs = (torch.nn.Parameter(w.clone()) for w in [torch.randn(48, 96)] * 2)
    steps = (
        Float32Muon([ours], lr=0.01),
        torch.optim.Muon([theirs], lr=0.01, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
    )
    for _ in range(3):
        ours.grad = theirs.grad = torch.randn(48, 96)
        for optimizer in steps:
            optimizer.step()
    assert torch.allclose(ours, theirs, atol=1e-3), "but for the library's bfloat16"
