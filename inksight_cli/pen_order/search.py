"""The likeliest order and directions of a word's strokes: a beam over what is left to write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Affine, Points
from inksight_cli.pen_order.joins import InkWays
from inksight_cli.pen_order.network import PenOrder
from inksight_cli.pen_order.steps import Choices, states_of
from inksight_cli.pen_order.strokes import WordStrokes, measure
from inksight_cli.trace.by_rule import order_along, turn_stroke

BEAMS = 4
HOPELESS = 3.0
"""What is less likely than the best by this many nats is not followed."""
MOST = 160
"""What has more pieces than this is no word: rules order it, as they do drawings."""
_DOWN = -2.8  # logit from which the pen stays down: a stroke too many tears more than one too few
_DIGITS = 6  # of nats: what differs in later ones is as likely
_TWICE = 0.8  # longest way a pen goes twice within a word, of the word's size


@dataclass(frozen=True, slots=True)
class _Beam:
    score: float
    left: tuple[int, ...]
    states: tuple[int, ...] = ()
    down: tuple[bool, ...] = ()


def reorder(
    network: PenOrder,
    strokes: Sequence[Points],
    reach: float,
    guide: Sequence[Points] = (),
    angle: float = 0.0,
) -> list[Points]:
    """Return ``strokes`` in the order and direction the network finds likeliest, some joined.

    Args:
        network: of the model's bundle.
        strokes: the tracer's, each (N, 2); every one is in the result, whole.
        reach: how near pieces must be to touch, in the strokes' unit: about the pen's width.
        guide: a model's own strokes over the same word, as good as they are.
        angle: direction of the text in radians, 0 = left to right; hands write along it.
    """
    if len(strokes) > MOST:
        return order_along(strokes, reach, angle)
    if not strokes:
        return []
    turn = Affine.rotation(-angle)
    upright = [turn(stroke) for stroke in strokes]
    if len(strokes) == 1:  # a dash or a bow: there is nothing to order, and a rule knows its way
        return [strokes[0] if turn_stroke(upright[0]) is upright[0] else strokes[0][::-1]]
    word = measure(upright, [turn(path) for path in guide])
    best = _search(network, word)
    return _write(strokes, best, reach, _TWICE * word.size)


def _write(strokes: Sequence[Points], order: _Beam, reach: float, longest: float) -> list[Points]:
    """Return the strokes as ordered, joined where the pen stayed down and the ink allows it."""
    ways = InkWays(strokes, reach)
    written: list[list[Points]] = []
    last: int | None = None
    for place, (state, down) in enumerate(zip(order.states, order.down, strict=True)):
        stroke = strokes[state // 2][:: -1 if state % 2 else 1]
        drawn = {before // 2 for before in order.states[:place]}
        way = ways.between(last, state, drawn, longest) if down and last is not None else None
        if way is None:
            written.append([stroke])
        else:
            written[-1] += [way, stroke]
        last = state
    return [np.concatenate(parts) for parts in written]


def _search(network: PenOrder, word: WordStrokes) -> _Beam:
    choices = Choices(word)
    beams = [_Beam(0.0, tuple(range(word.count)))]
    for _ in range(word.count):
        last = np.array([beam.states[-1] if beam.states else -1 for beam in beams])
        left = np.array([beam.left for beam in beams])
        rows = choices(last, left)
        scores = network(rows.reshape(-1, rows.shape[2])).reshape(*rows.shape[:2], 2)
        beams = list(_best(beams, states_of(left), scores))
    return beams[0]


def _best(
    beams: Sequence[_Beam], states: NDArray[np.intp], scores: NDArray[np.float32]
) -> Iterator[_Beam]:
    """Yield the best beams one step on, of those that end alike only the best.

    What is to come depends on the last stroke and on what is left alone: of two ways to get
    there, the less likely one never wins.
    """
    logits = scores[:, :, 0] - scores[:, :, 0].max(axis=1, keepdims=True)
    chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    totals = np.array([beam.score for beam in beams])[:, None] + chances.astype(np.float64)
    ends: set[tuple[int, tuple[int, ...]]] = set()
    for flat in np.argsort(-np.round(totals, _DIGITS), axis=None, kind="stable"):
        which, way = divmod(int(flat), states.shape[1])
        total = float(totals[which, way])
        if len(ends) == BEAMS or total < totals.max() - HOPELESS:
            return
        beam, state = beams[which], int(states[which, way])
        left = tuple(k for k in beam.left if k != state // 2)
        if (state, left) not in ends:
            ends.add((state, left))
            down = bool(beam.states) and float(scores[which, way, 1]) > _DOWN
            yield _Beam(total, left, (*beam.states, state), (*beam.down, down))
