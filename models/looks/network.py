"""The network that tells scripts: convolutions to columns, a look along them, one answer a line."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from inksight_cli.looks.drawing import HEIGHT
from inksight_cli.looks.network import KINDS

STEM = (16, 32, 48)
WIDTH, BLOCKS, REACH = 96, 3, 9


class Block(nn.Module):
    """A look at `REACH` neighbouring columns, channel by channel, then all channels together."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv1d(WIDTH, WIDTH, REACH, padding=REACH // 2, groups=WIDTH, bias=False)
        self.norm = nn.BatchNorm1d(WIDTH)
        self.mix = nn.Conv1d(WIDTH, WIDTH, 1)

    def forward(self, x: Tensor, own: Tensor) -> Tensor:
        """Return columns (B, WIDTH, C); ``own`` (B, 1, C) is 1 where they belong to the drawing."""
        return torch.as_tensor(x + F.relu(self.mix(F.relu(self.norm(self.look(x))))) * own)


class Looks(nn.Module):
    """From drawings to log-probabilities of `KINDS`."""

    def __init__(self) -> None:
        super().__init__()
        inside = (1, *STEM[:-1])
        strides = ((2, 2), (2, 2), (2, 1))
        self.stem = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride, padding=1, bias=False)
            for a, b, stride in zip(inside, STEM, strides, strict=True)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in STEM)
        self.out = nn.Conv1d(STEM[-1] * HEIGHT // 8, WIDTH, 1)
        self.blocks = nn.ModuleList(Block() for _ in range(BLOCKS))
        self.weigh = nn.Conv1d(WIDTH, 1, 1)
        self.answer = nn.Linear(2 * WIDTH, KINDS)

    def forward(self, pictures: Tensor, own: Tensor) -> Tensor:
        """Return (B, KINDS); pictures (B, 1, HEIGHT, W), own (B, W / 4) 1 within a drawing."""
        masks = (own.repeat_interleave(2, 1), own, own)
        x = pictures
        for conv, norm, mask in zip(self.stem, self.norms, masks, strict=True):
            x = F.relu(norm(conv(x))) * mask[:, None, None]
        mask = own[:, None]
        x = F.relu(self.out(x.flatten(1, 2))) * mask
        for block in self.blocks:
            x = block(x, mask)
        weight = torch.softmax(self.weigh(x) + (mask - 1) * 1e4, 2)
        even = mask / mask.sum(2, keepdim=True)
        seen = torch.cat([(x * weight).sum(2), (x * even).sum(2)], 1)
        return F.log_softmax(self.answer(F.dropout(seen, 0.1, self.training)).float(), 1)
