"""Lines of Chinese, Japanese and Korean cut to characters: a word for each, with its text.

The recogniser says which characters a line has and roughly where; the ink says where one may
end; and all of them are about as wide as the line is high. The best way through the three is
found by dynamic programming. Words and numbers in other scripts stay whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inksight_cli.detectors.embedded.reading import RawLine
from inksight_cli.scripts import SQUARED, script_of

NARROW, MARK = 0.5, 0.3  # of a square: how wide a letter, and a full stop, are
WIDEST, WIDER = 0.95, 0.2  # squares: a character is hardly wider, and by so much at most
PEN = 0.1  # of a square: how thick strokes are
WHITE = 0.12  # of a square: white as wide as this parts characters as well as any
THROUGH = 1.5  # pens of ink: a cut through more is none
INK, TIGHT = 2.0, 0.6  # what a cut costs through a pen of ink, and where white is narrow
UNREAD, LOST = 3.0, 5.0  # what ink without a character costs, and a character without ink
ASIDE = 0.3  # of a square: so far the recogniser is off, half of the time
FIRM = 0.8  # share of a mark from which it is a character's whole


@dataclass(frozen=True, slots=True)
class Token:
    """A character, or a run of letters or digits that is one word.

    Attributes:
        text: what it says.
        place: where its middle is along the line, pixels.
        width: how wide it should be, in squares.
        square: whether it is a character in a square.
    """

    text: str
    place: float
    width: float
    square: bool


def tokens_of(line: RawLine, places: NDArray[np.float64]) -> list[Token]:
    """Return a line's characters, with neighbouring letters and digits joined to words."""
    groups: list[list[int]] = []
    for k, (letter, _) in enumerate(line.characters):
        joined = groups and not line.breaks[k] and _wordlike(letter)
        if joined and _wordlike(line.characters[groups[-1][-1]][0]):
            groups[-1].append(k)
        else:
            groups.append([k])
    return [
        _token("".join(line.characters[k][0] for k in group), float(places[group].mean()))
        for group in groups
    ]


def _wordlike(letter: str) -> bool:
    return (letter.isalnum() and script_of(letter) not in SQUARED) or letter in "'-./:,%&@"


