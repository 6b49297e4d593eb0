"""Scenes for Excalidraw: groups, texts, and widths turned into the pressures of its pen."""

import io
import json

import numpy as np
import pytest
from hypothesis import given, settings

from inksight_cli.document import Document, Page, Stroke
from inksight_cli.errors import UsageError
from inksight_cli.formats.excalidraw import ExcalidrawFormat
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.documents import documents, sample


def scene_of(document, **options):
    stream = io.BytesIO()
    ExcalidrawFormat().write(document, stream, WriteOptions(**options))
    return json.loads(stream.getvalue())


def pen_width(element):
    """What perfect-freehand makes of an element's pressures, as Excalidraw 0.18.1 calls it."""
    pressures = np.array(element["pressures"])
    return 8.5 * element["strokeWidth"] * np.sin(np.pi / 2 * (0.2 + 0.6 * pressures))


def test_words_and_lines_are_groups_and_words_have_their_text():
    elements = scene_of(sample())["elements"]
    groups = [element["groupIds"] for element in elements]
    assert groups == [["word-1-1", "line-1"]] * 3 + [["word-1-2", "line-1"], []]
    texts = [element.get("customData", {}).get("inksight", {}).get("text") for element in elements]
    assert texts == ['a<b & "c" é漢'] * 3 + [None, None]
    assert all("customData" not in e for e in scene_of(sample(), text=False)["elements"])


def test_the_pen_is_as_wide_as_it_was():
    widths = np.linspace(2, 6, 5)
    points = np.stack([np.arange(5) * 10.0, np.zeros(5)], axis=1)
    (element,) = scene_of(Document([Page(9, 9, drawings=[Stroke(points, widths=widths)])]))[
        "elements"
    ]
    placed = np.array(element["points"])[:, 0]
    assert np.abs(pen_width(element) - np.interp(placed, points[:, 0], widths)).max() < 0.01


def test_a_pen_thinner_than_excalidraws_thinnest_is_that():
    stroke = Stroke([(0, 0), (10, 0)], widths=[0.5, 10])
    (element,) = scene_of(Document([Page(9, 9, drawings=[stroke])]))["elements"]
    assert pen_width(element)[0] == pytest.approx(10 / 3.07, abs=0.01)
    assert pen_width(element)[-1] == pytest.approx(10, abs=0.01)


@pytest.mark.parametrize("ink", ["pen", "line"])
@given(document=documents())
@settings(max_examples=30, deadline=None)
def test_any_page_has_all_its_strokes(ink, document):
    for page in document.pages:
        elements = scene_of(Document([page]), own={"ink": ink})["elements"]
        assert len(elements) == len(list(page.strokes))
        assert len({element["id"] for element in elements}) == len(elements)
        for element, stroke in zip(elements, page.strokes, strict=True):
            points = np.array(element["points"]) + [element["x"], element["y"]]
            assert np.abs(points[0] - stroke.points[0]).max() < 0.011
            assert np.abs(points[-1] - stroke.points[-1]).max() < 0.2
            assert len(points) >= 2 and max(element["width"], element["height"]) > 0


@pytest.mark.parametrize("pages", [0, 2])
def test_other_than_one_page_is_refused(pages):
    with pytest.raises(UsageError, match="holds one page"):
        scene_of(sample(pages))


def test_the_same_bytes_every_time():
    assert scene_of(sample()) == scene_of(sample())
    assert scene_of(sample())["inksight"] == {"source": "scan é.tif", "page": 1, "sha256": "c0ffee"}
