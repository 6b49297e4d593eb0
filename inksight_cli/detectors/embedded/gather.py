"""RapidOCR's lines and the network's fragments are brought together, line by line.

RapidOCR reads lines but sometimes takes two rows for one, and overlooks short words of drawings;
fragments tell rows apart and show what was overlooked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.embedded.cores import Fragment, Loose
from inksight_cli.detectors.embedded.marks import LineInk
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.detectors.embedded.split import word_quad
from inksight_cli.detectors.reading_order import lines_of_words, union_quad
from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box, Points, Quad, as_points

ASKEW = np.radians(35)  # a fragment that runs this much another way is no part of a line
APART = 0.22  # of a quad's height: rows in it are at least this far from each other
BAND = 0.38  # of a quad's height, to each side of its middle: here its letters stand
SURELY_READ = 0.6  # confidence from which on a line's quad is believed to hold letters
ROOM = 0.5  # of the body's height, around what is read again
Read = Callable[[list[Quad]], list[RawLine]]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One line of writing: how it reads, and its fragments.

    ``overlooked``: RapidOCR did not find it itself. ``loose``: writing of this line without cores.
    """

    line: RawLine
    fragments: list[Fragment]
    overlooked: bool = False
    loose: Loose | None = None

    @property
    def ink(self) -> LineInk:
        """The ink of all fragments."""
        points, marks = [f.points for f in self.fragments], [f.marks for f in self.fragments]
        if self.loose:
            points, marks = [*points, self.loose.points], [*marks, self.loose.marks]
        if not points:
            return _line_ink(as_points([]), np.zeros(0, dtype=np.intp))
        return _line_ink(np.concatenate(points), np.concatenate(marks))

    @property
    def sure(self) -> float:
        """The mean probability of the fragments' cores."""
        return float(np.mean([f.sure for f in self.fragments])) if self.fragments else 0.0

    @property
    def length(self) -> float:
        """Of all cores together, in units of their height."""
        return sum(f.length for f in self.fragments) / max(
            float(np.mean([f.body for f in self.fragments] or [1.0])), 1.0
        )


def _line_ink(points: Points, marks: NDArray[np.intp]) -> LineInk:
    return LineInk(points, marks, np.zeros(len(points), dtype=np.bool_))


def gather(
    raw: Sequence[RawLine], fragments: Sequence[Fragment], loose: Loose, read: Read
) -> list[Row]:
    """Share the fragments out to RapidOCR's lines; read again what does not fit.

    Args:
        raw: RapidOCR's lines.
        fragments: the network's words.
        loose: writing that is in none of them.
        read: reads quads of the page.
    """
    mine: list[list[Fragment]] = [[] for _ in raw]
    free: list[Fragment] = []
    frames = _frames(raw)
    for fragment in fragments:
        index = _line_of(fragment, raw, frames)
        (free if index is None else mine[index]).append(fragment)
    rows, again = [], []
    for line, members in zip(raw, mine, strict=True):
        parts = _rows(members, line.quad.angle, APART * line.quad.size[1])
        if len(parts) < 2:
            rows.append(Row(line, members, loose=_within(line, loose)))
        else:
            again += [(part, _quad(part, line.quad.angle), False) for part in parts]
    again += [(part, _quad(part, angle), True) for part, angle in _lines(free)]
    for (members, _, overlooked), line in zip(again, read([q for _, q, _ in again]), strict=True):
        rows.append(Row(line, members, overlooked))
    return rows


def _within(line: RawLine, loose: Loose) -> Loose | None:
    """Return the loose pieces that lie in the middle of a line that was surely read."""
    if line.confidence < SURELY_READ or len(line.characters) < 2 or not len(loose.marks):
        return None
    turn = Affine.rotation(-line.quad.angle)
    reach = np.array(line.quad.size) * (0.5, BAND)
    off = np.abs(turn(loose.points) - turn(line.quad.points).mean(axis=0))
    inside = np.bincount(loose.marks, (off <= reach).all(axis=1))
    mine = (inside > 0.7 * np.maximum(np.bincount(loose.marks), 1))[loose.marks]
    return Loose(loose.points[mine], loose.marks[mine]) if mine.any() else None