def _token(text: str, place: float) -> Token:
    square = script_of(text[0]) in SQUARED
    each = 1.0 if square else NARROW if text[0].isalnum() else MARK
    return Token(text, place, each * len(text), square)


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Where a line may be cut, from its left end to its right end.

    Attributes:
        at: (C,) pixels along the line.
        cost: (C,) what a cut there costs.
        left, right: (C,) where the first ink after it, and the last before it, is.
    """

    at: NDArray[np.float64]
    cost: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]


def possible_cuts(along: NDArray[np.float64], square: float) -> Cuts:
    """Return the places where a line with ink at ``along`` (N,) may be cut."""
    low = np.floor(along.min())
    count = np.bincount((along - low).astype(np.intp)) / (PEN * square)
    inked = np.flatnonzero(count)
    at, cost = [0.0], [0.0]
    for k, (before, after) in enumerate(pairwise(inked.tolist())):
        white = after - before - 1
        if white:
            at.append((before + after + 1) / 2)
            cost.append(TIGHT * max(0.0, 1 - white / (WHITE * square)))
        elif k > 0 and count[after] <= THROUGH and _is_dip(count, after):
            at.append(after + 0.5)
            cost.append(TIGHT + INK * float(count[after]))
    at.append(len(count) + 0.0)
    cost.append(0.0)
    places = np.array(at)
    behind = np.searchsorted(inked + 0.5, places)
    left = inked[np.minimum(behind, len(inked) - 1)] + 0.0
    right = inked[np.maximum(behind - 1, 0)] + 1.0
    return Cuts(places + low, np.array(cost), left + low, right + low)


def _is_dip(count: NDArray[np.float64], k: int) -> bool:
    """Whether there is no less ink just before and just after a column."""
    around = count[max(k - 2, 0) : k + 3]
    return bool(count[k] <= around.min())


def square_of(tokens: Sequence[Token], across: NDArray[np.float64]) -> float:
    """Return the side of a line's squares in pixels, from its characters' distances or height."""
    steps = [b.place - a.place for a, b in pairwise(tokens) if a.square and b.square]
    low, high = np.quantile(across, (0.01, 0.99))
    height = max(float(high - low), 4.0)
    if len(steps) < 3:
        return height
    return float(np.clip(np.median(steps), 0.6 * height, 1.6 * height))


def shared_out(
    tokens: Sequence[Token], cuts: Cuts, square: float, sure: float
) -> list[tuple[float, float, str]]:
    """Return from where to where each character's ink is, with its text ("": it was not read).

    Args:
        tokens: the line's.
        cuts: the line's.
        square: the side of a character's square.
        sure: how far the recogniser can be believed, 0..1.
    """
    count, many = len(cuts.at), len(tokens)
    best = np.full((count, many + 1), np.inf)
    best[0] = LOST * np.arange(many + 1)
    back: dict[tuple[int, int], tuple[int, int]] = {(0, k): (0, k - 1) for k in range(1, many + 1)}
    for j in range(1, count):
        width = cuts.right[j] - cuts.left[:j]
        middle = (cuts.right[j] + cuts.left[:j]) / 2
        unread = UNREAD * np.maximum(1.0, width / square) + _too_wide(width / square, WIDEST)
        for k in range(many + 1):
            ways = [best[:j, k] + unread]
            if k:
                fits = _fits(tokens[k - 1], width, middle, square, sure)
                ways.append(best[:j, k - 1] + fits)
            at = int(np.argmin(np.concatenate(ways)))
            best[j, k] = np.concatenate(ways)[at] + cuts.cost[j]
            back[j, k] = (at % j, k - at // j)
            if k and best[j, k - 1] + LOST < best[j, k]:
                best[j, k], back[j, k] = best[j, k - 1] + LOST, (j, k - 1)
    return _traced(tokens, cuts, back)


def _traced(
    tokens: Sequence[Token], cuts: Cuts, back: dict[tuple[int, int], tuple[int, int]]
) -> list[tuple[float, float, str]]:
    spans: list[tuple[float, float, str]] = []
    j, k, loose = len(cuts.at) - 1, len(tokens), ""
    while (j, k) in back:
        i, before = back[j, k]
        text = tokens[before].text if before != k else ""
        if i == j:  # a character without ink is said along with the one before it
            loose = text + loose
        else:
            spans.append((float(cuts.at[i]), float(cuts.at[j]), text + loose))
            loose = ""
        j, k = i, before
    spans.reverse()
    start, end, text = spans[0]
    return [(start, end, loose + text), *spans[1:]]


def _fits(
    token: Token,
    width: NDArray[np.float64],
    middle: NDArray[np.float64],
    square: float,
    sure: float,
) -> NDArray[np.float64]:
    """Return what it costs to take ink of such widths and middles for a token."""
    share = width / square
    reach = ASIDE + (0.0 if token.square else 0.25 * token.width)
    off = np.minimum(((token.place - middle) / (reach * square)) ** 2, 9.0)
    if token.square:
        return sure * off + _too_wide(share, WIDEST)
    return sure * off + ((share - token.width) / (0.35 * token.width + 0.2)) ** 2


def _too_wide(share: NDArray[np.float64], most: float) -> NDArray[np.float64]:
    return np.asarray((np.maximum(share - most, 0.0) / WIDER) ** 2)


def members(
    along: NDArray[np.float64], marks: NDArray[np.intp], spans: Sequence[tuple[float, float, str]]
) -> NDArray[np.intp]:
    """Return the span each pixel (N,) belongs to; marks that lie in one almost whole stay whole."""
    ends = np.array([end for _, end, _ in spans[:-1]])
    mine = np.searchsorted(ends, along, side="right")
    _, number = np.unique(marks, return_inverse=True)
    share = np.zeros((int(number.max()) + 1, len(spans)))
    np.add.at(share, (number, mine), 1.0)
    share /= share.sum(axis=1, keepdims=True)
    whole = share.max(axis=1) >= FIRM
    return np.asarray(np.where(whole[number], share.argmax(axis=1)[number], mine), dtype=np.intp)
