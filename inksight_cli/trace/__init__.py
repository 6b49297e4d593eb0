"""The classical tracer: strokes from ink alone, without any model.

skeleton -> graph -> smooth continuation at junctions -> chains -> writing order. It is the
safety net that no ink is lost, a product of its own (``--model trace``), and the baseline that
models must beat. Related work: Kato and Yasuhara, "Recovery of drawing order from single-stroke
handwriting images" (PAMI 2000); Doermann and Rosenfeld (IJCV 1995).
"""

from __future__ import annotations

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.ownership.region import Region
from inksight_cli.polylines import simplify_all
from inksight_cli.trace.by_rule import order_along
from inksight_cli.trace.chains import chain_strokes
from inksight_cli.trace.graph import Graph, build_graph
from inksight_cli.trace.junctions import link_edges

__all__ = ["TOLERANCE", "trace_graph", "trace_region"]

TOLERANCE = 0.25
"""Pixels of the page that a simplified stroke may leave the traced path."""


def trace_region(region: Region, pen_width: float, angle: float = 0.0) -> list[Points]:
    """Return the strokes of ``region`` in writing order, each (N, 2) in page pixels.

    Args:
        region: ink of one word or one drawing.
        pen_width: typical stroke width in pixels.
        angle: direction of the text in radians, 0 = left to right.
    """
    if not region.mask.any():
        return []
    strokes = trace_graph(build_graph(region.mask), pen_width, angle)
    corner = np.array([region.left, region.top], dtype=np.float64)
    return simplify_all([stroke + corner for stroke in strokes], TOLERANCE)


def trace_graph(graph: Graph, pen_width: float, angle: float = 0.0) -> list[Points]:
    """Return the strokes of an ink graph in writing order, in the graph's coordinates.

    Points are about a pixel apart: whoever puts them on the page simplifies them there.

    Args:
        graph: of a word's ink.
        pen_width: typical stroke width in the graph's pixels.
        angle: direction of the text in radians, 0 = left to right.
    """
    return order_along(chain_strokes(graph, link_edges(graph)), pen_width, angle)