def _line_of(fragment: Fragment, raw: Sequence[RawLine], frames: Points) -> int | None:
    """Return the line in whose quad the fragment lies, nearest to its middle.

    Args:
        fragment: of the page.
        raw: all lines.
        frames: of every line its middle (x, y), the cosine and sine of its angle, its length and
            its height.
    """
    middle, (cos, sin), (length, height) = frames[:, :2], frames[:, 2:4].T, frames[:, 4:].T
    x, y = (fragment.center - middle).T
    along, across = np.abs(cos * x + sin * y), np.abs(cos * y - sin * x)
    off = np.where(
        along <= 0.5 * length + 0.25 * height, across / np.maximum(0.5 * height, 1e-9), np.inf
    )
    for i in np.argsort(off, kind="stable").tolist():
        if off[i] >= 1.0:
            return None
        if not _askew(fragment, raw[i].quad):
            return int(i)
    return None


def _frames(raw: Sequence[RawLine]) -> Points:
    """Return the lines' frames as `_line_of` takes them, (N, 6)."""
    rows = [
        (*q.points.mean(axis=0), np.cos(q.angle), np.sin(q.angle), *q.size)
        for q in (line.quad for line in raw)
    ]
    return np.array(rows).reshape(-1, 6)


def _askew(fragment: Fragment, quad: Quad) -> bool:
    """Whether a fragment runs another way than a line, and is no single letter of it."""
    if fragment.angle is None or fragment.length < 0.7 * quad.size[1]:
        return False
    off = abs((fragment.angle - quad.angle + np.pi / 2) % np.pi - np.pi / 2)
    return bool(off > ASKEW)


def _rows(members: list[Fragment], angle: float, apart: float) -> list[list[Fragment]]:
    """Part what stands over one another into rows at least ``apart`` pixels from each other."""
    if len(members) < 2:
        return [members]
    turn = Affine.rotation(-angle)
    centers = turn(np.array([m.center for m in members]))
    order = np.argsort(centers[:, 1])
    height = np.diff(centers[order, 1])
    body = float(np.median([m.body for m in members]))
    at = int(height.argmax())
    upper, lower = [members[i] for i in order[: at + 1]], [members[i] for i in order[at + 1 :]]
    if height[at] < max(0.8 * body, apart) or not _overlap(
        _spans(upper, turn), _spans(lower, turn)
    ):
        return [members]
    return _rows(upper, angle, apart) + _rows(lower, angle, apart)


def _spans(members: list[Fragment], turn: Affine) -> NDArray[np.float64]:
    along = [turn(m.points)[:, 0] for m in members]
    return np.array([(a.min(), a.max()) for a in along])


def _overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether some span of one lies over a good part of a span of the other."""
    shared = np.minimum(one[:, None, 1], other[:, 1]) - np.maximum(one[:, None, 0], other[:, 0])
    narrower = np.minimum(np.ptp(one, axis=1)[:, None], np.ptp(other, axis=1))
    return bool((shared > 0.4 * narrower).any())


def _lines(free: list[Fragment]) -> list[tuple[list[Fragment], float]]:
    """Join fragments that are in no line into lines, each with its angle."""
    words, fragment_of = [], {}
    for fragment in free:
        word = Word(word_quad(fragment.points, _reading(fragment.angle)))
        words.append(word)
        fragment_of[id(word)] = fragment
    return [
        ([fragment_of[id(word)] for word in line.words], line.words[0].quad.angle)
        for line in lines_of_words(words)
    ]


def _reading(angle: float | None) -> float:
    """Return the likelier of the two ways along an axis: to the right, or up the page."""
    if angle is None:
        return 0.0
    turned = (angle + np.pi / 2) % np.pi - np.pi / 2
    return turned - np.pi if turned > np.radians(60) else turned


def _quad(members: list[Fragment], angle: float) -> Quad:
    """Return the quad around a row's ink, with room as RapidOCR's own have it."""
    around = union_quad([word_quad(m.points, angle) for m in members], angle)
    turn = Affine.rotation(-angle)
    room = ROOM * float(np.median([m.body for m in members]))
    return Quad.from_points(
        turn.inverse()(Quad.from_box(Box.around(turn(around.points)).grown(room)).points)
    )
