"""From graphs of words to their strokes in pen order: measured, walked, kept to the ink, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from inksight_cli.errors import ModelError
from inksight_cli.geometry import Points
from inksight_cli.pen_order.beam import BEAMS, Walk, walk_all
from inksight_cli.pen_order.corners import cut_corners
from inksight_cli.pen_order.drawing import draw
from inksight_cli.pen_order.hand import Hand, read_hand
from inksight_cli.pen_order.lines import Lines, measure
from inksight_cli.pen_order.repair import repair
from inksight_cli.pen_order.ways import keep_to_ink
from inksight_cli.trace.graph import Edge, Graph

MOST = 200
"""What has more lines than this is no word: rules order it, as they do drawings."""


def lines_of(
    graph: Graph, pen_width: float, angle: float = 0.0, *, mirrored: bool = False
) -> Lines | None:
    """Return the lines of a word's ink, None where there is no ink.

    Args:
        graph: of the ink.
        pen_width: in the graph's pixels.
        angle: direction of the text in radians, 0 = left to right; hands write along it.
        mirrored: whether the text runs from right to left.
    """
    return measure(cut_corners(graph, pen_width), pen_width, angle, mirrored=mirrored)


def write_all(hand: Hand, words: Sequence[Lines], beams: int = BEAMS) -> list[list[Points]]:
    """Return every word's strokes in pen order, each (N, 2) in the pixels of its graph.

    Every line is in the result, or is a spur no longer than the pen is wide; points
    are about a pixel apart.
    """
    walks = walk_all(hand, [word.seen for word in words], beams)
    return [_drawn(word, walk) for word, walk in zip(words, walks, strict=True)]


def open_hand(path: Path) -> Hand:
    """Open the hand whose weights lie at ``path`` and let it write a word of two lines.

    Raises:
        ModelError: they are no hand's, or of one that takes no word.
    """
    hand = read_hand(path)
    try:  # whether it takes what it will be told is seen when it is told
        _try_out(hand)
    except Exception as error:  # NumPy's, or one of onnxruntime's many
        raise ModelError(f"{path} does not fit: {error}.") from error
    return hand


def _try_out(hand: Hand) -> None:
    corner = (
        Edge(0, 1, np.array([[2.0, 2.0], [2.0, 9.0]])),
        Edge(1, 2, np.array([[2.0, 9.0], [9.0, 9.0]])),
    )
    nodes = np.array([[2.0, 2.0], [2.0, 9.0], [9.0, 9.0]])
    lines = measure(Graph(nodes, np.ones(3), list(corner), np.zeros((12, 12), np.float32)), 2.0)
    assert lines is not None
    write_all(hand, [lines])


def _drawn(lines: Lines, walk: Walk) -> list[Points]:
    whole = repair(lines, keep_to_ink(lines, walk))
    return draw(lines, whole.states, whole.down)
