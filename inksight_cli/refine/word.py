"""Words from a model's strokes, a hand's, or the tracer's, to strokes that lie on their ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inksight_cli.document import Origin, Quality, Stroke
from inksight_cli.geometry import Points
from inksight_cli.ink.types import Mask
from inksight_cli.ownership.closeup import Closeup, look_closely
from inksight_cli.ownership.region import Region
from inksight_cli.pages.page import PageImage
from inksight_cli.pen_order import MOST, Hand, Lines, lines_of, write_all
from inksight_cli.polylines import simplify_all
from inksight_cli.refine.audit import covered, ink_explained, on_ink, split_patches, unexplained
from inksight_cli.refine.match import follow_ink
from inksight_cli.refine.measure import measure_strokes
from inksight_cli.trace import TOLERANCE, trace_graph, trace_region
from inksight_cli.trace.graph import Graph, build_graph


def refine_word(
    page: PageImage,
    region: Region,
    answer: Sequence[Points] = (),
    tolerance: float = 2.0,
    angle: float = 0.0,
) -> tuple[list[Stroke], Quality]:
    """Return a word's strokes, snapped to its ink, and how far they can be trusted.

    Args:
        page: the picture the word is on.
        region: the word's own ink.
        answer: the model's strokes in page pixels, each (N, 2); the tracer draws without them.
        tolerance: how far off the ink the model may be, in page pixels (a canvas pixel or two).
        angle: direction of the word's text in radians, for the tracer's order.
    """
    if not region.area:
        return _nothing()
    strokes, flags = _draw(page, region, answer, tolerance, angle)
    return _finished(page, region, strokes, flags, angle)


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """How a word is written.

    Attributes:
        hand: the network of pen order that knows its script.
        angle: direction of its text in radians.
        mirrored: whether it runs from right to left: then the network sees it in a mirror.
    """

    hand: Hand
    angle: float = 0.0
    mirrored: bool = False


def write_words(
    page: PageImage, regions: Sequence[Region], manners: Sequence[Manner]
) -> list[tuple[list[Stroke], Quality]]:
    """Return the strokes of many words as hands write them, and how far they can be trusted.

    Args:
        page: the picture the words are on.
        regions: each word's own ink.
        manners: how each is written; a hand reads all of its words together.
    """
    looks = [_look(page, region, how) for region, how in zip(regions, manners, strict=True)]
    paths = _written(looks, [how.hand for how in manners])
    found = []
    for index, (look, region, how) in enumerate(zip(looks, regions, manners, strict=True)):
        if look is None:
            found.append(_nothing())
            continue
        origin: Origin = "model" if index in paths else "trace"
        drawn = paths[index] if index in paths else trace_graph(look.graph, look.pen, how.angle)
        strokes = _on_page(look.close, drawn, [origin] * len(drawn))
        found.append(_finished(page, region, strokes, (), how.angle))
    return found


def _written(looks: Sequence[_Look | None], hands: Sequence[Hand]) -> dict[int, list[Points]]:
    """Return the strokes of the words that are no drawings, by number."""
    lines = {index: look.lines for index, look in enumerate(looks) if look and look.lines}
    paths: dict[int, list[Points]] = {}
    for hand in dict.fromkeys(hands):
        mine = [index for index in lines if hands[index] is hand]
        paths |= zip(mine, write_all(hand, [lines[index] for index in mine]), strict=True)
    return paths


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A word's ink seen closely, with its lines where it is a word and no drawing."""

    close: Closeup
    graph: Graph
    pen: float
    lines: Lines | None


def _look(page: PageImage, region: Region, how: Manner) -> _Look | None:
    if not region.area:
        return None
    close = look_closely(page.ink, region)
    graph, pen = build_graph(close.mask, lines=close.lines), page.ink.pen_width * close.zoom
    lines = lines_of(graph, pen, how.angle, mirrored=how.mirrored)
    if lines is not None and len(lines.paths) > MOST:
        lines = None
    return _Look(close, graph, pen, lines)


def _nothing() -> tuple[list[Stroke], Quality]:
    return [], Quality(ink_explained=1.0, on_ink=1.0, traced=0.0, flags=("no-ink",))


def _draw(
    page: PageImage,
    region: Region,
    answer: Sequence[Points],
    tolerance: float,
    angle: float,
) -> tuple[list[Stroke], tuple[str, ...]]:
    """Return the strokes without widths, and flags: the model's on the ink, or the tracer's."""
    close = look_closely(page.ink, region)
    graph = build_graph(close.mask, lines=close.lines)
    pen = page.ink.pen_width * close.zoom
    guide = [close.inside(points) for points in answer]
    if not guide:
        paths = trace_graph(graph, pen, angle)
        return _on_page(close, paths, ["trace"] * len(paths)), ()
    walks, dropped = follow_ink(graph, guide, pen, tolerance * close.zoom)
    strokes = _on_page(close, [walk.points for walk in walks], [walk.origin for walk in walks])
    return strokes, ("off-ink",) if dropped else ()


def _on_page(close: Closeup, paths: Sequence[Points], origins: Sequence[Origin]) -> list[Stroke]:
    simple = simplify_all([close.to_page(path) for path in paths], TOLERANCE)
    return [Stroke(p, origin=o) for p, o in zip(simple, origins, strict=True)]


def _finished(
    page: PageImage, region: Region, strokes: list[Stroke], flags: tuple[str, ...], angle: float
) -> tuple[list[Stroke], Quality]:
    """Measure strokes, trace what they leave out, and judge."""
    strokes = measure_strokes(page, region, strokes)
    drawn = covered(region, strokes)
    rest = _trace_rest(page, region, drawn, angle)
    if rest:
        drawn |= covered(region, rest)
    return strokes + rest, _judge(region, strokes + rest, drawn, flags)


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
