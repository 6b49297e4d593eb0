"""The words of a page: who is believed, and that nothing is read where nothing is written."""

import numpy as np
import pytest

from inksight_cli.document import Line, Page, Stroke, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.reading.network import SHIPPED, read_model
from inksight_cli.reading.page import read_page


@pytest.fixture(scope="module")
def shipped():
    return read_model(SHIPPED)


def ell(x=0.0):
    """The strokes of an L, a T and an O, 30 high."""
    turn = np.linspace(0, 2 * np.pi, 30)
    return [
        np.array([[x, 0], [x, 30], [x + 16, 30]], float),
        np.array([[x + 24, 0], [x + 46, 0]], float),
        np.array([[x + 35, 0], [x + 35, 30]], float),
        np.stack([x + 63 + 11 * np.sin(turn), 15 - 15 * np.cos(turn)], axis=1),
    ]


def page_of(*words):
    quads = [Quad.from_box(Box(0, 0, 80, 30)) for _ in words]
    for word, quad in zip(words, quads, strict=True):
        word.quad = quad
    return Page(width=100, height=60, lines=[Line(list(words), quads[0])])


def word(text="", confidence=None, strokes=()):
    return Word(
        Quad.from_box(Box(0, 0, 80, 30)),
        text=text,
        confidence=confidence,
        strokes=[Stroke(points) for points in strokes],
    )


def test_the_shipped_reader_reads_letters(shipped):
    each = word(strokes=ell())
    read_page(page_of(each), shipped)
    assert each.text.upper() in ("LTO", "LT0")
    assert len(each.characters) == 3


def test_who_is_likelier_is_believed(shipped):
    sure, unsure, foreign = (
        word("LTo", 1.0, ell()),
        word("gone", 0.01, ell()),
        word("你好", 0.01, ell()),
    )
    read_page(page_of(sure, unsure, foreign), shipped, beside=True)
    assert sure.text == "LTo"
    assert unsure.text != "gone"
    assert foreign.text == "你好"


def test_a_word_without_strokes_says_nothing(shipped):
    empty = word()
    read_page(page_of(empty), shipped)
    assert (empty.text, empty.strokes) == ("", [])
