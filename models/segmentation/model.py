"""The network: a small U-Net that works at a quarter of the picture and answers at half of it."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

WIDTHS = (24, 40, 56, 80)  # channels at a quarter, an eighth, ... of the picture
STEP = 32  # sides of the picture must be multiples of this


class Segmenter(nn.Module):
    """(B, 1, H, W) ink 0..1 -> (B, 2, H/2, W/2) logits: this ink is writing; here is a core."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        """Build it, with random weights."""
        super().__init__()
        before = (16, *widths[:-1])
        self.down = nn.ModuleList(
            nn.Sequential(_conv(a, b), _conv(b, b, 2 if b == widths[-1] else 1))
            for a, b in zip(before, widths, strict=True)
        )
        self.up = nn.ModuleList(_conv(a + b, a) for a, b in pairwise(widths))
        self.last = _conv(widths[0], widths[0])
        self.head = nn.Conv2d(widths[0], 8, 1)

    def forward(self, ink: Tensor) -> Tensor:
        """See the class."""
        x = nn.functional.pixel_unshuffle(ink, 4)
        kept = []
        for level, block in enumerate(self.down):
            x = block(nn.functional.max_pool2d(x, 2) if level else x)
            kept.append(x)
        for block, side in reversed(list(zip(self.up, kept[:-1], strict=True))):
            wide = nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = block(torch.cat([side, wide], dim=1))
        return nn.functional.pixel_shuffle(self.head(self.last(x)), 2)


def _conv(before: int, after: int, dilation: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=dilation, dilation=dilation, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )
