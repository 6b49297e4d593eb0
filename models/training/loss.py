"""Cross-entropy with soft coordinates: a point a pixel off is nearly right."""

from __future__ import annotations

import torch
from torch import Tensor

from models.training import vocabulary as v

SIGMA = 1.0
REACH = 3
TEXT_WEIGHT = 3.0
"""A word has six letters among a hundred ink tokens; without a hand, reading is learned last."""


def soft_loss(scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Mean loss over real tokens: against soft targets (to minimise) and against hard ones.

    Args:
        scores: (B, T, V) floats.
        targets: (B, T), `START` where there is nothing to learn.
    """
    real = targets != v.START
    wanted = targets[real]
    log = torch.log_softmax(scores[real].float(), -1)
    offsets = torch.arange(-REACH, REACH + 1, device=wanted.device)
    weights = torch.exp(-(offsets**2) / (2 * SIGMA**2))
    is_ink = (wanted >= v.X0) & (wanted < v.STROKE)
    low = torch.where(wanted < v.Y0, v.X0, v.Y0)[:, None]
    near = wanted[:, None] + offsets
    valid = (near >= low) & (near < low + v.COORDINATES) & is_ink[:, None]
    valid = valid | (offsets == 0)
    shares = weights * valid
    shares = shares / shares.sum(1, keepdim=True)
    near = torch.where(valid, near, wanted[:, None])
    each = -(log.gather(1, near) * shares).sum(1)
    weight = torch.where(wanted >= v.CHARACTER0, TEXT_WEIGHT, 1.0)
    soft = (each * weight).sum() / weight.sum()
    hard = -log.gather(1, wanted[:, None]).mean()
    return soft, hard.detach()
