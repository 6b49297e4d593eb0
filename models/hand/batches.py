"""Batches of words of like size, sheared and stretched anew every time they are seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from inksight_cli.pen_order import features
from models.hand.network import Targets, Words
from models.hand.shards import Row

BUDGET = 60_000  # steps times states of a batch
WORDS = 64  # most words of a batch
STEP = 4  # lines: words are padded to a multiple of it


def padded(lines: int) -> int:
    """How many lines a word is padded to: every shape costs oneDNN kernels of its own."""
    return -(-lines // STEP) * STEP


def batches(rows: Sequence[Row], rng: np.random.Generator | None = None) -> list[NDArray[np.int64]]:
    """Return indices of rows of like size, batch by batch; with a generator in its own order.

    A batch's size follows from that of its words, so that batches have few shapes; what does not
    fill a batch is padded into the next, larger one.
    """
    sizes = np.array([padded(len(row.seen.shape)) for row in rows])
    order = np.arange(len(rows)) if rng is None else rng.permutation(len(rows))
    found: list[NDArray[np.int64]] = []
    waiting = np.zeros(0, np.int64)
    for size in np.unique(sizes).tolist():
        waiting = np.concatenate([waiting, order[sizes[order] == size]])
        count = int(np.clip(BUDGET // (2 * size * (size + 2)), 4, WORDS))
        while len(waiting) >= count:
            found.append(waiting[:count])
            waiting = waiting[count:]
    if len(waiting):
        found.append(waiting)
    return [found[i] for i in rng.permutation(len(found))] if rng is not None else found


def collate(rows: Sequence[Row], rng: np.random.Generator | None = None) -> tuple[Words, Targets]:
    """Return rows as the network takes them; with a generator their words are distorted."""
    size = padded(max(len(row.seen.shape) for row in rows))
    words = features.batch([row.seen for row in rows], size)
    if rng is not None:
        _distort(words, rng)
    told = features.tell(words)
    tensors = [torch.from_numpy(getattr(told, name)) for name in Words.__dataclass_fields__]
    return Words(*tensors), _targets(rows, told.own.shape[1])


def _targets(rows: Sequence[Row], states: int) -> Targets:
    steps = states // 2 + 1
    wanted = np.zeros((len(rows), steps), np.int64)
    down, live = np.zeros((2, len(rows), steps), np.float32)
    for k, row in enumerate(rows):
        count = len(row.states)
        wanted[k, :count], down[k, :count] = row.states, row.down
        wanted[k, count] = states
        live[k, : count + 1] = 1
    return Targets(*(torch.from_numpy(array) for array in (wanted, down, live)))


def _distort(words: features.Batch, rng: np.random.Generator) -> None:
    """Shear, stretch and turn every word, and measure it by its new size."""
    many = len(words.pen)
    angle, shear = rng.normal(0, 0.05, many), rng.normal(0, 0.12, many)
    stretch = np.exp(rng.normal(0, 0.1, many))
    c, s = np.cos(angle), np.sin(angle)
    rows = [[stretch * c, stretch * s - shear], [-s / stretch, c / stretch]]
    matrix = np.array(rows, np.float32).transpose(2, 1, 0)  # points from the left
    words.shape = np.matmul(words.shape, matrix[:, None])
    words.leaving = np.matmul(words.leaving, matrix[:, None, None])
    there = words.there[:, :, None, None]
    low = np.where(there, words.shape, np.float32(1e9)).min(axis=(1, 2))
    high = np.where(there, words.shape, np.float32(-1e9)).max(axis=(1, 2))
    extent = high - low
    size = np.maximum(np.maximum(extent[:, 1], 0.25 * extent[:, 0]), 0.2)
    words.shape = (words.shape - low[:, None, None]) / size[:, None, None, None]
    words.aspect = extent[:, 0] / size
    words.pen = words.pen / size
    words.own[:, :, 0] /= size[:, None]
    words.apart = words.apart / size[:, None, None]
