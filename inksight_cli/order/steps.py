"""What the network is told of every way to go on: from the stroke just written to each left."""

from __future__ import annotations

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.order.strokes import WordStrokes

GUIDE = 4
"""The last columns of `WordStrokes.own`: what a model said."""
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
    """The ways to go on, and what the network is told of each; for one word.

    What depends on the strokes left alone is kept: beams that part over a direction, or over the
    order of what is done, have the same strokes left.
    """

    def __init__(self, word: WordStrokes) -> None:
        self._word = word
        self._moves = transitions(word)
        itself = np.eye(word.count, dtype=bool)
        left, right = word.box[:, 0], word.box[:, 2]
        over = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
        self._apart = np.where(itself, _FAR, word.apart)
        self._over = np.where(itself, -_FAR, over)
        self._sides = np.stack([left, right, (left + right) / 2], axis=1)
        self._kept: dict[tuple[int, ...], Points] = {}

    def __call__(self, last: int | None, left: list[int]) -> tuple[list[int], Points]:
        """Return the states to choose from and their rows, (2m, F).

        Args:
            last: the state written last, None at the start.
            left: the strokes not yet written, at least one.
        """
        states = [2 * k + way for k in left for way in (0, 1)]
        none = np.zeros((len(states), self._moves.shape[2]))
        change = none if last is None else self._moves[last, states]
        begun = np.full((len(states), 1), float(last is None))
        own, context = self._word.own[states], self._context(left)
        row = np.concatenate([own, change, context, begun], axis=1)
        return states, np.clip(row, -_CLIP, _CLIP)

    def _context(self, left: list[int]) -> Points:
        key = tuple(left)
        if key not in self._kept:
            self._kept[key] = np.repeat(self._among(left), 2, axis=0)
        return self._kept[key]

    def _among(self, left: list[int]) -> Points:
        """How each stroke that is left stands among the others that are left, (m, 11)."""
        sides, count = self._sides[left], len(left)
        first = sides.min(axis=0)
        behind, near = np.zeros((count, 3)), np.full((count, 2), _FAR)
        if count > 1:
            # The first of the others: for the very first, the second.
            second = np.partition(sides, 1, axis=0)[1]
            behind = sides - np.where(sides == first, second, first)
            both = np.ix_(left, left)
            near[:, 0] = self._apart[both].min(axis=1)
            near[:, 1] = self._over[both].max(axis=1)
        written = sorted(set(range(self._word.count)) - set(left))
        done = np.full((count, 1), _FAR)
        if written:
            done = self._word.apart[np.ix_(left, written)].min(axis=1, keepdims=True)
        parts = [sides - first, behind, near, np.minimum(done, _FAR), self._sooner(left)]
        return np.concatenate([*parts, np.full((count, 1), count / 10)], axis=1)

    def _sooner(self, left: list[int]) -> Points:
        """When a model's path passes each stroke, after the first of those left, (m, 1)."""
        told = self._word.own[[2 * k for k in left]]
        when, known = told[:, -2], told[:, -3] > 0
        first = when[known].min() if known.any() else 0.0
        return np.asarray(np.where(known, when - first, 0.0)[:, None])
