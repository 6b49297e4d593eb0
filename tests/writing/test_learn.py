"""A real page cut into letters."""

import numpy as np

from inksight_cli.polylines import path_length
from inksight_cli.reading.drawing import draw
from inksight_cli.reading.page import framed
from inksight_cli.writing.align import align
from inksight_cli.writing.cut import cut


def test_no_ink_is_lost_and_none_is_twice(page, model):
    line = page.lines[2]
    for word, (strokes, at) in zip(line.words, framed(line), strict=True):
        (scores,) = model.read([draw(strokes, at)])
        letters = cut(strokes, at, align(scores, model.symbols, word.text))
        assert [letter.text for letter in letters] == list(word.text)
        whole = sum(path_length(stroke) for stroke in strokes) * at.scale
        parts = sum(path_length(path) for letter in letters for path in letter.paths)
        assert abs(parts - whole) < 0.03 * whole
        goes, comes = ([getattr(letter, n) for letter in letters] for n in ("after", "before"))
        assert goes[-1] is None and not comes[0]


def test_letters_stand_on_the_base_line(hand):
    small = [
        np.concatenate(letter.paths)[:, 1]
        for word in hand.words
        for letter in word
        if letter.good and letter.text in "aceimnorsuvwxz"
    ]
    assert len(small) > 60
    bottoms, tops = [y.max() for y in small], [y.min() for y in small]
    assert abs(np.median(bottoms)) < 0.1 and np.std(bottoms) < 0.2
    assert -1.25 < np.median(tops) < -0.85


def test_style_is_the_pages(hand, page):
    style = hand.style
    assert 0.1 < style.slant < 0.6  # it leans to the right
    assert 2 < style.leading < 6 and 0.5 < style.blank < 3
    assert style.color == max(
        (s.color for s in page.strokes), key=[s.color for s in page.strokes].count
    )
    assert hand.name == "Vera" and len(hand.words) >= 45


def test_most_letters_are_known_again(hand):
    letters = [letter for word in hand.words for letter in word]
    assert np.mean([letter.good for letter in letters]) > 0.75
