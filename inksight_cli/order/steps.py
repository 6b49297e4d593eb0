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
        self._among: dict[tuple[int, ...], Points] = {}

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
        if key not in self._among:
            self._among[key] = np.repeat(_among(self._word, left), 2, axis=0)
        return self._among[key]


def _among(word: WordStrokes, left: list[int]) -> Points:
    """How each stroke that is left stands among the others that are left, (m, 12)."""
    box, count = word.box[left], len(left)
    sides = np.stack([box[:, 0], box[:, 2], (box[:, 0] + box[:, 2]) / 2], axis=1)
    ahead = sides - sides.min(axis=0)
    behind = np.zeros((count, 3))
    near = np.full((count, 2), _FAR)
    if count > 1:
        others = ~np.eye(count, dtype=bool)
        rest = np.where(others[..., None], sides[None], np.inf).min(axis=1)
        behind = sides - rest
        apart = np.where(others, word.apart[np.ix_(left, left)], _FAR)
        near[:, 0] = apart.min(axis=1)
        shared = np.minimum(box[:, None, 2], box[None, :, 2]) - np.maximum(
            box[:, None, 0], box[None, :, 0]
        )
        near[:, 1] = np.where(others, shared, -_FAR).max(axis=1)
    written = [k for k in range(word.count) if k not in set(left)]
    done = np.full((count, 1), _FAR)
    if written:
        done = word.apart[np.ix_(left, written)].min(axis=1, keepdims=True)
    when = word.own[[2 * k for k in left], -2]
    known = word.own[[2 * k for k in left], -3] > 0
    first = when[known].min() if known.any() else 0.0
    sooner = np.where(known, when - first, 0.0)[:, None]
    return np.concatenate(
        [ahead, behind, near, np.minimum(done, _FAR), sooner, np.full((count, 1), count / 10)],
        axis=1,
    )
