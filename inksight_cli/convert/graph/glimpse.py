"""What nano's decoder knows about the pen: where it is, what ink is there, how far it moves.

The pen's point is read from the last three tokens inside the graph, so that a step needs
nothing but tokens. All index arithmetic is on tables built here; a step adds some twenty small
nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inksight_cli.convert.graph.layers import matmul
from inksight_cli.convert.graph.spec import (
    BORDERED,
    CANVAS,
    CELL,
    CELLS,
    WINDOW,
    ModelSpec,
    Named,
)
from inksight_cli.convert.graph.writer import Graph
from inksight_cli.tokens import LEVELS, START

_NEVER = -(10**6)
_AGE = 1000  # more than any coordinate: what is newer wins the maximum


@dataclass(frozen=True, slots=True)
class Pen:
    """Names of the pen's state: at int64 [B, 2] (x, y), known bool [B, 1], after_x bool [B, 1].

    `known`: a y was among the last three tokens; `after_x`: the newest token is an x.
    """

    at: str
    known: str
    after_x: str


def _coordinates(spec: ModelSpec) -> np.ndarray:
    """For every token its x and its y, or `_NEVER`: [V, 2]."""
    table = np.full((spec.vocabulary, 2), _NEVER)
    for axis in range(2):
        first = spec.ink_first + axis * LEVELS
        table[first : first + LEVELS, axis] = np.arange(LEVELS)
    return table


def pen_state(graph: Graph, spec: ModelSpec, ids: str) -> Pen:
    """Read the pen's state from the last tokens [B, 3]: the newest x and y win."""
    seen = graph.op("Gather", [graph.constant(_coordinates(spec), np.int64), ids])
    age = graph.constant((np.arange(spec.context) * _AGE)[:, None], np.int64)
    newest = graph.op("ReduceMax", [graph.op("Add", [seen, age]), graph.integers(1)], keepdims=0)
    found = graph.op("Max", [newest, graph.constant(0, np.int64)])
    at = graph.op("Mod", [found, graph.constant(_AGE, np.int64)])
    x, y = (
        graph.op("Slice", [newest, graph.integers(i), graph.integers(i + 1), graph.integers(1)])
        for i in range(2)
    )
    known = graph.op("GreaterOrEqual", [y, graph.constant(0, np.int64)])
    last = graph.constant((spec.context - 1) * _AGE, np.int64)
    return Pen(at, known, graph.op("GreaterOrEqual", [x, last]))


def look(graph: Graph, spec: ModelSpec, weights: Named, pen: Pen) -> str:
    """The projected 7x7 window of features around the pen, [B, 1, D].

    The feature map comes with a border of zeros, so a window never leaves it.
    """
    size = weights["glimpse.weight"].shape[0]
    channels = size // (WINDOW * WINDOW)
    features = graph.input("features", np.float32, ["batch", BORDERED * BORDERED, channels])
    cell = graph.op("Div", [pen.at, graph.constant(CELL, np.int64)])
    cell = graph.op("Min", [cell, graph.constant(CELLS - 1, np.int64)])
    corner = graph.op("Mul", [cell, graph.constant([1, BORDERED], np.int64)])
    corner = graph.op("ReduceSum", [corner, graph.integers(1)], keepdims=1)
    window = np.arange(WINDOW)
    offsets = graph.constant((window[:, None] * BORDERED + window).ravel(), np.int64)
    places = graph.op("Unsqueeze", [graph.op("Add", [corner, offsets]), graph.integers(2)])
    seen = graph.op("GatherND", [features, places], batch_dims=1)
    seen = graph.op("Reshape", [seen, graph.integers(-1, 1, size)])
    projected = matmul(graph, seen, weights.shaped("glimpse.weight", size, spec.width))
    tables = [weights.shaped(f"glimpse.{axis}", LEVELS, spec.width) for axis in "xy"]
    rows = graph.op("Add", [pen.at, graph.constant([0, LEVELS], np.int64)])
    points = graph.op("Gather", [graph.constant(np.concatenate(tables)), rows])
    point = graph.op("ReduceSum", [points, graph.integers(1)], keepdims=1)
    known = graph.op("Unsqueeze", [pen.known, graph.integers(2)])
    none = graph.constant(weights.shaped("glimpse.none", spec.width))
    return graph.op("Where", [known, graph.op("Add", [projected, point]), none])


def add_movement(graph: Graph, spec: ModelSpec, both: str, pen: Pen) -> str:
    """Scores [B, V] from [B, 1, V + 449]: movements shifted to the pen, added to coordinates.

    After an x the movement is in y, otherwise in x; without a known pen there is none.
    """
    both = graph.op("Squeeze", [both, graph.integers(1)])
    sizes = graph.integers(spec.vocabulary, 2 * CANVAS + 1)
    names = [graph.fresh("absolute"), graph.fresh("movement")]
    absolute, movement = graph.ops("Split", [both, sizes], names, axis=-1)
    x, y = graph.ops(
        "Split", [pen.at], [graph.fresh("x"), graph.fresh("y")], axis=-1, num_outputs=2
    )
    current = graph.op("Where", [pen.after_x, y, x])
    levels = graph.constant(np.arange(LEVELS) + CANVAS, np.int64)
    shifted = graph.op("GatherElements", [movement, graph.op("Sub", [levels, current])], axis=1)
    in_y = graph.op("And", [pen.known, pen.after_x])
    in_x = graph.op("And", [pen.known, graph.op("Not", [pen.after_x])])
    zero = graph.constant(0.0)
    parts = [graph.op("Where", [axis, shifted, zero]) for axis in (in_x, in_y)]
    moved = graph.op("Concat", parts, axis=1)
    after = spec.vocabulary - spec.ink_first - START
    moved = graph.op("Pad", [moved, graph.integers(0, spec.ink_first, 0, after)])
    return graph.op("Add", [absolute, moved])
