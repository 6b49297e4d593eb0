"""nano: convolutional stem, T5-style encoder and decoder, glimpse and relative head, in PyTorch.

T5 is Raffel et al. 2020 (RMSNorm, no biases, relative attention buckets, gated GELU as in v1.1);
answering with ink tokens is InkSight (Mitrofanov et al. 2024). The glimpse feeds the decoder the
stem's features around the pen; the relative head scores movements and is shifted onto the
absolute coordinates.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.training import vocabulary as v
from models.training.reading import Reader
from models.training.size import BUCKETS, CELL, CELLS, FURTHEST, GRID, PATCH, WINDOW, Size


def sinusoids(positions: Tensor, width: int) -> Tensor:
    """Sines and cosines of `positions` (px), wavelengths 6 to 512 px, (N, width)."""
    half = width // 2
    wavelength = 6.0 * (512 / 6.0) ** (torch.arange(half) / (half - 1))
    angle = positions.float()[:, None] * (2 * math.pi / wavelength)
    return torch.cat([angle.sin(), angle.cos()], 1)


def plane(x: Tensor, y: Tensor, width: int) -> Tensor:
    """Position codes of points: the first half of the width tells x, the second y."""
    half = width // 2
    return torch.cat([sinusoids(x, half), sinusoids(y, half)], 1) * 0.5


def linear(inputs: int, outputs: int, std: float | None = None) -> nn.Linear:
    """A matrix without bias; normal with `std`, by default 1/sqrt(inputs)."""
    layer = nn.Linear(inputs, outputs, bias=False)
    spread = inputs**-0.5 if std is None else std
    if spread:
        nn.init.normal_(layer.weight, std=spread)
    else:
        nn.init.zeros_(layer.weight)
    return layer


class Attention(nn.Module):
    """Multi-head attention; `q` is trained with the usual scaling, folded in at export."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        inner = size.heads * 64
        self.heads = size.heads
        self.q, self.k, self.v = (linear(size.width, inner) for _ in range(3))
        self.o = linear(inner, size.width, std=0.0)

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, 64).transpose(1, 2)

    def forward(self, x: Tensor, source: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend from `x` (B, T, D) to `source` (B, S, D); `mask` is added to the scores."""
        q, k, v_ = self._split(self.q(x)), self._split(self.k(source)), self._split(self.v(source))
        # Plain products: the fused kernel's backward pass is several times slower on a CPU here.
        scores = (q * 0.125) @ k.transpose(2, 3)
        if mask is not None:
            scores = scores + mask.to(scores.dtype)
        out = torch.softmax(scores, -1, dtype=scores.dtype) @ v_
        return self.o(out.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """T5 v1.1's gated GELU."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.wi_0 = linear(size.width, size.feed_forward)
        self.wi_1 = linear(size.width, size.feed_forward)
        self.wo = linear(size.feed_forward, size.width, std=0.0)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) to (B, T, D)."""
        return self.wo(functional.gelu(self.wi_0(x), approximate="tanh") * self.wi_1(x))


class EncoderLayer(nn.Module):
    """Self-attention and feed-forward, each on the normalised residual stream."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(size.width, eps=1e-6)
        self.attention = Attention(size)
        self.ff_norm = nn.RMSNorm(size.width, eps=1e-6)
        self.ff = FeedForward(size)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """(B, S, D) to (B, S, D)."""
        normed = self.attention_norm(x)
        x = x + self.attention(normed, normed, mask)
        return x + self.ff(self.ff_norm(x))


class DecoderLayer(nn.Module):
    """Causal self-attention with relative bias, cross-attention, feed-forward."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.self_norm = nn.RMSNorm(size.width, eps=1e-6)
        self.attention = Attention(size)
        self.cross_norm = nn.RMSNorm(size.width, eps=1e-6)
        self.cross = Attention(size)
        self.ff_norm = nn.RMSNorm(size.width, eps=1e-6)
        self.ff = FeedForward(size)

    def forward(self, x: Tensor, source: Tensor, bias: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, D) to (B, T, D), looking at `source` (B, S, D)."""
        normed = self.self_norm(x)
        x = x + self.attention(normed, normed, bias)
        x = x + self.cross(self.cross_norm(x), source, mask)
        return x + self.ff(self.ff_norm(x))


