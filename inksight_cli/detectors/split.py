"""A line of writing is split into words by its own ink.

The recogniser tells how many words it read and roughly where; the gaps in the ink decide. A gap
is judged by its width in units of the line's letter height, by how it compares with the line's
other gaps, and by whether the recogniser read a blank there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.marks import LineInk
from inksight_cli.detectors.rapid import RawLine
from inksight_cli.document import Word
from inksight_cli.geometry import Affine, Box, Points, Quad

Core: TypeAlias = Callable[[Points], NDArray[np.float64]]

SLANTS = np.linspace(-0.3, 0.9, 9)
OVERLAP = 0.4  # share of the narrower of two marks above which they stand over one another
# Fitted on lines of 200 UNIPEN writers, checked on 100 others; log(gap / letter height), log(gap /
# letter pitch), blank read here, log(gap / the line's own watershed).
CUT, CUT_BIAS = np.array([1.1, 0.75, 2.9, 2.1]), 0.6
# Where the network was asked: blank read here, log(gap / the line's own watershed), log odds of
# its least core probability; fitted on 14 composed pages of UNIPEN writers, the bias set on 8 pages
# of others. Blanks of a line that could not be read say nothing.
CUT_SEEN, CUT_UNREAD = np.array([3.3, 1.1, 0.45]), np.array([0.0, 0.0, 1.2])
CUT_SEEN_BIAS = -0.5
READ = (0.5, 0.85)  # a line read with less confidence is not believed; with more, altogether
MARK, MARK_REACH = (
    0.7,
    1.2,
)  # of the letter height: how large a stop may be, how far behind its word
SNAP = np.radians(8)  # text within this of upright (or of a quarter turn) gets an unrotated box


@dataclass(frozen=True, slots=True)
class Gap:
    """The white between two neighbouring groups of marks.

    Attributes:
        left, right: where it begins and ends along the line, pixels.
        blank: how surely the recogniser read a blank here, 0 or 1.
        core: the network's least probability that a word goes on through here; None: not asked.
    """

    left: float
    right: float
    blank: float
    core: float | None = None

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left


def split_line(line: RawLine, ink: LineInk, core: Core | None = None) -> list[Word]:
    """Return the words of a line in reading order; none when there is no ink.

    Args:
        line: how it reads.
        ink: its ink.
        core: the network's probability that page points (N, 2) lie inside a word's body.
    """
    if not len(ink.points):
        return []
    turn = Affine.rotation(-line.quad.angle)
    frame = turn(ink.points)
    along, slant = _unslanted(frame)
    intervals = _intervals(along, ink.marks)
    groups, edges = _runs(intervals)
    height = letter_height(frame)
    letters = _letter_places(line, turn)
    gaps = _gaps(edges, letters, line.breaks)
    run_of_mark = groups[np.searchsorted(np.unique(ink.marks), ink.marks)]
    if core is not None:
        gaps = _looked_at(
            gaps, frame, run_of_mark, slant, height, lambda p: core(turn.inverse()(p))
        )
    cuts = choose_cuts(gaps, height, len(letters), line.confidence)
    cuts &= ~_stop_behind(gaps, frame, run_of_mark, height)
    word_of_run = np.concatenate([[0], np.cumsum(cuts)]).astype(np.intp)
    word_of_mark = word_of_run[groups]
    count = int(word_of_run[-1]) + 1
    texts = _texts(line, letters, edges, word_of_run)
    member = word_of_mark[np.searchsorted(np.unique(ink.marks), ink.marks)]
    words = []
    for k in range(count):
        mine = member == k
        if texts[k] or not line.characters or _may_be_word(along[mine], ink.cut[mine], height):
            quad = word_quad(ink.points[mine], line.quad.angle)
            words.append(Word(quad, text=texts[k], confidence=line.confidence))
    return words


def _letter_places(line: RawLine, turn: Affine) -> NDArray[np.float64]:
    """Return where along the line the middle of each letter is, in the turned frame."""
    start = float(turn(line.quad.points)[[0, 3], 0].mean())
    length = line.quad.size[0]
    return np.array([start + place * length for _, place in line.characters])


def _may_be_word(along: NDArray[np.float64], cut: NDArray[np.bool_], height: float) -> bool:
    """Whether ink in which the recogniser read no letter is a word, not an arrow or a speck."""
    return bool(cut.mean() < 0.5 and np.ptp(along) > height)


def letter_height(frame: Points) -> float:
    """Return the height of the line's small letters in pixels, from its (N, 2) ink.

    It is the height of the band of rows that holds the middle 70 % of the ink: robust against
    a few tall or deep letters, and defined for capitals and digits too.
    """
    low, high = np.quantile(frame[:, 1], (0.15, 0.85))
    return max(float(high - low), 2.0)


def _unslanted(frame: Points) -> tuple[NDArray[np.float64], float]:
    """Return where along the line each pixel is as if slanted writing stood upright; the slant."""
    sample = frame[:: max(len(frame) // 4000, 1)]
    middle = np.median(frame[:, 1])
    best, slant = -1.0, 0.0
    for candidate in SLANTS:
        column = sample[:, 0] + candidate * (sample[:, 1] - middle)
        histogram = np.bincount((column - column.min()).astype(np.intp))
        score = float((histogram.astype(np.float64) ** 2).sum())
        if score > best:
            best, slant = score, float(candidate)
    return np.asarray(frame[:, 0] + slant * (frame[:, 1] - middle)), slant


def _intervals(along: NDArray[np.float64], marks: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return (M, 2): first and last position of each mark, in the order of the mark's number."""
    order = np.argsort(marks, kind="stable")
    starts = np.flatnonzero(np.diff(marks[order], prepend=-1))
    values = along[order]
    return np.stack(
        [np.minimum.reduceat(values, starts) - 0.5, np.maximum.reduceat(values, starts) + 0.5], 1
    )


