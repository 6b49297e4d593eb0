"""Ink for a reMarkable, read back by rmscene."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from rmscene import read_tree
from rmscene.scene_items import Line, PenColor

from inksight_cli.document import Document
from inksight_cli.errors import UsageError
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.formats.rm import SHEET, RemarkableFormat
from tests.helpers.documents import documents, sample
from tests.helpers.shown import handwritten


def made(document):
    stream = io.BytesIO()
    RemarkableFormat().write(document, stream, WriteOptions())
    return stream.getvalue()


def lines_of(data):
    return [item for item in read_tree(io.BytesIO(data)).walk() if isinstance(item, Line)]


def test_every_stroke_comes_back_in_order_and_as_wide():
    page = handwritten().pages[0]
    lines = lines_of(made(handwritten()))
    assert len(lines) == len(list(page.strokes)) == 22
    scale = SHEET[0] / page.width
    for line, stroke in zip(lines, page.strokes, strict=True):
        points = np.array([(p.x + SHEET[0] / 2, p.y) for p in line.points]) / scale
        assert np.allclose(points[: len(stroke.points)], stroke.points, atol=0.01)
        widths = np.array([p.width for p in line.points]) / 4 / scale
        assert np.allclose(widths[: len(stroke.points)], stroke.widths, atol=0.1)
    assert lines[0].color == PenColor.BLUE and lines[-1].color == PenColor.RED


@given(document=documents())
@settings(max_examples=25, deadline=None)
def test_any_page_survives(document):
    for page in document.pages:
        lines = lines_of(made(Document([page])))
        assert len(lines) == len(list(page.strokes))
        assert all(len(line.points) >= 2 for line in lines)


def test_one_page_and_the_same_bytes_every_time():
    assert made(sample()) == made(sample())
    with pytest.raises(UsageError, match="one page"):
        made(sample(2))
