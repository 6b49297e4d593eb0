"""What the network is told of every way to go on: from the stroke just written to each left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.pen_order.strokes import WordStrokes

GUIDE = 4
"""The last columns of `WordStrokes.own`: what a model said."""
CONTEXT = 11
"""Columns that tell how a stroke stands among those left."""

_BOTH = np.array([0, 1])
_FAR = 2.0
_CLIP = 4.0


def transitions(word: WordStrokes) -> Points:
    """What changes from state i to state j, (2n, 2n, F): the jump, the turn, both sizes."""
    jump = word.start[None] - word.end[:, None]
    gap = np.hypot(jump[..., 0], jump[..., 1])[..., None]
    towards = jump / (gap + 0.05)
    leaving, arriving = word.leaving[None], word.arriving[:, None]
    box = np.repeat(word.box, 2, axis=0)
    centre = (box[:, :2] + box[:, 2:]) / 2
    size = box[:, 2:] - box[:, :2]
    last = np.concatenate([size, word.arriving], axis=1)[:, None]
    moved = np.concatenate([centre, box[:, :1], box[:, 2:3]], axis=1)
    when = word.own[:, -2]
    told = np.where(word.own[:, -3][None] * word.own[:, -3][:, None] > 0, when - when[:, None], 0)
    together = np.repeat(np.repeat(word.apart, 2, axis=0), 2, axis=1)[..., None]
    parts = [
        jump,
        gap,
        np.log(gap + 0.03),
        (arriving * towards).sum(-1, keepdims=True),
        (leaving * towards).sum(-1, keepdims=True),
        (arriving * leaving).sum(-1, keepdims=True),
        np.broadcast_to(last, (*gap.shape[:2], last.shape[2])),
        moved[None] - moved[:, None],
        np.minimum(together, _FAR),
        told[..., None],
    ]
    return np.asarray(np.concatenate(parts, axis=2))


class Choices:
    """The ways to go on, and what the network is told of each; for one word."""

    def __init__(self, word: WordStrokes) -> None:
        self._own = _told(word.own)
        self._moves = _told(transitions(word))
        itself = np.eye(word.count, dtype=bool)
        left, right = word.box[:, 0], word.box[:, 2]
        over = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
        self._near = np.minimum(word.apart, _FAR)
        self._apart = np.where(itself, _FAR, word.apart)
        self._over = np.where(itself, -_FAR, over)
        self._sides = np.stack([left, right, (left + right) / 2], axis=1)
        self._when, self._known = word.own[::2, -2], word.own[::2, -3] > 0

    def __call__(self, last: NDArray[np.intp], left: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return what the network is told of every way to go on, (B, 2m, F).

        Rows 2k and 2k + 1 of a situation are the stroke ``left[b, k]`` as it came and reversed.

        Args:
            last: (B,) the state written last in each situation, -1 at the start.
            left: (B, m) the strokes not yet written, m >= 1.
        """
        states = states_of(left)
        own, moves = self._own.shape[1], self._moves.shape[2]
        rows = np.empty((*states.shape, own + moves + CONTEXT + 1), dtype=np.float32)
        rows[:, :, :own] = self._own[states]
        change = self._moves[last[:, None], states]
        rows[:, :, own : own + moves] = np.where(last[:, None, None] < 0, 0, change)
        context = _told(self._among(left))
        rows[:, ::2, own + moves : -1] = context
        rows[:, 1::2, own + moves : -1] = context
        rows[:, :, -1] = last[:, None] < 0
        return rows

    def _among(self, left: NDArray[np.intp]) -> Points:
        """How each stroke that is left stands among the others that are left, (B, m, CONTEXT)."""
        sides, count = self._sides[left], left.shape[1]
        first = sides.min(axis=1, keepdims=True)
        behind, near = np.zeros((*left.shape, 3)), np.full((*left.shape, 2), _FAR)
        if count > 1:
            # The first of the others: for the very first, the second.
            second = np.partition(sides, 1, axis=1)[:, 1:2]
            behind = sides - np.where(sides == first, second, first)
            pairs = left[:, :, None], left[:, None, :]
            near[..., 0] = self._apart[pairs].min(axis=2)
            near[..., 1] = self._over[pairs].max(axis=2)
        written = np.ones((len(left), len(self._sides)), dtype=bool)
        np.put_along_axis(written, left, values=False, axis=1)
        done = np.where(written[:, None], self._near[left], _FAR).min(axis=2)
        parts = [sides - first, behind, near, done[..., None], self._sooner(left)[..., None]]
        return np.concatenate([*parts, np.full((*left.shape, 1), count / 10)], axis=2)

    def _sooner(self, left: NDArray[np.intp]) -> Points:
        """When a model's path passes each stroke, after the first of those left, (B, m)."""
        when, known = self._when[left], self._known[left]
        first = np.where(known, when, np.inf).min(axis=1, keepdims=True)
        return np.where(known, when - np.where(np.isfinite(first), first, 0.0), 0.0)


def states_of(left: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return both states of every stroke of ``left`` (B, m): (B, 2m)."""
    return np.asarray(2 * left[:, :, None] + _BOTH).reshape(len(left), -1)


def _told(values: Points) -> NDArray[np.float32]:
    return np.clip(values, -_CLIP, _CLIP).astype(np.float32)
