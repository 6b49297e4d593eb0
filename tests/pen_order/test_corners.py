"""Lines are cut in sharp corners, and nowhere else."""

import numpy as np
import pytest

from inksight_cli.pen_order.corners import cut_corners
from inksight_cli.trace.graph import build_graph
from tests.drawing import arc, pen

SHAPE = (100, 120)
PEN = 4.0


def cut(strokes):
    graph = build_graph(pen(strokes, SHAPE, PEN))
    return graph, cut_corners(graph, PEN)


def test_a_triangle_has_three_sides():
    triangle = [(20, 85), (60, 12), (100, 85), (20, 85)]
    graph, parted = cut([triangle])
    assert len(graph.edges) == 1
    for corner in triangle[:3]:
        assert np.hypot(*(parted.nodes - corner).T).min() < 1.5 * PEN
    whole = sum(edge.length for edge in parted.edges)
    assert whole == pytest.approx(graph.edges[0].length)


def test_curves_and_straight_lines_stay_whole():
    graph, parted = cut([arc(60, 50, 35, 0, 300)])
    assert len(parted.edges) == len(graph.edges)
    graph, parted = cut([[(10, 10), (100, 80)]])
    assert len(parted.edges) == len(graph.edges) == 1


def test_parts_lie_end_to_end():
    graph, parted = cut([[(20, 20), (90, 20), (90, 80), (30, 80)]])
    assert len(graph.edges) == 1
    assert len(parted.edges) == 3
    for edge in parted.edges:
        assert np.array_equal(edge.path[0], parted.nodes[edge.start])
        assert np.array_equal(edge.path[-1], parted.nodes[edge.end])
