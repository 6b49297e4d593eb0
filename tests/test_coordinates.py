"""Ink of a flattened page, put back on the photo: exact both ways."""

import io
import json

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.api import derender
from inksight_cli.coordinates import in_coordinates, mapped_stroke
from inksight_cli.detectors import find_detector
from inksight_cli.detectors.boxes.boxfile import write_boxes
from inksight_cli.document import Page, Photo, Stroke
from inksight_cli.errors import UnreadableInputError
from inksight_cli.flatten.sheet import flatten_page
from inksight_cli.geometry import as_points
from inksight_cli.homography import Homography
from inksight_cli.pages.page import PageImage
from tests.flatten.test_sheet import CORNERS, SHAPE, laid_out
from tests.helpers.documents import photos, sample
from tests.helpers.written_pages import draw, photo, writing

places = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(photos(), st.lists(places, min_size=1, max_size=20))
def test_there_and_back_is_exact_to_a_thousandth_of_a_pixel(taken, shares):
    flat, to_photo = taken
    stroke = Stroke(as_points(shares) * flat, widths=np.full(len(shares), 3.0))
    there = mapped_stroke(stroke, to_photo)
    back = mapped_stroke(there, to_photo.inverse())
    assert np.abs(back.points - stroke.points).max() < 1e-3
    assert np.abs(back.widths - 3.0).max() < 1e-3


@given(photos())
def test_widths_grow_as_small_squares_do(taken):
    (width, height), to_photo = taken
    x, y = width / 2, height / 2
    square = to_photo([(x - 0.05, y), (x, y - 0.05), (x + 0.05, y), (x, y + 0.05)])
    (u, v), (w, z) = square[2] - square[0], square[3] - square[1]
    side = np.sqrt(abs(u * z - v * w)) / 0.1
    assert to_photo.scale_at([(x, y)])[0] == pytest.approx(side, rel=1e-2)


def test_a_page_that_is_its_own_photo_stays_as_it_is():
    (page,) = sample().pages
    page.photo = None
    assert in_coordinates(page, "photo") is page
    page.photo = Photo(50, 60, Homography.identity())
    assert in_coordinates(page, "page") is page


def test_everything_on_a_page_is_mapped():
    (page,) = sample().pages
    page.photo = Photo(200, 240, Homography(np.diag([2.0, 2.0, 1.0])), 300.0)
    there = in_coordinates(page, "photo")
    assert (there.width, there.height, there.dpi, there.photo) == (200, 240, 300.0, None)
    assert [word.text for word in there.words] == [word.text for word in page.words]
    assert [word.confidence for word in there.words] == [word.confidence for word in page.words]
    for old, new in zip(page.strokes, there.strokes, strict=True):
        assert np.allclose(new.points, 2 * old.points)
        assert old.widths is None or np.allclose(new.widths, 2 * old.widths)
        assert (new.color, new.origin) == (old.color, old.origin)
    for old, new in zip(page.lines, there.lines, strict=True):
        assert np.allclose(new.quad.points, 2 * old.quad.points)


@pytest.fixture(scope="module")
def sheet():
    """A photo of a sheet that lies askew on a table."""
    return laid_out(photo(draw(writing(*SHAPE), SHAPE)), CORNERS)[0]


def test_ink_of_a_flattened_sheet_lies_on_the_ink_of_its_photo(sheet):
    data = cv2.imencode(".png", sheet[:, :, ::-1])[1].tobytes()
    choices = {"detector": "whole", "model": "trace", "flatten": "auto"}
    (flat,) = derender(data, **choices).pages
    (there,) = derender(data, coordinates="photo", **choices).pages
    assert flat.photo is not None and there.photo is None
    assert (there.width, there.height) == sheet.shape[1::-1]
    mapped = [mapped_stroke(stroke, flat.photo.to_photo) for stroke in flat.strokes]
    for one, other in zip(mapped, there.strokes, strict=True):
        assert np.array_equal(one.points, other.points)
    near = cv2.dilate((sheet.max(axis=2) < 140).astype(np.uint8), np.ones((3, 3)))
    x, y = np.concatenate([stroke.points for stroke in there.strokes]).astype(int).T
    assert near[y, x].mean() > 0.97


def test_boxes_of_the_photo_find_their_place_on_the_flat_page(sheet, tmp_path):
    flat = flatten_page(PageImage(sheet, source="sheet.png"))
    lines = find_detector("whole").detect(flat)
    page = Page(flat.width, flat.height, lines, source="sheet.png", photo=flat.photo)
    for coordinates in ("page", "photo"):
        stream = io.BytesIO()
        write_boxes([in_coordinates(page, coordinates)], stream)
        path = tmp_path / f"{coordinates}.json"
        path.write_bytes(stream.getvalue())
        given = json.loads(path.read_text())["pages"][0].get("coordinates")
        assert given == ("page" if coordinates == "page" else None)
        ((word,),) = [line.words for line in find_detector("boxes", boxes=path).detect(flat)]
        assert np.abs(word.quad.points - lines[0].words[0].quad.points).max() < 0.02
    raw = PageImage(sheet, source="sheet.png")
    find_detector("boxes", boxes=tmp_path / "photo.json").detect(raw)
    with pytest.raises(UnreadableInputError, match="--flatten auto"):
        find_detector("boxes", boxes=tmp_path / "page.json").detect(raw)
