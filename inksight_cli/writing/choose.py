"""Which pieces of a hand write a word: as long as they come, fitting each other, seldom again.

A piece is a run of letters as they stood together in a word. The cheapest chain of pieces that
spells the text is found letter by letter (Viterbi's search).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from inksight_cli.geometry import Points
from inksight_cli.writing.hand import Hand, Letter

LONGEST = 8
"""Letters of a piece at most; whole words may be longer."""
_TRIED = 6  # pieces of one text
_AHEAD = 0.15  # bodies along a path, over which directions are taken
_PIECE = 1.0  # what a piece costs
_HEIGHT, _TURN = 1.5, 0.5  # a body that ends lie apart; a right angle between their directions
_MIXED, _STRANGE = 1.0, 1.2  # an end that goes on and one that does not; what the writer never does
_INNER = 0.25  # an end within a word that becomes the word's
_DOUBTFUL = 0.35  # a letter that the reader does not know again where it stands alone
_TWICE = 6.0  # a letter as it was written the last time, where there are others
_TRIES = 4  # to spell a word without
_AGAIN, _FADES = 2.0, 40  # what was used just now; letters after which that is forgotten


Place = tuple[int, int]
"""A letter of a hand: its word's number, and its own in the word."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters of a word that stand together: ``hand.words[word][first:first + count]``."""

    word: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class _Ends:
    """How a piece begins and ends: whether it goes on, at which height, and whither."""

    begins: tuple[bool, float, float]
    ends: tuple[bool, float, float]
    initial: bool
    final: bool


