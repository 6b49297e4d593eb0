"""Ink's colours: light ink can be read, wherever it lies."""

import io

import pytest

from inksight_cli.document import Document, Line, Page, Stroke, Word
from inksight_cli.errors import UsageError
from inksight_cli.formats import find_writer
from inksight_cli.formats.colors import GROUND, darkened, ground_of, luminance, with_ink
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Box, Quad


def page(color, paper=None):
    stroke = Stroke([(10, 10), (80, 20)], widths=[2, 2], color=color)
    quad = Quad.from_box(Box(5, 5, 90, 30))
    drawing = Stroke([(10, 60), (80, 60)], widths=[2, 2], color=color)
    return Page(100, 80, [Line([Word(quad, strokes=[stroke])], quad)], [drawing], paper=paper)


def svg(document):
    stream = io.BytesIO()
    find_writer("svg").write(document, stream, WriteOptions())
    return stream.getvalue().decode()


def test_dark_ink_needs_no_ground_and_light_ink_gets_its_papers():
    assert ground_of(page("#202060", "#101010")) is None
    assert ground_of(page("#f0f0e0", "#1b3a2b")) == "#1b3a2b"
    assert ground_of(page("#f0f0e0", "#ffffff")) == GROUND
    assert ground_of(page("#9ea2a4", "#d0c6ac")) is None  # pale ink, darker than its paper
    assert ground_of(Page(10, 10)) is None
    assert '<rect class="paper" fill="#1b3a2b"' in svg(Document([page("#f0f0e0", "#1b3a2b")]))
    assert "<rect" not in svg(Document([page("#202060")]))


@pytest.mark.parametrize("color", ["#f0f0e0", "#ffff66", "#ffffff"])
def test_light_ink_turned_dark_can_be_read_on_white(color):
    document = Document([page(color, "#1b3a2b")])
    dark = with_ink(document, "dark")
    assert all(luminance(s.color) < 0.5 for s in dark.pages[0].strokes)
    assert "<rect" not in svg(dark)
    assert [s.color for s in document.pages[0].strokes] == [color] * 2


def test_dark_ink_stays_as_it_is():
    assert darkened("#202060") == "#202060"


def test_one_colour_for_all_or_the_pages_own():
    document = Document([page("#202060")])
    assert {s.color for s in with_ink(document, "#00aa00").pages[0].strokes} == {"#00aa00"}
    assert 'stroke="currentColor"' in svg(with_ink(document, "currentColor"))
    assert with_ink(document, "original") is document


@pytest.mark.parametrize("choice", ["red", "#fff", "#12345g", ""])
def test_other_colours_are_refused(choice):
    with pytest.raises(UsageError, match="--ink takes"):
        with_ink(Document([]), choice)
