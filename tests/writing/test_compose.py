"""Pieces of a hand: long ones first, joined where they go on, none twice in a row."""

import itertools

import numpy as np
import pytest

from inksight_cli.writing.choose import Chooser
from inksight_cli.writing.compose import Composer
from inksight_cli.writing.hand import Hand, Letter, Style


def letter(text, x, joined=(False, False), tall=1.0):
    """An arch from x to x + 1; what is joined begins and ends low."""
    path = np.array([[x, 0], [x + 0.2, -tall], [x + 0.8, -tall], [x + 1.0, 0.0]])
    return Letter(text, [path], joined[0], 0 if joined[1] else None)


def word(text, cursive, tall=1.0):
    last = len(text) - 1
    return [
        letter(each, k if cursive else 1.3 * k, (cursive and k > 0, cursive and k < last), tall)
        for k, each in enumerate(text)
    ]


def hand(*words, cursive=False):
    made = [word(text, cursive, 1 + 0.01 * k) for k, text in enumerate(words)]
    return Hand(made, Style(lift=0.3))


def test_the_longest_run_is_taken():
    mine = hand("garden", "gar", "den", "g", "a", "r", "d", "e", "n")
    chosen = Chooser(mine, np.random.default_rng(0)).choose("garden")
    assert [(piece.word, piece.count) for piece in chosen] == [(0, 6)]
    assert Chooser(mine, np.random.default_rng(0)).choose("darn")[-1].count == 1


def test_no_letter_twice_in_a_row_where_there_are_two():
    mine = hand("ab", "ba", "cab", "bac", "a", "b")
    chooser = Chooser(mine, np.random.default_rng(1))
    before = {}
    for text in ["ab", "ba", "aab", "abba", "cab"] * 5:
        places = [
            (piece.word, piece.first + k)
            for piece in chooser.choose(text)
            for k in range(piece.count)
        ]
        for letter, place in zip(text, places, strict=True):
            if letter != "c":
                assert before.get(letter) != place
            before[letter] = place


def test_cursive_is_joined_and_print_is_not():
    rng = np.random.default_rng(0)
    joined = Composer(hand("abx", "xcx", cursive=True), rng).word("abc")
    assert len(joined) == 1
    lifted = Composer(hand("abx", "xcx"), rng).word("abc")
    assert len(lifted) == 3
    gaps = [b[:, 0].min() - a[:, 0].max() for a, b in itertools.pairwise(lifted)]
    assert all(0.1 < gap < 0.7 for gap in gaps)


def test_a_word_begins_at_nought_on_its_line():
    paths = Composer(hand("ab", "b"), np.random.default_rng(0)).word("bab")
    points = np.concatenate(paths)
    assert points[:, 0].min() == pytest.approx(0) and abs(points[:, 1].max()) < 0.05


def test_what_is_written_again_is_a_little_different():
    composer = Composer(hand("a"), np.random.default_rng(0))
    first, second = composer.word("a")[0], composer.word("a")[0]
    assert first.shape == second.shape and 0 < np.abs(first - second).max() < 0.3
