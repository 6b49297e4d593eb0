"""Words that lost ink are told, whoever lost it."""

from dataclasses import replace

import numpy as np
import pytest

from inksight_cli.document import LOST, Line, Quality, Stroke, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.refine.lost import flag_lost, sentence
from tests.drawing import pen
from tests.helpers.inked import ink_of
from tests.helpers.written_pages import cursive

SHAPE = (80, 900)
STARTS = (20, 240, 460, 680)


def page(drawn=STARTS, text="garden", masked=STARTS):
    """Return a line of four words, and the ink: all are in the picture, some lost their strokes."""
    strokes = {x: cursive(x, 60, 160, 40, 9) for x in STARTS}
    words = []
    for x, path in strokes.items():
        own = [Stroke(path, np.full(len(path), 3.0))] if x in drawn else []
        box = Quad.from_box(Box(x - 15, 15, x + 180, 65))
        words.append(Word(box, text, 0.9, own, quality=Quality(1.0, 1.0, 0.0)))
    seen = pen(list(strokes.values()), SHAPE, 3.0)
    pixels = np.full((*SHAPE, 3), 250, np.uint8)
    pixels[seen] = 30
    ink = ink_of(pen([strokes[x] for x in masked], SHAPE, 3.0), pixels, 3.0)
    line = Line(words, Quad.from_box(Box(5, 15, 880, 65)))
    return [line], replace(ink, strength=(seen * 220).astype(np.uint8))


def test_words_with_all_their_ink_are_not_doubted():
    assert flag_lost(*page()) == []


@pytest.mark.parametrize("text", ["garden", ""])
def test_a_word_whose_ink_the_mask_lost_is_told_whether_it_was_read_or_not(text):
    left = STARTS[:1] + STARTS[2:]
    lines, ink = page(drawn=left, text=text, masked=left)
    lost = flag_lost(lines, ink)
    assert lost == [lines[0].words[1]]
    assert lost[0].quality.flags == (LOST,)


def test_a_word_that_was_read_and_has_hardly_a_stroke_is_told():
    lines, ink = page()
    word = lines[0].words[2]
    word.strokes = [Stroke(word.strokes[0].points[:20], np.full(20, 3.0))]
    assert flag_lost(lines, ink) == [word]


def test_an_unsure_reading_says_nothing_about_how_much_ink_there_should_be():
    lines, ink = page()
    lines[0].words[2].text = "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
    lines[0].words[2].confidence = 0.2
    assert flag_lost(lines, ink) == []


def test_the_sentence_names_some_of_the_words():
    lines, _ = page()
    words = lines[0].words
    assert sentence(words[:1]) == "1 word seems to have lost ink: garden"
    assert sentence(words * 2) == (
        "8 words seem to have lost ink: garden, garden, garden, garden, garden, ..."
    )


def test_a_long_reading_wants_more_ink_than_a_short_one():
    lines, ink = page()
    lines[0].words[2].text = "garden" * 3
    lines[0].words[1].text = "gar"
    assert flag_lost(lines, ink) == [lines[0].words[2]]


def test_a_dark_speck_is_no_lost_word():
    """Less than a letter's worth of ink, however little else is drawn."""
    lines, ink = page(drawn=STARTS[:3], masked=STARTS[:3], text="")
    ink.strength[:, 650:] = 0
    ink.strength[30:40, 700:710] = 220
    assert flag_lost(lines, ink) == []
    ink.strength[20:60, 700:760] = 220
    assert flag_lost(lines, ink) == [lines[0].words[3]]
