"""A word set in pieces of a hand: side by side, joined where this writer joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from inksight_cli.geometry import Points
from inksight_cli.writing.choose import Chooser, Piece
from inksight_cli.writing.gaps import gap, profiles
from inksight_cli.writing.hand import Hand, Letter
from inksight_cli.writing.join import join

_TOUCH = 0.06  # bodies between ends of which one goes on and the other does not
_UNDER, _MOST_UNDER = 0.35, 0.6  # of the narrower letter, and bodies, that come to lie below
_SHEAR, _SIZE = 0.025, 0.02  # how a letter differs from itself, written again


@dataclass(slots=True)
class Ink:
    """A word's ink on its way.

    Attributes:
        paths: done; open: of them, the one that the pen goes on with.
        last: how wide the last letter is.
    """

    paths: list[Points] = field(default_factory=list)
    open: int | None = None
    last: float = 0.0


class Composer:
    """Writes words.

    Args:
        hand: whose.
        rng: what differs from time to time.
    """

    def __init__(self, hand: Hand, rng: np.random.Generator) -> None:
        self._hand, self._rng = hand, rng
        self.chooser = Chooser(hand, rng)
        self._seen: set[tuple[int, int]] = set()

    def word(self, letters: Sequence[str]) -> list[Points]:
        """Return the paths of a word in bodies: from x = 0, its base line at y = 0.

        Args:
            letters: not empty, all of them known to the hand.
        """
        ink = Ink()
        for piece in self.chooser.choose(letters):
            self._append(ink, piece)
        left = min(float(path[:, 0].min()) for path in ink.paths)
        return [path - np.array([left, 0.0]) for path in ink.paths]

    def _append(self, ink: Ink, piece: Piece) -> None:
        letters = self._hand.words[piece.word][piece.first : piece.first + piece.count]
        paths, goes_on = _whole(letters)
        paths = self._again(paths, piece)
        if not ink.paths:
            ink.paths, ink.open, ink.last = paths, goes_on, _width(letters[-1].paths)
            return
        joins = ink.open is not None and letters[0].before
        lifted = ink.open is None and not letters[0].before
        shift = np.array([self._advance(ink, paths, joins, lifted), 0.0])
        paths = [path + shift for path in paths]
        count = len(ink.paths)
        if joins:
            assert ink.open is not None
            ink.paths[ink.open] = join(ink.paths[ink.open], paths[0])
            at, paths = ink.open, paths[1:]
            if goes_on is not None:
                goes_on = at if goes_on == 0 else count + goes_on - 1
        elif goes_on is not None:
            goes_on += count
        ink.paths += paths
        ink.open, ink.last = goes_on, _width(letters[-1].paths)

    def _advance(self, ink: Ink, paths: list[Points], joins: bool, lifted: bool) -> float:
        """Return how far a piece is moved to stand after what is there."""
        if joins:
            assert ink.open is not None
            return float(ink.paths[ink.open][-1, 0] - paths[0][0, 0])
        wanted = self._hand.style.lift if lifted else _TOUCH
        wanted *= float(np.exp(self._rng.normal(0, 0.2)))
        slant = self._hand.style.slant
        (_, right), (left, _) = profiles(ink.paths, slant), profiles(paths, slant)
        apart = float(left.min() - right.max())
        under = min(_UNDER * min(ink.last, _width(paths)), _MOST_UNDER)
        return wanted - min(gap(right, left), apart + under)

    def _again(self, paths: list[Points], piece: Piece) -> list[Points]:
        """Return a piece as it is the first time, a little otherwise every time after."""
        key = (piece.word, piece.first)
        if key not in self._seen:
            self._seen.add(key)
            return paths
        wide, tall = np.exp(self._rng.normal(0, _SIZE, 2))
        lean = self._rng.normal(0, _SHEAR)
        matrix = np.array([[wide, 0.0], [-lean, tall]])
        return [path @ matrix for path in paths]


def _width(paths: Sequence[Points]) -> float:
    return float(np.ptp(np.concatenate(paths)[:, 0]))


def _whole(letters: Sequence[Letter]) -> tuple[list[Points], int | None]:
    """Return the paths of letters that stood together, and which of them goes on after them."""
    paths: list[Points] = []
    going: int | None = None
    for letter in letters:
        own, shift = list(letter.paths), len(paths)
        taken = going is not None and letter.before
        if taken:
            assert going is not None
            paths[going] = np.concatenate([paths[going], own[0][1:]])
            own = own[1:]
        paths += own
        after = letter.after
        if after is None:
            going = None
        elif taken:
            going = going if after == 0 else shift + after - 1
        else:
            going = shift + after
    return paths, going
