"""Two inks that Small-p drew, as published in InkSight-Derenderings, through our own formats."""

from __future__ import annotations

import io

import numpy as np
import pytest

from inksight_cli import tokens
from inksight_cli.document import Document, Line, Page, Stroke, Word
from inksight_cli.formats import find_reader, find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Quad, as_points

GOLDEN = {
    "c": "155,7 150,1 146,5 134,8 116,18 94,34 73,56 56,83 43,114 39,145 42,170 54,194 73,209 "
    "100,218 185,223",
    "l": "27,174 41,176 60,174 79,162 106,150 154,116 172,96 197,64 197,55 194,48 191,52 179,59 "
    "163,73 146,94 131,119 120,141 117,157 123,168 133,172 146,173 159,168",
}


def points(text):
    return as_points([[int(v) for v in pair.split(",")] for pair in text.split()])


@pytest.mark.parametrize("word", GOLDEN)
def test_our_tokens_are_those_of_the_model(word):
    ids = [tokens.START]
    for x, y in points(GOLDEN[word]).astype(int).tolist():
        ids += [x, y + 225]
    assert tokens.encode([points(GOLDEN[word])]) == ids
    (stroke,) = tokens.decode(ids)
    assert np.array_equal(stroke, points(GOLDEN[word]))


@pytest.mark.parametrize("word", GOLDEN)
def test_inkml_gives_it_back(word):
    stroke = Stroke(points(GOLDEN[word]))
    quad = Quad.from_points([(0, 0), (224, 0), (224, 224), (0, 224)])
    line = Line([Word(quad, word, strokes=[stroke])], quad)
    stream = io.BytesIO()
    find_writer("inkml").write(Document([Page(224, 224, [line])]), stream, WriteOptions())
    stream.seek(0)
    (back,) = find_reader("inkml").read(stream).pages[0].strokes
    assert np.array_equal(back.points, points(GOLDEN[word]))
