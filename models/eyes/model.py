"""The network: a U-Net of five levels whose finest works on blocks of 2 x 2 pixels.

Some 16,000 multiplications a pixel and 0.9 M parameters. Blocks instead of pixels at the finest
level save three quarters of its work; a thin convolution on the picture itself makes the answers
sharp again. Levels down to 1/32 see what a stroke is part of: a letter, a grid, a table's grain.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

WIDTHS = (32, 48, 64, 96, 96)
KINDS = 5


class Block(nn.Sequential):
    """A convolution, normalised, rectified."""

    def __init__(self, into: int, out: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__(
            nn.Conv2d(into, out, 3, stride, dilation, dilation, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )


class Eyes(nn.Module):
    """Pictures (N, 3, H, W), 0..1, to logits: ink and middle, kind (at 1/2), core (at 1/4)."""

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        self.down = nn.ModuleList()
        before = 12
        for level, width in enumerate(widths):
            dilation = 2 if level >= 3 else 1
            first = Block(before, width, stride=2 if level else 1)
            self.down.append(nn.Sequential(first, Block(width, width, dilation=dilation)))
            before = width
        self.up = nn.ModuleList()
        for above, below in zip(reversed(widths[:-1]), reversed(widths[1:]), strict=True):
            self.up.append(Block(above + below, above))
        self.core = nn.Conv2d(widths[1], 1, 1)
        self.kind = nn.Conv2d(widths[0], KINDS, 1)
        self.fine = nn.Conv2d(widths[0], 16, 1)
        self.sharp = nn.Sequential(nn.Conv2d(7, 8, 3, padding=1), nn.ReLU(inplace=True))
        self.out = nn.Conv2d(8 + 4, 2, 3, padding=1)
        nn.init.constant_(self.out.bias, -2.0)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits: (N, 2, H, W), (N, KINDS, H/2, W/2), (N, 1, H/4, W/4)."""
        x = picture * 2 - 1
        seen = []
        y = F.pixel_unshuffle(x, 2)
        for level in self.down:
            y = level(y)
            seen.append(y)
        core = y
        for step, (mix, skip) in enumerate(zip(self.up, reversed(seen[:-1]), strict=True)):
            y = mix(torch.cat([F.interpolate(y, scale_factor=2.0, mode="nearest"), skip], 1))
            if step == len(self.up) - 2:
                core = self.core(y)
        fine = F.pixel_shuffle(self.fine(y), 2)
        sharp = self.sharp(torch.cat([x, fine], 1))
        return self.out(torch.cat([sharp, fine], 1)), self.kind(y), core


class Answers(nn.Module):
    """The network as it is exported: probabilities, all but ``core`` at full size."""

    def __init__(self, eyes: Eyes) -> None:
        super().__init__()
        self.eyes = eyes

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return ink and middle (N, 1, H, W), kind (N, KINDS, H, W), core (N, 1, H/4, W/4)."""
        fine, kind, core = self.eyes(picture)
        fine = fine.sigmoid()
        large = F.interpolate(kind.softmax(1), scale_factor=2.0, mode="nearest")
        return fine[:, :1], fine[:, 1:], large, core.sigmoid()
