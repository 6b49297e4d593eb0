"""The writer's hand: an encoder over all states of a word, and a pointer that walks over them.

The encoder is a transformer whose attention has a bias from the geometry of every pair of states.
The decoder is a GRU with one glimpse at the word and an additive pointer (Vinyals et al. 2015)
that sees how each state would follow the last and what is left to write around it.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from inksight_cli.pen_order.features import OWN, PAIR

DYNAMIC = 7
"""Columns that tell how a state stands in the walk so far; see `dynamics`."""
CLIP = 4.0
NEVER = -1e4


@dataclass(frozen=True)
class Size:
    """Widths of the network: of the states, of the layers, of pairs, of the pointer."""

    width: int = 96
    layers: int = 4
    heads: int = 4
    pair: int = 64
    pointer: int = 64


@dataclass(frozen=True)
class Words:
    """`inksight_cli.pen_order.features.Told` as tensors."""

    own: Tensor
    pair: Tensor
    there: Tensor
    allowed: Tensor
    box: Tensor
    meets: Tensor
    length: Tensor


@dataclass(frozen=True)
class Targets:
    """True walks, padded: states (B, T), S to stop; pen down and which steps there are (B, T)."""

    wanted: Tensor
    down: Tensor
    live: Tensor


class Layer(nn.Module):
    """Attention with a bias, then two linear maps, both after a norm (Xiong et al. 2020)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.look, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Return (B, S, width); ``bias`` is (B, heads, S, S)."""
        many, states, width = x.shape
        each = width // self.heads
        looked = self.look(self.before(x)).view(many, states, 3, self.heads, each)
        query, key, value = looked.permute(2, 0, 3, 1, 4).unbind(0)
        weight = (query @ key.transpose(2, 3)) / math.sqrt(each) + bias
        seen = (weight.softmax(-1) @ value).transpose(1, 2).reshape(many, states, width)
        x = x + self.mix(seen)
        return x + self.down(functional.relu(self.up(self.between(x))))


class Hand(nn.Module):
    """The whole network."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.size = size
        width, pair, pointer = size.width, size.pair, size.pointer
        self.own = nn.Sequential(nn.Linear(OWN, width), nn.ReLU(), nn.Linear(width, width))
        out = size.layers * size.heads
        self.bias = nn.Sequential(nn.Linear(PAIR, 32), nn.ReLU(), nn.Linear(32, out))
        self.layers = nn.ModuleList(Layer(width, size.heads) for _ in range(size.layers))
        self.norm = nn.LayerNorm(width)
        self.begin = nn.Parameter(torch.zeros(width))
        self.pen = nn.Embedding(2, width)
        self.memory = nn.GRU(width, width, batch_first=True)
        self.pair = nn.Linear(PAIR, pair)
        self.dynamic = nn.Linear(DYNAMIC, pair, bias=False)
        self.glimpse_bias = nn.Linear(pair, size.heads)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.ask = nn.Linear(2 * width, pointer)
        self.answer = nn.Linear(width, pointer, bias=False)
        self.follow = nn.Linear(pair, pointer, bias=False)
        self.out = nn.Linear(pointer, 2)
        self.stop = nn.Sequential(nn.Linear(2 * width + 2, 64), nn.ReLU(), nn.Linear(64, 1))

    def encode(self, words: Words) -> Tensor:
        """Return what is known of every state, (B, S, width)."""
        x = self.own(words.own)
        bias = self.bias(words.pair).permute(0, 3, 1, 2)
        bias = bias.masked_fill(~words.there[:, None, None], NEVER)
        heads = self.size.heads
        for i, layer in enumerate(self.layers):
            x = layer(x, bias[:, i * heads : (i + 1) * heads])
        return self.norm(x)

    def inputs(self, known: Tensor, last: Tensor, down: Tensor) -> Tensor:
        """Return what the memory is told of the states written last (B, T), -1 at the start."""
        index = last.clamp(min=0)[..., None].expand(-1, -1, known.shape[2])
        told = torch.gather(known, 1, index) + self.pen(down.long())
        return torch.where(last[..., None] < 0, self.begin, told)

    def point(
        self, words: Words, known: Tensor, memory: Tensor, last: Tensor, written: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return logits of every state and of stopping (B, T, S + 1), and of pen down (B, T, S).

        Args:
            words: what the network is told.
            known: of `encode`.
            memory: (B, T, width).
            last: (B, T) states written last.
            written: (B, T, S) 1 where a state was written before this step.
        """
        states = written.shape[2]
        dynamic, left = dynamics(words, written)
        index = last.clamp(min=0)[:, :, None, None].expand(-1, -1, states, PAIR)
        pair = torch.gather(words.pair, 1, index) * (last >= 0)[:, :, None, None]
        between = functional.relu(self.pair(pair) + self.dynamic(dynamic))
        seen = self._glimpse(words, known, memory, between)
        both = torch.cat([memory, seen], -1)
        found = self.ask(both)[:, :, None] + self.answer(known)[:, None] + self.follow(between)
        scores = self.out(functional.relu(found))
        choice = scores[..., 0].masked_fill(~words.allowed[:, None] | (left == 0), NEVER)
        stop = self.stop(torch.cat([both, remaining(words, left)], -1))
        return torch.cat([choice, stop], -1), scores[..., 1]

    def _glimpse(self, words: Words, known: Tensor, memory: Tensor, between: Tensor) -> Tensor:
        many, steps, width = memory.shape
        heads, each = self.size.heads, width // self.size.heads

        def split(x: Tensor) -> Tensor:
            return x.view(many, -1, heads, each).transpose(1, 2)

        query, key, value = (
            split(self.query(memory)),
            split(self.key(known)),
            split(self.value(known)),
        )
        weight = query @ key.transpose(2, 3) / math.sqrt(each)
        weight = weight + self.glimpse_bias(between).permute(0, 3, 1, 2)
        weight = weight.masked_fill(~words.there[:, None, None], NEVER)
        return (weight.softmax(-1) @ value).transpose(1, 2).reshape(many, steps, width)

    def forward(self, words: Words, targets: Targets) -> dict[str, Tensor]:
        """Teacher forcing: mean losses of the choice and the pen, and how often both are right."""
        known = self.encode(words)
        wanted, live, states = targets.wanted, targets.live, words.own.shape[1]
        chosen = functional.one_hot(wanted, states + 1)[..., :states].float() * live[..., None]
        written = functional.pad(chosen.cumsum(1)[:, :-1], (0, 0, 1, 0))
        last = functional.pad(wanted[:, :-1], (1, 0), value=-1).clamp(max=states - 1)
        before = functional.pad(targets.down[:, :-1], (1, 0))
        memory, _ = self.memory(self.inputs(known, last, before))
        choice, pen = self.point(words, known, memory, last, written)
        moves = live * (wanted < states)
        got = torch.gather(pen, 2, wanted.clamp(max=states - 1)[..., None])[..., 0]
        next_loss = functional.cross_entropy(choice.transpose(1, 2), wanted, reduction="none")
        pen_loss = functional.binary_cross_entropy_with_logits(got, targets.down, reduction="none")
        right = (choice.argmax(-1) == wanted).float()
        held = ((got > 0) == (targets.down > 0.5)).float()
        return {
            "next": (next_loss * live).sum() / live.sum(),
            "pen": (pen_loss * moves).sum() / moves.sum(),
            "right": (right * live).sum() / live.sum(),
            "pen_right": (held * moves).sum() / moves.sum(),
        }

    def config(self) -> dict[str, Any]:
        """The widths, for a checkpoint."""
        return asdict(self.size)


def dynamics(words: Words, written: Tensor) -> tuple[Tensor, Tensor]:
    """Return how each state stands in the walk so far (B, T, S, DYNAMIC), and which are left.

    Written this way, written the other way, how many other states are left that begin where it
    ends, and how far its box lies from what is left of the word.
    """
    many, steps, states = written.shape
    back = written.view(many, steps, states // 2, 2).flip(3).reshape(many, steps, states)
    left = ((written + back) == 0) & words.there[:, None]
    some = left.any(2)[..., None]
    edge = torch.where(left[..., None], words.box[:, None], 1e3).amin(2)
    edge = torch.where(some, edge, 0.0)
    behind = (words.box[:, None] - edge[:, :, None]).clamp(-CLIP, CLIP) * some[..., None]
    fresh = left.float()
    ahead = (fresh @ words.meets.transpose(1, 2) - fresh).clamp(-1, 3)
    return torch.cat([torch.stack([written, back, ahead], -1), behind], -1), fresh


def remaining(words: Words, left: Tensor) -> Tensor:
    """Return which share of the lines' length is left and how many states, (B, T, 2)."""
    length = words.length * words.there
    share = (left * length[:, None]).sum(2) / length.sum(1)[:, None].clamp(min=1e-3)
    return torch.stack([share, left.sum(2).clamp(max=8) / 4], -1)
