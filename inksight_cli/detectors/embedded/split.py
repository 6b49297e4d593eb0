"""A line of writing is split into words by its own ink.

The recogniser tells how many words it read and roughly where; the gaps in the ink decide
(`inksight_cli.detectors.embedded.gaps`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.embedded.characters import (
    members,
    possible_cuts,
    shared_out,
    square_of,
    tokens_of,
)
from inksight_cli.detectors.embedded.gaps import (
    Gap,
    LineGaps,
    Spaces,
    choose_cuts,
    flat_end,
    lone_strokes,
    stop_behind,
)
from inksight_cli.detectors.embedded.marks import LineInk
from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.detectors.embedded.runs import intervals, letter_height, runs_of, unslanted
from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box, Points, Quad
from inksight_cli.ink.types import Mask

Core: TypeAlias = Callable[[Points], NDArray[np.float64]]

BODY = 0.5  # ink is on a word's body where that is as probable as this,
ON_BODY = 0.33  # and of a word so much stands there
SNAP = np.radians(8)  # text within this of upright (or of a quarter turn) gets an unrotated box


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A line in parts, before it is decided which of them are one word.

    Attributes:
        line, ink: how it reads, and its ink of N pixels.
        frame, along: (N, 2) its pixels turned level; (N,) where they are if not slanted.
        run: (N,) the run that each pixel is in.
        edges: (R, 2) left and right end of every run.
        places: where the middle of each letter is.
        gaps: between the runs.
        core: the network's probability of words' bodies; None where it was not asked.
    """

    line: RawLine
    ink: LineInk
    frame: Points
    along: NDArray[np.float64]
    run: NDArray[np.intp]
    edges: NDArray[np.float64]
    places: NDArray[np.float64]
    gaps: LineGaps
    core: Core | None


def split_lines(
    lines: Sequence[tuple[RawLine, LineInk, bool]],
    core: Core,
    alike: bool,
    squared: Sequence[bool] = (),
    strange: Sequence[bool] = (),
) -> list[list[Word]]:
    """Return the words of every line of a page in reading order.

    Args:
        lines: how each reads, its ink, and whether the network saw it.
        core: the network's probability that page points (N, 2) lie inside a word's body.
        alike: whether the lines are of one script, so that white means the same in all of them.
        squared: which lines are cut to characters in squares; () for none.
        strange: which are in a script that is not read, nor known to the network: it is half
            believed, and how wide their white is says the rest; () for none.
    """
    squares = list(squared) or [False] * len(lines)
    unknown = list(strange) or [False] * len(lines)
    parts = [
        parts_of(line, ink, core if seen and not square else None, strange=alone)
        if len(ink.points)
        else None
        for (line, ink, seen), square, alone in zip(lines, squares, unknown, strict=True)
    ]
    kinds = list(zip(parts, squares, unknown, strict=True))
    usual = [part.gaps for part, square, alone in kinds if part and not (square or alone)]
    spaces = Spaces.of(usual) if alike else None
    wide = Spaces.by_width([part.gaps for part, square, alone in kinds if part and alone])
    return [
        []
        if part is None
        else characters_of(part)
        if square
        else words_of(part, wide if alone else spaces)
        for part, square, alone in kinds
    ]


def characters_of(parts: Parts) -> list[Word]:
    """Return a word for every character of a line that puts them into squares."""
    line, along, across = parts.line, parts.frame[:, 0], parts.frame[:, 1]
    tokens = tokens_of(line, parts.places)
    square = square_of(tokens, across)
    cuts = possible_cuts(along, square)
    spans = shared_out(tokens, cuts, square, line.confidence)
    mine = members(along, parts.ink.marks, spans)
    words: list[Word] = []
    loose = ""  # what is said of ink that went to the neighbours
    for k, (_, _, text) in enumerate(spans):
        points = parts.ink.points[mine == k]
        if not len(points):
            loose += text
            continue
        quad = word_quad(points, line.quad.angle)
        words.append(Word(quad, text=loose + text, confidence=line.confidence))
        loose = ""
    words[-1].text += loose
    return words


def split_line(line: RawLine, ink: LineInk, core: Core | None = None) -> list[Word]:
    """Return the words of a single line in reading order; none when there is no ink."""
    return words_of(parts_of(line, ink, core)) if len(ink.points) else []


def parts_of(line: RawLine, ink: LineInk, core: Core | None, *, strange: bool = False) -> Parts:
    """Take a line with ink apart at all its white; ``strange``: see `split_lines`."""
    turn = Affine.rotation(-line.quad.angle)
    frame = turn(ink.points)
    along, slant = unslanted(frame)
    groups, edges = runs_of(intervals(along, ink.marks))
    height = letter_height(frame)
    places = _letter_places(line, turn)
    gaps = _gaps(edges, places, line.breaks)
    run = groups[np.searchsorted(np.unique(ink.marks), ink.marks)]
    if core is not None:
        gaps = _looked_at(gaps, frame, run, slant, height, lambda p: core(turn.inverse()(p)))
    known = LineGaps(gaps, height, len(places), line.confidence, strange)
    return Parts(line, ink, frame, along, run, edges, places, known, core)


