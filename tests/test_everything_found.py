"""What the detector found is in every output, with its confidence, whatever the model says."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.document import Document, Line, Quad, Word
from inksight_cli.engine.protocol import Answer
from inksight_cli.formats import find_reader, find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Affine, Box
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import Derenderer
from tests.drawing import pen

SHAPE = (200, 500)


class Given:
    name = "given"
    summary = "boxes as they are"

    def __init__(self, words):
        self.words = words

    def missing(self):
        return None

    def detect(self, page):
        return [Line([word], word.quad) for word in self.words]


class Silent:
    """A model that gives nothing, or gave up before it was through."""

    name = "silent"
    revision_hash = "0" * 64
    order = None
    reads = True
    widest = 0.0

    def __init__(self, truncated=False):
        self.truncated = truncated

    def run(self, jobs):
        for job in jobs:
            left, top, _, bottom = job.content
            begun = np.array([(left + 20, (top + bottom) / 2), (left + 40, (top + bottom) / 2)])
            strokes = [begun] if self.truncated else []
            status = "truncated" if self.truncated else "empty"
            yield Answer(job.key, strokes, "", -1.0, 5, truncated=self.truncated, status=status)


def page(strokes, width=4):
    pixels = np.full((*SHAPE, 3), 245, np.uint8)
    pixels[pen(strokes, SHAPE, width)] = 20
    return PageImage(pixels)


def in_all_formats(done):
    """Yield the words that each format holds, as (text, confidence, corners)."""
    document = Document([done])
    for name in ("json", "inkml"):
        stream = io.BytesIO()
        find_writer(name).write(document, stream, WriteOptions(precision=6))
        (back,) = find_reader(name).read(io.BytesIO(stream.getvalue())).pages
        yield [(word.text, word.confidence, word.quad.points) for word in back.words]
    stream = io.BytesIO()
    find_writer("svg").write(document, stream, WriteOptions(precision=6))
    words = []
    for group in ElementTree.fromstring(stream.getvalue()).iter("{http://www.w3.org/2000/svg}g"):
        if group.get("class") == "word":
            title = group.find("{http://www.w3.org/2000/svg}title")
            said = group.get("data-confidence")
            corners = [[float(v) for v in c.split()] for c in group.get("data-quad").split(",")]
            words.append(
                ("" if title is None else title.text, said and float(said), np.array(corners))
            )
    yield words


def check(words, done):
    for found in in_all_formats(done):
        assert len(found) == len(words)
        for word, (text, confidence, corners) in zip(words, found, strict=True):
            assert text == word.text
            assert (confidence is None) == (word.confidence is None)
            assert confidence is None or abs(confidence - word.confidence) < 1e-4
            assert np.abs(corners - word.quad.points).max() < 1e-5


places = st.tuples(st.integers(-60, 520), st.integers(-60, 220))
boxes = st.builds(
    lambda at, width, height, turn: Quad.from_points(
        Affine(1, 0, at[0], 0, 1, at[1])(
            Affine.rotation(turn)(Quad.from_box(Box(0, 0, width, height)).points)
        )
    ),
    places,
    st.floats(0.1, 400),
    st.floats(0.1, 200),
    st.floats(-3.14, 3.14),
)
found_words = st.builds(
    Word,
    boxes,
    st.sampled_from(["", "a", ".", "word"]),
    st.none() | st.floats(0, 1),
)


@given(st.lists(found_words, max_size=5), st.sampled_from([None, Silent(), Silent(True)]))
@settings(max_examples=60)
def test_every_word_stays_a_word_wherever_its_box_is(words, model):
    """Boxes off the page, upon each other, without ink, smaller than a pixel."""
    strokes = [[(50, 60), (120, 130)], [(150, 100)], [(160, 120), (480, 120)]]
    (done,) = Derenderer(Given(words), model).pages([page(strokes)])
    assert list(done.words) == words
    check(words, done)
    for word in words:
        assert word.quality is not None
        assert word.strokes or "no-ink" in word.quality.flags


@pytest.mark.parametrize("model", [None, Silent()], ids=["tracer", "silent model"])
@pytest.mark.parametrize("size", [4, 6])
def test_dots_and_commas_are_words_with_ink(model, size):
    dot = Word(Quad.from_box(Box(96, 96, 104, 104)), ".", 0.31)
    comma = Word(Quad.from_box(Box(196, 92, 206, 114)), ",", 0.5)
    strokes = [[(100, 100)], [(201, 98), (201, 104), (198, 109)]]
    (done,) = Derenderer(Given([dot, comma]), model).pages([page(strokes, size)])
    check([dot, comma], done)
    assert dot.strokes and comma.strokes
    assert np.abs(dot.strokes[0].points - 100).max() < 3
    assert done.drawings == []
    if model:
        assert "empty" in dot.quality.flags


def test_a_word_too_long_for_the_model_is_finished_by_the_tracer():
    t = np.linspace(0, 1, 400)
    wave = np.stack([30 + 440 * t, 100 + 30 * np.sin(60 * t)], axis=1)
    word = Word(Quad.from_box(Box(20, 60, 480, 140)), "long", 0.9)
    (done,) = Derenderer(Given([word]), Silent(True)).pages([page([wave])])
    check([word], done)
    assert "truncated" in word.quality.flags
    assert word.quality.ink_explained > 0.98
    assert done.drawings == []
