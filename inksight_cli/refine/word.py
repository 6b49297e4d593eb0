"""One word from a model's strokes, or from none, to strokes that lie on its ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inksight_cli.document import Origin, Quality, Stroke
from inksight_cli.geometry import Points
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.closeup import look_closely
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage
from inksight_cli.pen_order import PenOrder, reorder
from inksight_cli.polylines import simplify_all
from inksight_cli.refine.audit import covered, ink_explained, on_ink, split_patches, unexplained
from inksight_cli.refine.match import follow_ink
from inksight_cli.refine.measure import measure_strokes
from inksight_cli.trace import TOLERANCE, trace_graph, trace_pieces, trace_region
from inksight_cli.trace.graph import build_graph

_TOUCH = 1.5
"""Pen widths between the centre lines of pieces that touch: one would do if none were bent."""


def refine_word(
    page: PageImage,
    region: Region,
    answer: Sequence[Points] = (),
    tolerance: float = 2.0,
    order: PenOrder | None = None,
    angle: float = 0.0,
) -> tuple[list[Stroke], Quality]:
    """Return a word's strokes, snapped to its ink, and how far they can be trusted.

    Args:
        page: the picture the word is on.
        region: the word's own ink.
        answer: the model's strokes in page pixels, each (N, 2).
        tolerance: how far off the ink the model may be, in page pixels (a canvas pixel or two).
        order: what puts traced strokes into pen order, with the answer as its guide. Without it
            the answer itself is laid on the ink, and without an answer the tracer draws it all.
        angle: direction of the word's text in radians, for the order.
    """
    if not region.area:
        return [], Quality(ink_explained=1.0, on_ink=1.0, traced=0.0, flags=("no-ink",))
    strokes, flags = _draw(page, region, answer, tolerance, order, angle)
    strokes = measure_strokes(page, region, strokes)
    drawn = covered(region, strokes)
    rest = _trace_rest(page, region, drawn, angle)
    if rest:
        drawn |= covered(region, rest)
    return strokes + rest, _judge(region, strokes + rest, drawn, flags)


def _draw(
    page: PageImage,
    region: Region,
    answer: Sequence[Points],
    tolerance: float,
    order: PenOrder | None,
    angle: float,
) -> tuple[list[Stroke], tuple[str, ...]]:
    """Return the strokes without widths, and flags: the model's on the ink, or the tracer's."""
    close = look_closely(page.ink, region)
    graph = build_graph(close.mask, open_eyes=order is not None)
    pen = page.ink.pen_width * close.zoom
    guide = [close.inside(points) for points in answer]
    flags: tuple[str, ...] = ()
    if order is not None:
        paths = reorder(order, trace_pieces(graph), _TOUCH * pen, guide, angle)
        origins: list[Origin] = ["model"] * len(paths)
    elif guide:
        walks, dropped = follow_ink(graph, guide, pen, tolerance * close.zoom)
        paths, origins = [walk.points for walk in walks], [walk.origin for walk in walks]
        flags = ("off-ink",) if dropped else ()
    else:
        paths = trace_graph(graph, pen, angle)
        origins = ["trace"] * len(paths)
    paths = simplify_all([close.to_page(path) for path in paths], TOLERANCE)
    return [Stroke(p, origin=o) for p, o in zip(paths, origins, strict=True)], flags


def trace_drawings(page: PageImage, left_over: Region) -> list[Stroke]:
    """Return the strokes of all ink that belongs to no word, in reading order of their tops."""
    drawings = []
    for patch in split_patches(left_over, page.ink.pen_width):
        paths = trace_region(patch, page.ink.pen_width)
        drawings += measure_strokes(page, patch, [Stroke(p, origin="trace") for p in paths])
    return drawings


def _trace_rest(page: PageImage, region: Region, drawn: Mask, angle: float) -> list[Stroke]:
    rest = []
    for patch in unexplained(region, drawn, page.ink.pen_width):
        paths = trace_region(patch, page.ink.pen_width, angle)
        rest += measure_strokes(page, region, [Stroke(p, origin="trace") for p in paths])
    return rest


def _judge(region: Region, strokes: list[Stroke], drawn: Mask, flags: tuple[str, ...]) -> Quality:
    length = sum(stroke.length for stroke in strokes)
    traced = sum(stroke.length for stroke in strokes if stroke.origin == "trace")
    quality = Quality(ink_explained(region, drawn), on_ink(region, strokes), 0.0, flags=flags)
    if length > 0:
        return replace(quality, traced=traced / length)
    return replace(quality, traced=float(any(s.origin == "trace" for s in strokes)))