def words_of(parts: Parts, spaces: Spaces | None = None) -> list[Word]:
    """Join the parts of a line to words; ``spaces`` is the page's white, where it is known."""
    line, height = parts.line, parts.gaps.height
    cuts = choose_cuts(parts.gaps, spaces)
    for held in (stop_behind, flat_end):
        cuts &= ~held(parts.gaps.gaps, parts.frame, parts.run, height)
    cuts = lone_strokes(parts.gaps, np.ptp(parts.edges, axis=1), cuts, spaces)
    word_of_run = np.concatenate([[0], np.cumsum(cuts)]).astype(np.intp)
    member = word_of_run[parts.run]
    words = []
    for k, text in enumerate(_texts(line, parts.places, parts.edges, word_of_run)):
        mine = member == k
        known = text or not line.characters or _is_seen(parts, mine)
        if known or _may_be_word(parts.along[mine], parts.ink.cut[mine], height):
            quad = word_quad(parts.ink.points[mine], line.quad.angle)
            words.append(Word(quad, text=text, confidence=line.confidence))
    return words


def _letter_places(line: RawLine, turn: Affine) -> NDArray[np.float64]:
    """Return where along the line the middle of each letter is, in the turned frame."""
    start = float(turn(line.quad.points)[[0, 3], 0].mean())
    length = line.quad.size[0]
    return np.array([start + place * length for _, place in line.characters])


def _is_seen(parts: Parts, mine: Mask) -> bool:
    """Whether the network is sure of a word's body in ink (N,) in which no letter was read.

    In a script that the recogniser does not know, letters are read here and there only.
    """
    body = parts.core(parts.ink.points[mine]) if parts.core else np.zeros(1)
    return bool((body >= BODY).mean() > ON_BODY)


def _may_be_word(along: NDArray[np.float64], cut: NDArray[np.bool_], height: float) -> bool:
    """Whether ink in which the recogniser read no letter is a word, not an arrow or a speck."""
    return bool(cut.mean() < 0.5 and np.ptp(along) > height)


def _gaps(
    edges: NDArray[np.float64], letters: NDArray[np.float64], breaks: tuple[bool, ...]
) -> list[Gap]:
    """Return the gaps between runs; each blank that was read goes to the best gap near it."""
    gaps = [[float(a), float(b), 0.0] for a, b in zip(edges[:-1, 1], edges[1:, 0], strict=True)]
    for i in np.flatnonzero(breaks):
        low, high = letters[i - 1], letters[i]
        slack = 0.25 * (high - low)
        near = [g for g in gaps if low - slack < (g[0] + g[1]) / 2 < high + slack and not g[2]]
        if near:
            max(near, key=lambda g: g[1] - g[0])[2] = 1.0
    return [Gap(*gap) for gap in gaps]


def _looked_at(
    gaps: list[Gap],
    frame: Points,
    runs: NDArray[np.intp],
    slant: float,
    height: float,
    core: Core,
) -> list[Gap]:
    """Ask the network about each gap, along the middle of the line from run to run."""
    if not gaps:
        return gaps
    middle = float(np.median(frame[:, 1]))
    levels = np.array([np.median(frame[runs == k, 1]) for k in range(len(gaps) + 1)])
    weight = np.bincount(runs, minlength=len(levels)) + 1.0
    levels = middle + (levels - middle) * np.minimum(weight / np.median(weight), 1)
    steps = np.linspace(0, 1, 15)
    asked = []
    for k, gap in enumerate(gaps):
        left, right = sorted((gap.left, gap.right))
        along = left - 0.3 * height + steps * (right - left + 0.6 * height)
        for lift in (-0.2, 0.0, 0.2):
            down = levels[k] + steps * (levels[k + 1] - levels[k]) + lift * height
            asked.append(np.stack([along - slant * (down - middle), down], axis=1))
    said = core(np.concatenate(asked)).reshape(len(gaps), 3, len(steps))
    least = said.max(axis=1).min(axis=1)
    return [replace(gap, core=float(p)) for gap, p in zip(gaps, least, strict=True)]


def _texts(
    line: RawLine,
    letters: NDArray[np.float64],
    edges: NDArray[np.float64],
    word_of_run: NDArray[np.intp],
) -> list[str]:
    """Return the text of each word: word by word when the counts agree, else by position."""
    count = int(word_of_run[-1]) + 1
    read: list[str] = []
    for (letter, _), fresh in zip(line.characters, line.breaks, strict=True):
        if fresh or not read:
            read.append("")
        read[-1] += letter
    if len(read) == count:
        return read
    first = np.array([edges[word_of_run == k][0, 0] for k in range(count)])
    last = np.array([edges[word_of_run == k][-1, 1] for k in range(count)])
    texts = [""] * count
    for (letter, _), at in zip(line.characters, letters, strict=True):
        distance = np.maximum(first - at, at - last)
        texts[int(distance.argmin())] += letter
    return texts


def word_quad(points: Points, angle: float) -> Quad:
    """Return the tight quad around pixel centres (N, 2) of a word written at ``angle``."""
    quarter = np.pi / 2
    nearest = round(angle / quarter) * quarter
    if abs(angle - nearest) < SNAP:
        angle = nearest
    turn = Affine.rotation(-angle)
    # A pixel reaches half a pixel beyond its centre in every direction.
    reach = 0.5 * (abs(np.cos(angle)) + abs(np.sin(angle)))
    quad = Quad.from_box(Box.around(turn(points)).grown(float(reach)))
    return Quad.from_points(np.round(turn.inverse()(quad.points), 6))
