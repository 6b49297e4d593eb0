"""A word drawn again is the word as the page was drawn, and its neighbours keep their ink."""

import numpy as np
import pytest

from inksight_cli.api import open_derenderer
from inksight_cli.document import Word
from inksight_cli.errors import UnreadableInputError
from inksight_cli.geometry import Box, Quad
from inksight_cli.pages.load import load_pages
from inksight_cli.viewer.redraw import Ask, Redrawer, parse_ask
from tests.test_example import PAGE


@pytest.fixture(scope="module")
def image():
    return next(load_pages(PAGE))


@pytest.fixture(scope="module")
def redrawer():
    return Redrawer(lambda: open_derenderer(detector="whole"))


def ink_of(strokes):
    return np.concatenate([np.asarray(stroke["points"]) for stroke in strokes])


@pytest.mark.parametrize("index", [0, 10, 40])
def test_the_same_box_gives_the_same_ink(example, image, redrawer, index):
    words = list(example.pages[0].words)
    made = redrawer.draw(image, Ask(words, index))
    before = np.concatenate([stroke.points for stroke in words[index].strokes])
    now = ink_of(made["strokes"])
    assert now.min(axis=0) == pytest.approx(before.min(axis=0), abs=1.5)
    assert now.max(axis=0) == pytest.approx(before.max(axis=0), abs=1.5)
    assert made["quality"]["ink_explained"] > 0.9
    far = np.hypot(*(now[:, None] - before[None]).transpose(2, 0, 1)).min(axis=1)
    assert np.percentile(far, 90) < 4  # the eyes see the cut-out anew, enlarged


def test_a_smaller_box_gives_less_ink(example, image, redrawer):
    words = list(example.pages[0].words)
    box = words[0].box
    half = Box(box.left, box.top, (box.left + box.right) / 2, box.bottom)
    words[0] = Word(Quad.from_box(half), "Gar")
    made = ink_of(redrawer.draw(image, Ask(words, 0))["strokes"])
    assert made[:, 0].max() < box.right - 20


def test_a_box_beside_the_page_is_told(image, redrawer):
    beside = Quad.from_box(Box(9000, 9000, 9100, 9100))
    with pytest.raises(UnreadableInputError, match="beside the page"):
        redrawer.draw(image, Ask([Word(beside)], 0))


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {"words": [], "word": 0},
        {"words": [{"text": "a", "quad": [[0, 0]] * 4}], "word": 1},
        {"words": [{"text": "a", "quad": [[0, 0]] * 4}], "word": -1},
        {"words": [{"text": "a", "quad": [[0, 0]] * 3}], "word": 0},
        {"words": [{"text": "a", "quad": [[0, float("nan")]] * 4}], "word": 0},
        {"words": [{"text": "a", "quad": [[0, 1e300]] * 4}], "word": 0},
        {"words": [{"quad": [[0, 0]] * 4}], "word": 0},
        {"words": "ab", "word": 0},
    ],
)
def test_what_is_no_word_is_refused(plain):
    with pytest.raises(UnreadableInputError):
        parse_ask(plain)
