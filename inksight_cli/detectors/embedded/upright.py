"""Pages that lie on their side or upside down: how they stand upright, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inksight_cli.detectors.embedded.reading import RawLine, are_sure
from inksight_cli.document import Line
from inksight_cli.geometry import Affine, Quad

_AS_WELL = 0.9  # of the evidence there was: by chance it varies a little


def quarters_to_upright(lines: Iterable[RawLine]) -> int:
    """Return by how many quarter turns, counter-clockwise, most of a page's letters stand upright.

    Labels that run up the side of a diagram leave it as it is, and so do lines that are not read
    surely upside down.
    """
    known = list(lines)
    evidence = [0.0, 0.0, 0.0, 0.0]  # of running right, down, left, up
    for line in known:
        way = 2 - line.is_tall if line.is_backward else 3 * line.is_tall
        evidence[way] += line.evidence
    right, down, left, up = evidence
    if down + up > right + left:
        return 1 if down > up else 3
    backward = (line for line in known if line.is_backward and not line.is_tall)
    return 2 if left > right and are_sure(backward) else 0


def reads_as_well(turned: Iterable[RawLine], before: Iterable[RawLine]) -> bool:
    """Return whether a page, turned, reads about as well as before: strokes look like letters."""
    return sum(line.evidence for line in turned) >= _AS_WELL * sum(line.evidence for line in before)


def turning(quarters: int, width: int, height: int) -> Affine:
    """Return where a page's points go when it is turned, counter-clockwise.

    Args:
        quarters: of a turn, 0 to 3, as `numpy.rot90` takes them.
        width: of the page before, in pixels.
        height: likewise.
    """
    return (
        Affine.identity(),
        Affine(0, 1, 0, -1, 0, width),
        Affine(-1, 0, width, 0, -1, height),
        Affine(0, -1, height, 1, 0, 0),
    )[quarters]


def mapped(lines: Iterable[Line], way: Affine) -> list[Line]:
    """Move lines and their words along ``way``; the words are changed in place."""
    moved = []
    for line in lines:
        for word in line.words:
            word.quad = Quad.from_points(way(word.quad.points))
        moved.append(replace(line, quad=Quad.from_points(way(line.quad.points))))
    return moved