def causal_buckets(length: int) -> Tensor:
    """T5's bucket of every (query, key) distance, (length, length), keys in the future = 0."""
    distance = torch.arange(length)[:, None] - torch.arange(length)[None]
    distance = distance.clamp(min=0)
    exact = BUCKETS // 2
    far = torch.log(distance.clamp(min=1).float() / exact) / math.log(FURTHEST / exact)
    far = (exact + (far * (BUCKETS - exact)).long()).clamp(max=BUCKETS - 1)
    return torch.where(distance < exact, distance, far)


@dataclass(frozen=True)
class Pen:
    """The pen's last point at every decoder step, from the last three tokens, each (B, T)."""

    x: Tensor
    y: Tensor
    known: Tensor
    after_x: Tensor


def pen_at(ids: Tensor) -> Pen:
    """Pen states of decoder inputs (B, T): last x and last y among the last three tokens.

    The point is known once a y was seen among them; coordinates not seen are 0.
    """
    padded = functional.pad(ids, (2, 0))
    newest_first = [padded[:, 2 - back : padded.shape[1] - back] for back in range(3)]
    x = torch.zeros_like(ids)
    y = torch.zeros_like(ids)
    known = torch.zeros_like(ids, dtype=torch.bool)
    for token in reversed(newest_first):
        is_x = (token >= v.X0) & (token < v.Y0)
        is_y = (token >= v.Y0) & (token < v.STROKE)
        x = torch.where(is_x, token - v.X0, x)
        y = torch.where(is_y, token - v.Y0, y)
        known = known | is_y
    return Pen(x, y, known, (ids >= v.X0) & (ids < v.Y0))