def _runs(intervals: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Join what stands over one another: a dot and its i, a bar and its t.

    Marks whose ends merely overlap stay apart: tails of one word reach under the next.

    Returns:
        The run of each interval, and (R, 2) the runs from left to right; they may overlap.
    """
    order = np.argsort(intervals.mean(axis=1), kind="stable")
    groups = np.empty(len(order), dtype=np.intp)
    runs: list[list[float]] = []
    for mark in order:
        left, right = intervals[mark]
        if runs:
            shared = min(right, runs[-1][1]) - max(left, runs[-1][0])
            narrower = min(right - left, runs[-1][1] - runs[-1][0])
            if shared > OVERLAP * narrower:
                runs[-1] = [min(left, runs[-1][0]), max(right, runs[-1][1])]
                groups[mark] = len(runs) - 1
                continue
        runs.append([float(left), float(right)])
        groups[mark] = len(runs) - 1
    return groups, np.array(runs)


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


def _stop_behind(
    gaps: list[Gap], frame: Points, runs: NDArray[np.intp], height: float
) -> NDArray[np.bool_]:
    """Return behind which gaps there is but a stop or a comma that belongs to the word."""
    size = np.array([np.ptp(frame[runs == k], axis=0).max() for k in range(len(gaps) + 1)])
    near = np.array([gap.width < MARK_REACH * height for gap in gaps], dtype=np.bool_)
    return np.asarray(near & (size[1:] < MARK * height), dtype=np.bool_)


def choose_cuts(
    gaps: list[Gap], height: float, letters: int, confidence: float = 1.0
) -> NDArray[np.bool_]:
    """Return which gaps part words, by logistic regression (weights: see `CUT`).

    Args:
        gaps: of one line, from left to right.
        height: of its small letters in pixels.
        letters: how many letters the recogniser read in the line.
        confidence: how surely it read them.
    """
    if not gaps:
        return np.zeros(0, dtype=bool)
    features, weights, bias = _measures(gaps, height, letters), CUT, CUT_BIAS
    said = np.array([gap.core for gap in gaps if gap.core is not None])
    if len(said) == len(gaps):
        features = [*features[2:], np.log((1.03 - said) / (said + 0.03))]
        believed = float(np.clip((confidence - READ[0]) / (READ[1] - READ[0]), 0, 1))
        weights, bias = believed * CUT_SEEN + (1 - believed) * CUT_UNREAD, CUT_SEEN_BIAS
    score = bias + sum(w * f for w, f in zip(weights, features, strict=True))
    return np.asarray(score > 0)


def _measures(gaps: list[Gap], height: float, letters: int) -> list[NDArray[np.float64]]:
    """Return the features of each gap that need no network; see `CUT`."""
    width = np.maximum([gap.width for gap in gaps], 0.0)
    blank = np.array([gap.blank for gap in gaps])
    pitch = (gaps[-1].right - gaps[0].left) / max(letters - 2, len(gaps))
    # Halfway between the narrowest gap that is to be a blank and the widest that is not.
    falling = np.sort(width)[::-1]
    wanted = int(blank.sum())
    last_wanted = falling[wanted - 1] if wanted else 1.5 * falling[0]
    middle = 0.5 * (last_wanted + falling[min(wanted, len(falling) - 1)])
    return [
        np.log(width / height + 0.1),
        np.log(width / max(pitch, 0.1 * height) + 0.1),
        blank,
        np.log((width + 0.05 * height) / (middle + 0.05 * height)),
    ]


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
