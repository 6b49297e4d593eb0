"""A reader's file, batches that do not matter, and pages read."""

import numpy as np
import pytest

from inksight_cli.document import Line, Page, Stroke, Word
from inksight_cli.errors import ModelError, UnreadableInputError, UsageError
from inksight_cli.geometry import Box, Quad
from inksight_cli.reading.lexicon import Lexicon
from inksight_cli.reading.network import read_model
from inksight_cli.reading.page import Spelling, drawn, read_page


def written(left, turn=0.0):
    """A word of two uprights some way apart, its quad turned by ``turn``."""
    c, s = np.cos(turn), np.sin(turn)
    matrix = np.array([[c, s], [-s, c]])
    bars = [np.array([[left + x, 10.0], [left + x, 60.0]]) for x in (5, 65)]
    corners = Quad.from_box(Box(left, 5, left + 70, 65)).points @ matrix
    strokes = [Stroke(bar @ matrix) for bar in bars]
    return Word(Quad.from_points(corners), strokes=strokes)


def page_of(*words):
    return Page(400, 100, [Line(list(words), words[0].quad)])


def test_words_are_read_and_those_without_ink_are_left(model):
    blank = Word(Quad.from_box(Box(200, 0, 250, 60)), "kept")
    page = page_of(written(10), blank)
    read_page(page, model)
    first = page.lines[0].words[0]
    assert (first.text, blank.text) == ("aa", "kept")
    assert len(first.characters) == 2
    assert first.confidence == pytest.approx(np.mean(first.characters))
    assert first.alternatives == ()


def test_words_are_levelled_before_they_are_read(model):
    straight, turned = page_of(written(10)), page_of(written(10, 0.6))
    a, b = drawn(straight.lines[0])[0], drawn(turned.lines[0])[0]
    assert a.shape == b.shape
    assert np.abs(a.astype(int) - b).mean() < 2


def test_alternatives_come_best_first(model):
    page = page_of(written(10))
    read_page(page, model, Spelling(alternatives=4))
    (word,) = page.words
    assert word.alternatives[0][0] == word.text
    assert 1 < len(word.alternatives) <= 4
    shares = [share for _, share in word.alternatives]
    assert shares == sorted(shares, reverse=True)


def test_the_other_words_of_a_batch_do_not_matter(model):
    rng = np.random.default_rng(0)
    drawings = [(rng.random((40, int(w))) * 255).astype(np.uint8) for w in rng.integers(9, 300, 40)]
    together = model.read(drawings)
    for drawing, scores in zip(drawings, together, strict=True):
        assert np.array_equal(model.read([drawing])[0], scores)
        assert len(scores) == -(-drawing.shape[1] // 4)


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_what_is_no_reader_is_told(tmp_path, content):
    (tmp_path / "reader.npz").write_bytes(content)
    with pytest.raises(ModelError, match="not a reader"):
        read_model(tmp_path)
    with pytest.raises(ModelError, match="not a reader"):
        read_model(tmp_path / "missing")


def test_a_list_of_words(tmp_path):
    place = tmp_path / "words.txt"
    place.write_text("Zürich\nabc\n\n", "utf-8")
    known = Lexicon.read(place)
    assert known("zürich,") > 0
    assert known("zurich") == 0
    place.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        Lexicon.read(place)
    place.write_text("\n \n")
    with pytest.raises(UsageError, match="no words"):
        Lexicon.read(place)
    with pytest.raises(UnreadableInputError):
        Lexicon.read(tmp_path / "missing")