class Nano(nn.Module):
    """The whole model; `forward` is teacher forcing, `encode` and `decode` its halves."""

    def __init__(self, size: Size | None = None) -> None:
        """Random weights; output matrices of all blocks start at zero."""
        super().__init__()
        size = size or Size()
        self.size = size
        width = size.width
        channels = (1, *size.stem, width)
        self.stem = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in itertools.pairwise(channels))
        centre = torch.arange(GRID) * PATCH + PATCH / 2
        rows, columns = torch.meshgrid(centre, centre, indexing="ij")
        self.patch_position = nn.Parameter(plane(columns.flatten(), rows.flatten(), width))
        self.prompt_position = nn.Parameter(torch.randn(size.prompt_length, width) * 0.1)
        self.embedding = nn.Embedding(size.vocabulary, width)
        self.encoder = nn.ModuleList(EncoderLayer(size) for _ in range(size.encoder_layers))
        self.encoder_norm = nn.RMSNorm(width, eps=1e-6)
        self.decoder = nn.ModuleList(DecoderLayer(size) for _ in range(size.decoder_layers))
        self.decoder_norm = nn.RMSNorm(width, eps=1e-6)
        self.bias = nn.Embedding(BUCKETS, size.heads)
        self.logits = linear(width, size.vocabulary, std=0.01)
        self.glimpse = linear(WINDOW * WINDOW * size.stem[1], width)
        self.glimpse_none = nn.Parameter(torch.zeros(width))
        self.glimpse_x = nn.Embedding(v.COORDINATES, width)
        self.glimpse_y = nn.Embedding(v.COORDINATES, width)
        self.relative = linear(width, 2 * v.CANVAS + 1, std=0.01)
        self.reader = Reader(size)
        self._start_coordinates()

    @torch.no_grad()
    def _start_coordinates(self) -> None:
        """Coordinates start as the same sinusoids wherever they appear."""
        at, none = torch.arange(v.COORDINATES), torch.full((v.COORDINATES,), float("nan"))
        x = plane(at, none, self.size.width).nan_to_num(0.0)
        y = plane(none, at, self.size.width).nan_to_num(0.0)
        nn.init.normal_(self.embedding.weight, std=0.1)
        nn.init.zeros_(self.bias.weight)
        for start, table in ((v.X0, x), (v.Y0, y)):
            self.embedding.weight[start : start + v.COORDINATES] += table
            self.logits.weight[start : start + v.COORDINATES] += table * 0.1
        self.glimpse_x.weight.copy_(x)
        self.glimpse_y.weight.copy_(y)

    def encode(
        self, pixels: Tensor, first_row: Tensor, prompt: Tensor, prompt_length: Tensor
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        """Encode crops and prompts.

        Args:
            pixels: grey crops (B, rows*16, 224), uint8 or float 0..255.
            first_row: the canvas patch row at which each begins (B,).
            prompt: prompt ids padded on the right (B, P).
            prompt_length: real prompt lengths (B,).

        Returns:
            memory (B, rows*14 + P, D), features (B, rows*4, 56, C), mask to add or None.
        """
        x = pixels[:, None].float() / 255 - 0.5
        for i, convolution in enumerate(self.stem):
            x = convolution(x)
            if i < len(self.stem) - 1:
                x = functional.gelu(x, approximate="tanh")
            if i == 1:
                features = x.permute(0, 2, 3, 1)
        rows = x.shape[2]
        x = x.flatten(2).transpose(1, 2)
        cells = first_row[:, None] * GRID + torch.arange(rows * GRID, device=x.device)
        x = x + self.patch_position[cells]
        words = self.embedding(prompt) + self.prompt_position[: prompt.shape[1]]
        x = torch.cat([x, words], 1)
        mask = None
        if prompt.shape[1] > 1:
            at = torch.arange(x.shape[1], device=x.device) - rows * GRID
            mask = torch.zeros(x.shape[:2], device=x.device)
            mask = mask.masked_fill(at >= prompt_length[:, None], float("-inf"))[:, None, None]
        for layer in self.encoder:
            x = layer(x, mask)
        return self.encoder_norm(x), features, mask

    def look(self, features: Tensor, pen: Pen, first_row: Tensor) -> Tensor:
        """The projected 7x7 window of features around the pen, zero beyond the crop (B, T, D)."""
        batch, height, width, channels = features.shape
        side, reach = WINDOW // 2, WINDOW // 2 + CELL
        padded = functional.pad(features, (0, 0, side, side, reach, reach))
        step = width + 2 * side
        row = (pen.y // CELL).clamp(max=CELLS - 1) - first_row[:, None] * (PATCH // CELL)
        row = row.clamp(-CELL, height + side) + CELL
        column = (pen.x // CELL).clamp(max=CELLS - 1)
        window = torch.arange(WINDOW, device=row.device)
        offsets = (window[:, None] * step + window).flatten()
        base = torch.arange(batch, device=row.device)[:, None] * padded.shape[1]
        index = ((base + row) * step + column)[:, :, None] + offsets
        seen = functional.embedding(index, padded.reshape(-1, channels))
        return self.glimpse(seen.flatten(2))

    def decode(
        self, ids: Tensor, memory: Tensor, features: Tensor, first_row: Tensor, mask: Tensor | None
    ) -> Tensor:
        """Scores of the next token after every one of `ids` (B, T), float (B, T, V)."""
        pen = pen_at(ids)
        seen = self.look(features, pen, first_row) + self.glimpse_x(pen.x) + self.glimpse_y(pen.y)
        x = self.embedding(ids) + torch.where(pen.known[:, :, None], seen, self.glimpse_none)
        length = ids.shape[1]
        future = torch.ones(length, length, dtype=torch.bool, device=ids.device).triu(1)
        bias = self.bias(causal_buckets(length).to(ids.device)).permute(2, 0, 1)
        bias = bias.masked_fill(future, float("-inf"))[None]
        for layer in self.decoder:
            x = layer(x, memory, bias, mask)
        hidden = self.decoder_norm(x)
        return self.score(hidden, pen)

    def score(self, hidden: Tensor, pen: Pen) -> Tensor:
        """Absolute scores plus movement scores shifted to the pen's coordinate."""
        scores = self.logits(hidden).float()
        movement = self.relative(hidden).float() * pen.known[:, :, None]
        current = torch.where(pen.after_x, pen.y, pen.x)
        target = torch.arange(v.COORDINATES, device=hidden.device)
        shifted = movement.gather(2, target - current[:, :, None] + v.CANVAS)
        after_x = pen.after_x[:, :, None]
        none = torch.zeros_like(shifted)
        both = [torch.where(after_x, none, shifted), torch.where(after_x, shifted, none)]
        beyond = self.size.vocabulary - v.STROKE
        return scores + functional.pad(torch.cat(both, 2), (v.INK, beyond))

    def forward(
        self, pixels: Tensor, first_row: Tensor, prompt: Tensor, prompt_length: Tensor, ids: Tensor
    ) -> Tensor:
        """Teacher forcing: scores (B, T, V) for decoder inputs `ids` (B, T)."""
        memory, features, mask = self.encode(pixels, first_row, prompt, prompt_length)
        return self.decode(ids, memory, features, first_row, mask)
