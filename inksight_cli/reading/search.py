"""Prefix search (Graves 2006): the likeliest texts of columns of scores, perhaps of a language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, inf, log1p

import numpy as np
from numpy.typing import NDArray

from inksight_cli.reading.language import Language, is_letter

BEAMS = 12
_CUT = -7.0  # log-probability below which a symbol is not tried in a column
WEIGHT, BONUS = 0.65, 2.2  # chosen on UNIPEN's held-out writers
CASE = 1.5  # what a capital amid small letters costs

Prefix = tuple[int, ...]
_Ends = dict[Prefix, tuple[float, float]]
"""Log-probabilities that a text's last column is a blank, and that it is its last symbol."""


@dataclass(frozen=True)
class Expecting:
    """A language, in the numbers of a network's symbols.

    Attributes:
        language: tells how likely a letter is.
        symbols: what number k + 1 stands for.
        weight: of the language beside the looks.
        bonus: what any letter is worth, for a language takes from every letter.
    """

    language: Language
    symbols: str
    weight: float = WEIGHT
    bonus: float = BONUS

    @cached_property
    def _lower(self) -> list[str]:
        """Letters and marks in lower case, "" for all other symbols."""
        return ["", *(c.lower() if is_letter(c) else "" for c in self.symbols)]

    @cached_property
    def _capital(self) -> list[bool]:
        return [False, *(c.isupper() for c in self.symbols)]

    def grown(self, state: State, number: int) -> State:
        """Return the state of a text with one symbol more."""
        letter = self._lower[number]
        if not letter:
            return State(self.ended(state), "")
        worth = self.weight * (self.language.chance(state.word, letter) + self.bonus)
        if self._capital[number] and state.word and not state.capital:
            worth -= CASE
        return State(state.worth + worth, state.word + letter, self._capital[number])

    def worth(self, numbers: Sequence[int]) -> float:
        """Return what the language thinks of a text in the network's numbers."""
        state = State()
        for number in numbers:
            state = self.grown(state, number)
        return self.ended(state)

    def ended(self, state: State) -> float:
        """Return the worth of a text that ends here, or whose word does."""
        end = self.language.chance(state.word, "") if state.word else 0.0
        return state.worth + self.weight * end


@dataclass(frozen=True, slots=True)
class State:
    """What a language thinks of a text so far: its worth; of the word at its end, the letters."""

    worth: float = 0.0
    word: str = ""
    capital: bool = False


def _plus(a: float, b: float) -> float:
    """Log of the sum of two numbers given by their logs."""
    if a < b:
        a, b = b, a
    return a if b == -inf else a + log1p(exp(b - a))


def search(
    scores: NDArray[np.float32], beams: int = BEAMS, expecting: Expecting | None = None
) -> dict[Prefix, tuple[float, float]]:
    """Return the likeliest prefixes: the log-probability of each, and what a language adds.

    Args:
        scores: (columns, symbols + 1) log-probabilities; the first is CTC's blank.
        beams: prefixes kept after every column.
        expecting: what is read; None: anything.
    """
    kept: _Ends = {(): (0.0, -inf)}
    states: dict[Prefix, State] = {(): State()}
    for column in scores.astype(np.float64):
        grown = _grown(kept, column)
        for prefix in grown:
            if prefix not in states:
                before = states[prefix[:-1]]
                states[prefix] = expecting.grown(before, prefix[-1]) if expecting else before
        worth = {prefix: _plus(*ends) + states[prefix].worth for prefix, ends in grown.items()}
        best = sorted(worth, key=worth.__getitem__, reverse=True)[:beams]
        kept = {prefix: grown[prefix] for prefix in best}
        states = {prefix: states[prefix] for prefix in best}
    ends = {
        prefix: expecting.ended(state) if expecting else 0.0 for prefix, state in states.items()
    }
    return {prefix: (_plus(*kept[prefix]), ends[prefix]) for prefix in kept}


def _grown(kept: _Ends, column: NDArray[np.float64]) -> _Ends:
    """Return prefixes after one column more: ended in a blank, and open in their last symbol."""
    chances = column.tolist()
    likely = (1 + np.flatnonzero(column[1:] > _CUT)).tolist()
    ended: dict[Prefix, float] = defaultdict(lambda: -inf)
    open_: dict[Prefix, float] = defaultdict(lambda: -inf)
    for prefix, (closed, going) in kept.items():
        whole = _plus(closed, going)
        ended[prefix] = _plus(ended[prefix], whole + chances[0])
        last = prefix[-1] if prefix else 0
        if last:
            open_[prefix] = _plus(open_[prefix], going + chances[last])
        for number in likely:
            longer = (*prefix, number)
            before = closed if number == last else whole
            open_[longer] = _plus(open_[longer], before + chances[number])
    return {prefix: (ended[prefix], open_[prefix]) for prefix in [*ended, *open_]}
