"""The white between the parts of a line: which of it parts words.

The recogniser tells roughly where it read blanks, the network where it sees words, and the ink how
wide the white is: for its letters, for its line, and for what the page has between words and inside
them elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points

# Fitted on lines of 200 UNIPEN writers, checked on 100 others; log(gap / letter height), log(gap /
# letter pitch), blank read here, log(gap / the line's own watershed).
CUT, CUT_BIAS = np.array([1.1, 0.75, 2.9, 2.1]), 0.6
# Where the network was asked: blank read here, log(gap / the line's own watershed), log odds of
# its least core probability, how much rather this is the page's white between words (`Spaces`).
# Fitted on 32 composed pages of writers that the network learned from, checked on 44 pages of
# others. What was read counts as much as the reading can be believed.
CUT_SEEN, CUT_SEEN_BIAS = np.array([1.97, 1.85, 0.66]), -0.28
CUT_KNOWN, CUT_KNOWN_BIAS = np.array([1.85, 1.1, 0.53, 0.8]), -0.15
READ = (0.5, 0.85)  # a line read with less confidence is not believed; with more, altogether
MARK, MARK_REACH = 0.7, 1.2  # of the letter height: size of a stop, how far behind its word
FLAT, FLAT_REACH = 0.7, 0.2  # of the letter height: what is no letter, and touches its word
THIN, CLEAR = 0.6, 2.0  # of the letter height: what is thinner is a word beside clear white only
SURE = 1.5  # log odds from which on a gap tells what white the page has
# Of log(gap / letter height + 0.1), between words and inside them, on those composed pages: mean
# and variance; a page begins with `WEIGHT` gaps of each.
BETWEEN, INSIDE, WEIGHT = (0.04, 0.31), (-0.97, 0.37), 3
FEW = 30  # so many gaps of each are worth half of what many are
MOST = 2.5  # of the log odds that width alone may give
HALF = 0.5
"""How far the network is believed in scripts that it has not learned: chosen on pages in eight
fonts of Hebrew, Arabic, Devanagari and Bengali, words parted wrongly or not 91 -> 42
of 269; by width alone 143."""
_ROUNDS = 15  # in which gaps find their bell


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


@dataclass(frozen=True, slots=True)
class LineGaps:
    """The gaps of one line from left to right.

    Attributes:
        gaps: the white between neighbouring runs of ink.
        height: of the line's small letters in pixels.
        letters: how many letters the recogniser read in the line.
        confidence: how surely it read them.
        strange: whether it is in a script that is not read, nor known to the network.
    """

    gaps: list[Gap]
    height: float
    letters: int
    confidence: float = 1.0
    strange: bool = False

    @property
    def widths(self) -> NDArray[np.float64]:
        """log(width / letter height + 0.1) of every gap."""
        width = np.maximum([gap.width for gap in self.gaps], 0.0)
        return np.asarray(np.log(width / self.height + 0.1), dtype=np.float64)

    @property
    def seen(self) -> bool:
        """Whether the network was asked about every gap."""
        return all(gap.core is not None for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Spaces:
    """How wide a page's white is.

    Attributes:
        between, inside: mean and variance of `LineGaps.widths`, between words and inside them.
        known: 0..1, how much that says: a drawing's few gaps in several scripts tell little.
    """

    between: tuple[float, float]
    inside: tuple[float, float]
    known: float

    @classmethod
    def of(cls, lines: Sequence[LineGaps]) -> Spaces:
        """Learn them from the gaps of a page that are surely one or the other."""
        asked = [line for line in lines if line.gaps and line.seen]
        scores = np.concatenate([np.zeros(0), *(_score(line, None) for line in asked)])
        widths = np.concatenate([np.zeros(0), *(line.widths for line in asked)])
        between, inside = widths[scores > SURE], widths[scores < -SURE]
        least = min(len(between), len(inside))
        return cls(_usual(between, BETWEEN), _usual(inside, INSIDE), least / (least + FEW))

    @classmethod
    def by_width(cls, lines: Sequence[LineGaps]) -> Spaces:
        """Learn them from how wide the gaps are alone: two bells, each gap in one of them.

        For scripts of which the recogniser reads nothing and the network has learned no words.
        """
        widths = np.concatenate([np.zeros(0), *(line.widths for line in lines)])
        spaces = cls(BETWEEN, INSIDE, 1.0)
        for _ in range(_ROUNDS):
            share = 1 / (1 + np.exp(-spaces.odds(widths)))
            spaces = cls(_usual(widths, BETWEEN, share), _usual(widths, INSIDE, 1 - share), 1.0)
        return spaces

    def odds(self, widths: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log odds that white of such ``widths`` is between words, up to `MOST`."""
        (far, far_spread), (near, near_spread) = self.between, self.inside
        odds = 0.5 * (
            (widths - near) ** 2 / near_spread
            - (widths - far) ** 2 / far_spread
            + np.log(near_spread / far_spread)
        )
        # Beyond both means the wider of the two bells would win again.
        odds = np.where(widths > far, np.maximum(odds, 0), odds)
        odds = np.where(widths < near, np.minimum(odds, 0), odds)
        return np.asarray(np.clip(odds, -MOST, MOST) * self.known)


