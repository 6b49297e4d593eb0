"""What the network is told of every state and of every pair of states, for a batch of words.

Training and the product read words through this one module. Words are padded to the longest; a
padded line has no states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from inksight_cli.pen_order.lines import SHAPE, Seen

Array = NDArray[np.float32]
T = TypeVar("T", bound=np.generic)
OWN = 60
"""Columns that tell of a state."""
PAIR = 20
"""Columns that tell how one state follows another."""
_CLIP = 4.0
_FAR = 2.0  # of the word's size: lines farther apart are as far as any
_LENGTH, _TURNED, _RADII, _DOT, _DEGREES, _WIDTHS = 0, 2, slice(3, 5), 5, slice(7, 9), slice(9, 14)


@dataclass(slots=True, eq=False)
class Batch:
    """`Seen` of B words, padded to E lines, and which lines there are (B, E)."""

    shape: Array
    leaving: Array
    own: Array
    ends: NDArray[np.int16]
    apart: Array
    pen: Array
    aspect: Array
    there: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the network is told of B words with S = 2E states each.

    Attributes:
        own: (B, S, OWN).
        pair: (B, S, S, PAIR), from a state (second axis) to the next (third).
        there: (B, S) which states there are.
        allowed: (B, S) which may be written: a dot has one direction.
        box: (B, S, 4) left, top, right, bottom.
        meets: (B, S, S) 1 where a state ends at the node at which another begins.
        length: (B, S) in pen widths.
    """

    own: Array
    pair: Array
    there: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    box: Array
    meets: Array
    length: Array


def batch(words: Sequence[Seen], least: int = 0) -> Batch:
    """Pad words into one batch, to ``least`` lines or more."""
    most = max(least, *(len(word.shape) for word in words))
    many = len(words)
    padded = Batch(
        np.zeros((many, most, SHAPE, 2), np.float32),
        np.zeros((many, most, 2, 2, 2), np.float32),
        np.zeros((many, most, words[0].own.shape[1]), np.float32),
        np.full((many, most, 2), -1, np.int16),
        np.full((many, most, most), _FAR, np.float32),
        np.array([word.pen for word in words], np.float32),
        np.array([word.aspect for word in words], np.float32),
        np.zeros((many, most), np.bool_),
    )
    for k, word in enumerate(words):
        count = len(word.shape)
        padded.shape[k, :count], padded.leaving[k, :count] = word.shape, word.leaving
        padded.own[k, :count], padded.ends[k, :count] = word.own, word.ends
        padded.apart[k, :count, :count] = word.apart
        padded.there[k, :count] = True
    return padded


def tell(words: Batch) -> Told:
    """Return what the network is told of a batch."""
    paths = _both(words.shape, words.shape[:, :, ::-1])
    leaving = _unit(_both(words.leaving, words.leaving[:, :, ::-1])).swapaxes(2, 3)
    ways = leaving[:, :, :, 0], -leaving[:, :, :, 1]  # (B, S, near or outside the node, 2)
    box = np.concatenate([paths.min(axis=2), paths.max(axis=2)], axis=2)
    start = _both(words.ends[:, :, 0], words.ends[:, :, 1])
    goal = _both(words.ends[:, :, 1], words.ends[:, :, 0])
    meets = ((goal[:, :, None] == start[:, None]) & (start[:, None] >= 0)).astype(np.float32)
    there = np.repeat(words.there, 2, axis=1)
    own = _own(words, paths, ways, box)
    allowed = there.copy()
    allowed[:, 1::2] &= words.own[:, :, _DOT] == 0
    length = np.repeat(words.own[:, :, 1], 2, axis=1) * np.float32(10)
    pair = _pairs(paths, ways, box, words.apart, meets, start)
    return Told(own, pair, there, allowed, box, meets, length)


def _both(forward: NDArray[T], back: NDArray[T]) -> NDArray[T]:
    """Interleave (B, E, ...) as lines are and reversed: (B, 2E, ...)."""
    both = np.stack([forward, back], axis=2)
    return both.reshape(both.shape[0], -1, *both.shape[3:])


def _unit(vectors: Array) -> Array:
    squared = vectors[..., 0] ** 2 + vectors[..., 1] ** 2
    return np.asarray(vectors / (np.sqrt(squared) + np.float32(1e-6))[..., None])


def _own(words: Batch, paths: Array, ways: tuple[Array, Array], box: Array) -> Array:
    plain, back = words.own, words.own.copy()
    back[:, :, _TURNED] *= -1
    for columns in (_RADII, _DEGREES, _WIDTHS):
        back[:, :, columns] = plain[:, :, columns][:, :, ::-1]
    own = _both(plain, back)
    degrees = own[:, :, _DEGREES]
    many, states = own.shape[:2]
    start = paths[:, :, :1]
    count = words.there.sum(axis=1).astype(np.float32)
    word = np.stack([words.aspect / 4, count / 30, words.pen * 10], axis=1)
    parts = [
        start.reshape(many, states, 2),
        paths[:, :, -1],
        (paths - start).reshape(many, states, -1),
        ways[0].reshape(many, states, -1),
        ways[1].reshape(many, states, -1),
        own[:, :, : _DEGREES.start],
        own[:, :, _WIDTHS],
        np.minimum(degrees, 4) / 4,
        degrees == 1,
        box,
        np.broadcast_to(word[:, None], (many, states, 3)),
        start[:, :, 0, :1] / np.maximum(words.aspect, 0.1)[:, None, None],
    ]
    return _told(parts)


def _pairs(
    paths: Array,
    ways: tuple[Array, Array],
    box: Array,
    apart: Array,
    meets: Array,
    start: NDArray[np.int16],
) -> Array:
    """How every state stands to every other: the jump, the turn, nodes they share, places."""
    many, states = paths.shape[:2]
    pair = np.empty((many, states, states, PAIR), np.float32)
    jump = paths[:, None, :, 0] - paths[:, :, None, -1]
    gap = np.hypot(jump[..., 0], jump[..., 1])
    towards = jump / (gap + np.float32(0.05))[..., None]
    leaves, arrives = ways[0][:, None], ways[1][:, :, None]
    pair[..., 0:2] = jump
    pair[..., 2] = gap
    pair[..., 3] = np.log(gap + np.float32(0.03))
    pair[..., 4] = _dot(arrives[..., 0, :], towards)
    pair[..., 5] = _dot(leaves[..., 0, :], towards)
    for k in (0, 1):  # near the node, and outside its ink
        pair[..., 6 + 2 * k] = _dot(arrives[..., k, :], leaves[..., k, :])
        pair[..., 7 + 2 * k] = _cross(arrives[..., k, :], leaves[..., k, :])
    pair[..., 10] = meets
    pair[..., 11] = start[:, :, None] == start[:, None]
    numbers = np.arange(states)
    pair[..., 12] = numbers[:, None] == numbers ^ 1
    pair[..., 13] = numbers[:, None] == numbers
    pair[..., 14] = np.repeat(np.repeat(np.minimum(apart, _FAR), 2, axis=1), 2, axis=2)
    places = np.concatenate([(box[..., :2] + box[..., 2:]) / 2, box[..., :3]], axis=2)
    pair[..., 15:20] = places[:, None] - places[:, :, None]
    return np.clip(pair, -_CLIP, _CLIP, out=pair)


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1])


def _cross(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _told(parts: list[Array]) -> Array:
    told = np.concatenate(parts, axis=2, dtype=np.float32, casting="unsafe")
    return np.clip(told, -_CLIP, _CLIP, out=told)
