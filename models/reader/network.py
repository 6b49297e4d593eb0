"""The reader's network: a thin stack of convolutions, blocks over columns, one GRU, CTC.

Everything after the first layers sees columns of four pixels. Columns beyond a picture's own
width are held at nought wherever a layer looks sideways, and the GRU ends where the picture
does: a reading is the same alone and in any batch.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from inksight_cli.reading.drawing import HEIGHT
from inksight_cli.reading.network import STRIDE


@dataclass(frozen=True)
class Size:
    """What makes a network: symbols (with CTC's blank), width, blocks, channels of the stem."""

    symbols: int
    width: int = 192
    blocks: int = 6
    stem: tuple[int, int, int] = (16, 32, 64)
    reach: int = 7
    dropout: float = 0.1


class Stem(nn.Module):
    """Pictures (B, 1, HEIGHT, W) to columns (B, W / 4, width)."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        channels = (1, *size.stem)
        strides = ((2, 2), (2, 2), (2, 1))
        self.layers = nn.ModuleList(
            nn.Conv2d(a, b, 3, stride, 1, bias=False)
            for a, b, stride in zip(channels, channels[1:], strides, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for b in channels[1:])
        self.out = nn.Linear(size.stem[-1] * HEIGHT // 8, size.width)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return columns; what lies beyond a picture's width is nought after every layer."""
        for step, (layer, norm) in enumerate(zip(self.layers, self.norms, strict=True)):
            x = F.relu(norm(layer(x)))
            own = lengths * (2 if step == 0 else 1)
            x = x * within(own, x.shape[3])[:, None, None]
        return self.out(x.permute(0, 3, 1, 2).flatten(2))


def within(lengths: Tensor, longest: int) -> Tensor:
    """Return (B, longest) of ones where a column belongs to its picture."""
    return (torch.arange(longest)[None] < lengths[:, None]).float()


class Block(nn.Module):
    """A look at the columns around, then a map of each column; added to what was there."""

    def __init__(self, width: int, reach: int, dropout: float) -> None:
        super().__init__()
        self.look = nn.Conv1d(width, width, reach, padding=reach // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.gain = nn.Parameter(torch.full((width,), 0.5))
        self.dropout = dropout

    def forward(self, x: Tensor, own: Tensor) -> Tensor:
        """(B, T, width) to the same; ``own`` is (B, T, 1)."""
        y = self.look((x * own).transpose(1, 2)).transpose(1, 2)
        y = self.down(F.relu(self.up(self.norm(y))))
        return x + _dropped(self.gain * y, self.dropout if self.training else 0.0)


class Reader(nn.Module):
    """Pictures of ink to scores of symbols, column by column."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        self.stem = Stem(size)
        self.blocks = nn.ModuleList(
            Block(size.width, size.reach, size.dropout) for _ in range(size.blocks)
        )
        self.memory = nn.GRU(size.width, size.width // 2, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(size.width)
        self.out = nn.Linear(size.width, size.symbols)
        self.early = nn.Linear(size.width, size.symbols)

    def config(self) -> dict[str, object]:
        """The size, for a checkpoint."""
        return asdict(self.size)

    def forward(self, x: Tensor, widths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return scores (B, T, symbols), those of the early head, and columns (B,)."""
        lengths = columns(widths)
        x = self.stem(x, lengths)
        own = within(lengths, x.shape[1])[..., None].to(x.dtype)
        for block in self.blocks:
            x = block(x, own)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        seen, _ = pad_packed_sequence(self.memory(packed)[0], True, 0.0, x.shape[1])
        return self.out(self.norm(x + seen)), self.early(x), lengths


def _dropped(x: Tensor, share: float) -> Tensor:
    """Return (B, T, width) with some channels of each word at nought: one draw for all columns."""
    if not share:
        return x
    kept = (torch.rand(x.shape[0], 1, x.shape[2]) >= share).to(x.dtype) / (1 - share)
    return x * kept


def columns(widths: Tensor) -> Tensor:
    """Return how many columns pictures of these widths have."""
    return torch.div(widths + STRIDE - 1, STRIDE, rounding_mode="floor")