def _usual(
    widths: NDArray[np.float64],
    before: tuple[float, float],
    share: NDArray[np.float64] | None = None,
) -> tuple[float, float]:
    """Return mean and variance of widths, as far as each counts (``share``, 0..1; None: wholly)."""
    share = np.ones(len(widths)) if share is None else share
    count = float(share.sum()) + WEIGHT
    mean = float((share * widths).sum() + WEIGHT * before[0]) / count
    spread = float((share * (widths - mean) ** 2).sum())
    return mean, (spread + WEIGHT * before[1]) / count


def choose_cuts(line: LineGaps, spaces: Spaces | None = None) -> NDArray[np.bool_]:
    """Return which gaps of a line part words, by logistic regression (weights: see `CUT`).

    Args:
        line: its gaps.
        spaces: the page's white, where it is known.
    """
    return _score(line, spaces) > 0 if line.gaps else np.zeros(0, dtype=np.bool_)


def _score(line: LineGaps, spaces: Spaces | None) -> NDArray[np.float64]:
    """Return the log odds that each gap (at least one) parts words."""
    if line.strange and spaces:
        return spaces.odds(line.widths) + (HALF * _split(line) if line.seen else 0.0)
    features, weights, bias = _measures(line), CUT, CUT_BIAS
    if line.seen:
        believed = float(np.clip((line.confidence - READ[0]) / (READ[1] - READ[0]), 0, 1))
        features = [believed * feature for feature in features[2:]]
        features.append(_split(line))
        weights, bias = CUT_SEEN, CUT_SEEN_BIAS
        if spaces:
            features.append(spaces.odds(line.widths))
            weights, bias = CUT_KNOWN, CUT_KNOWN_BIAS
    return np.asarray(bias + sum(w * f for w, f in zip(weights, features, strict=True)))


def _split(line: LineGaps) -> NDArray[np.float64]:
    """Return the log odds that the network gives that a word ends in each gap."""
    said = np.array([gap.core for gap in line.gaps], dtype=np.float64)
    return np.asarray(np.log((1.03 - said) / (said + 0.03)), dtype=np.float64)


def _measures(line: LineGaps) -> list[NDArray[np.float64]]:
    """Return the features of each gap that need no network; see `CUT`."""
    gaps, height, letters = line.gaps, line.height, line.letters
    width = np.maximum([gap.width for gap in gaps], 0.0)
    blank = np.array([gap.blank for gap in gaps])
    pitch = (gaps[-1].right - gaps[0].left) / max(letters - 2, len(gaps))
    # Halfway between the narrowest gap that is to be a blank and the widest that is not.
    falling = np.sort(width)[::-1]
    wanted = int(blank.sum())
    last_wanted = falling[wanted - 1] if wanted else 1.5 * falling[0]
    middle = 0.5 * (last_wanted + falling[min(wanted, len(falling) - 1)])
    return [
        line.widths,
        np.log(width / max(pitch, 0.1 * height) + 0.1),
        blank,
        np.log((width + 0.05 * height) / (middle + 0.05 * height)),
    ]


def stop_behind(
    gaps: list[Gap], frame: Points, runs: NDArray[np.intp], height: float
) -> NDArray[np.bool_]:
    """Return behind which gaps there is but a stop or a comma that belongs to the word."""
    size = np.array([np.ptp(frame[runs == k], axis=0).max() for k in range(len(gaps) + 1)])
    near = np.array([gap.width < MARK_REACH * height for gap in gaps], dtype=np.bool_)
    return np.asarray(near & (size[1:] < MARK * height), dtype=np.bool_)


def lone_strokes(
    line: LineGaps, widths: NDArray[np.float64], cuts: NDArray[np.bool_], spaces: Spaces | None
) -> NDArray[np.bool_]:
    """Return the cuts without those that leave a thin stroke alone where no blank was read.

    The last letter of "school" stands apart more often than an "l" is a word.

    Args:
        line: its gaps.
        widths: of the runs between them, pixels.
        cuts: which gaps part words.
        spaces: the page's white, where it is known.
    """
    kept = cuts.copy()
    if not cuts.any():
        return kept
    odds = np.where([gap.blank > 0 for gap in line.gaps], np.inf, _score(line, spaces))
    beside = np.pad(odds, 1, constant_values=np.inf)
    for k in np.flatnonzero(widths < THIN * line.height):
        alone = np.pad(kept, 1, constant_values=True)[k : k + 2].all()
        gap = int(k) - 1 + int(beside[k : k + 2].argmin())
        if alone and beside[gap + 1] < CLEAR:
            kept[gap] = False
    return kept


def flat_end(
    gaps: list[Gap], frame: Points, runs: NDArray[np.intp], height: float
) -> NDArray[np.bool_]:
    """Return beside which gaps there is but a flat stroke that its word touches: the pen's way out.

    A dash stands apart on both sides.
    """
    flat = np.array(
        [np.ptp(frame[runs == k, 1]) < FLAT * height for k in range(len(gaps) + 1)], dtype=np.bool_
    )
    width = np.array([np.inf, *(gap.width for gap in gaps), np.inf])
    joined = np.zeros(len(gaps), dtype=np.bool_)
    for k in np.flatnonzero(flat & (np.minimum(width[:-1], width[1:]) < FLAT_REACH * height)):
        joined[k - 1 if width[k] <= width[k + 1] else k] = True
    return joined