class Chooser:
    """Finds pieces of a hand, and remembers what was used.

    Args:
        hand: whose pieces.
        rng: decides between what is alike.
    """

    def __init__(self, hand: Hand, rng: np.random.Generator) -> None:
        self._words, self._rng = hand.words, rng
        self._pieces: dict[str, list[Piece]] = defaultdict(list)
        self._ends: dict[Piece, _Ends] = {}
        self._used: dict[Place, int] = {}
        self._last: dict[str, Place] = {}
        self._shunned: set[Place] = set()
        self._kinds: Counter[str] = Counter()
        self._now = 0
        joined: Counter[tuple[str, str]] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for number, word in enumerate(hand.words):
            self._add(number, word)
            for a, b in pairwise(word):
                self._pairs[a.text, b.text] += 1
                joined[a.text, b.text] += a.after is not None
        usual = (1 + sum(joined.values())) / (2 + sum(self._pairs.values()))
        self._usual = usual
        self._joins = {
            pair: (joined[pair] + 2 * usual) / (total + 2) for pair, total in self._pairs.items()
        }

    def _add(self, number: int, word: Sequence[Letter]) -> None:
        for first in range(len(word)):
            text = ""
            self._kinds[word[first].text] += word[first].good
            for last in range(first, len(word)):
                if not word[last].paths:
                    break
                text += word[last].text
                whole = first == 0 and last == len(word) - 1
                clean = word[first].good and word[last].good
                if whole or (clean and last - first < LONGEST):
                    self._pieces[text].append(Piece(number, first, last - first + 1))

    def choose(self, letters: Sequence[str]) -> list[Piece]:
        """Return the pieces that write a word, all letters of which the hand has.

        No letter is taken from the place where it was taken from the last time, as far as the
        hand has others.
        """
        self._shunned = {self._last[each] for each in letters if each in self._last}
        chain, fewest = [], len(letters) + 1
        for _ in range(_TRIES):
            found = self._cheapest(letters)
            twice = self._twice(found)
            if len(twice) < fewest:
                chain, fewest = found, len(twice)
            if not twice:
                break
            self._shunned |= twice
        self._remember(chain)
        return chain

    def _twice(self, chain: Sequence[Piece]) -> set[Place]:
        """Return places that give a letter twice running though there are others."""
        last, twice = dict(self._last), set()
        for piece in chain:
            for place in _places(piece):
                text = self._words[place[0]][place[1]].text
                if last.get(text) == place and self._kinds[text] > 1:
                    twice.add(place)
                last[text] = place
        return twice

    def _cheapest(self, letters: Sequence[str]) -> list[Piece]:
        at: list[list[Piece]] = [self._from(letters, first) for first in range(len(letters))]
        best: list[tuple[NDArray[np.float64], list[tuple[int, int] | None]]] = []
        ending: list[list[tuple[int, int]]] = [[] for _ in range(len(letters) + 1)]
        for first, pieces in enumerate(at):
            before = ending[first]
            own = np.array([self._cost(piece) for piece in pieces])
            came: list[tuple[int, int] | None] = [None] * len(pieces)
            if first and not before:
                own[:] = np.inf
            elif first:
                worth = np.array([best[f][0][k] for f, k in before])
                steps = np.array([[self._step(at[f][k], b) for f, k in before] for b in pieces])
                total = worth + steps
                which = total.argmin(axis=1)
                own += total[np.arange(len(pieces)), which]
                came = [before[w] for w in which.tolist()]
            else:
                own += [0.0 if self._how(b).initial else _INNER for b in pieces]
            best.append((own, came))
            for k, piece in enumerate(pieces):
                ending[first + piece.count].append((first, k))
        last: tuple[int, int] | None = min(
            ending[-1],
            key=lambda e: best[e[0]][0][e[1]] + (0 if self._how(at[e[0]][e[1]]).final else _INNER),
        )
        chain = []
        while last is not None:
            first, k = last
            chain.append(at[first][k])
            last = best[first][1][k]
        return chain[::-1]

    def _from(self, letters: Sequence[str], first: int) -> list[Piece]:
        """Return pieces that write what follows ``first``, the longest and some of the shorter."""
        found: list[Piece] = []
        for last in range(len(letters), first, -1):
            same = self._pieces.get("".join(letters[first:last]), [])
            if len(same) > _TRIED:
                same = sorted(same, key=self._age, reverse=True)[: 2 * _TRIED]
                same = [same[k] for k in self._rng.permutation(len(same))[:_TRIED]]
            found += same
        return found

    def _age(self, piece: Piece) -> int:
        """Return how long ago the most recently used letter of a piece was written."""
        return self._now - max(self._used.get(place, -(10**6)) for place in _places(piece))

    def _cost(self, piece: Piece) -> float:
        doubtful = sum(not self._words[piece.word][k].good for k in _letters(piece))
        used = max(0.0, 1 - self._age(piece) / _FADES)
        twice = _TWICE * any(
            place in self._shunned and self._kinds[self._words[place[0]][place[1]].text] > 1
            for place in _places(piece)
        )
        return _PIECE + _DOUBTFUL * doubtful + _AGAIN * used + twice

    def _step(self, a: Piece, b: Piece) -> float:
        """Return what it costs to write ``b`` after ``a``."""
        (goes, y, way), (comes, there, whither) = self._how(a).ends, self._how(b).begins
        pair = self._letter(a, -1).text, self._letter(b, 0).text
        chance = self._joins.get(pair, self._usual)
        again = 3 * _AGAIN if a.word == b.word and set(_letters(a)) & set(_letters(b)) else 0.0
        if goes and comes:
            turned = abs((whither - way + np.pi) % (2 * np.pi) - np.pi) / (np.pi / 2)
            return again + _HEIGHT * abs(there - y) + _TURN * turned + _STRANGE * (1 - chance)
        return again + _STRANGE * chance + (_MIXED if goes or comes else 0.0)

    def _letter(self, piece: Piece, which: int) -> Letter:
        return self._words[piece.word][_letters(piece)[which]]

    def _how(self, piece: Piece) -> _Ends:
        known = self._ends.get(piece)
        if known is None:
            known = self._ends[piece] = self._look(piece)
        return known

    def _look(self, piece: Piece) -> _Ends:
        word = self._words[piece.word]
        first, last = self._letter(piece, 0), self._letter(piece, -1)
        begins = (first.before, *_end(first.paths[0][::-1], np.pi))
        ends = (last.after is not None, *_end(last.paths[last.after or 0], 0.0))
        return _Ends(begins, ends, piece.first == 0, piece.first + piece.count == len(word))

    def _remember(self, chain: Sequence[Piece]) -> None:
        for piece in chain:
            for place in _places(piece):
                self._used[place] = self._now
                self._last[self._words[place[0]][place[1]].text] = place
                self._now += 1


def whole_letters(hand: Hand) -> dict[str, list[Letter]]:
    """Return the letters that can be used by themselves."""
    found: dict[str, list[Letter]] = defaultdict(list)
    for word in hand.words:
        for letter in word:
            if letter.paths and (letter.good or len(word) == 1):
                found[letter.text].append(letter)
    return dict(found)


def _places(piece: Piece) -> list[Place]:
    return [(piece.word, k) for k in _letters(piece)]


def _letters(piece: Piece) -> range:
    return range(piece.first, piece.first + piece.count)


def _end(path: Points, turn: float) -> tuple[float, float]:
    """Return the height at which a path ends, and its direction there, turned by ``turn``."""
    away = path[-1] - path
    far = np.hypot(away[:, 0], away[:, 1])
    k = int(np.flatnonzero(far >= min(_AHEAD, float(far.max())))[-1])
    dx, dy = away[k].tolist()
    return float(path[-1, 1]), float(np.arctan2(dy, dx) + turn)
