"""Words at any angle: cut upright, drawn, and put back where they were."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.boxes.boxfile import write_boxes
from inksight_cli.document import Line, Page, Quad, Word
from inksight_cli.engine.protocol import Answer
from inksight_cli.geometry import Affine, Box
from inksight_cli.ownership.assign import assign_ink
from inksight_cli.ownership.crops import cut_crop
from inksight_cli.pages.page import PageImage
from inksight_cli.pipeline import Derenderer
from tests.helpers.pictures import written

SIDE = 700
PICTURE = written("garden ink", seed=4)
BOXES = [Box(14, 20, 204, 112), Box(218, 18, 304, 90)]
ANGLES = [-170, -120, -90, -37, 15, 45, 90, 135, 180]


class Rows:
    """Draws a stroke through every row of ink it sees, on its canvas."""

    name = "rows"
    revision_hash = "0" * 64
    order = None
    reads = True
    widest = 0.0

    def run(self, jobs):
        for job in jobs:
            left, top, right, bottom = job.content
            strokes = []
            for y in range(top, bottom, 4):
                xs = np.flatnonzero(job.pixels[y, left:right, 0] < 110) + left + 0.5
                strokes += [np.column_stack([xs[:2], [y + 0.5] * 2])] if len(xs) > 1 else []
            yield Answer(job.key, strokes, "", -0.1, 5)


def place(degrees: float) -> Affine:
    """The picture's coordinates -> those of the page on which it lies turned."""
    height, width = PICTURE.shape[:2]
    shift = Affine(1, 0, SIDE / 2, 0, 1, SIDE / 2)
    return (
        shift @ Affine.rotation(np.deg2rad(degrees)) @ Affine(1, 0, -width / 2, 0, 1, -height / 2)
    )


def turned(degrees: float) -> PageImage:
    half = Affine(1, 0, 0.5, 0, 1, 0.5)
    matrix = (half.inverse() @ place(degrees) @ half).matrix
    pixels = cv2.warpAffine(
        PICTURE, matrix, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderValue=(250, 250, 250)
    )
    return PageImage(pixels, source="turned.png")


def words(degrees: float) -> list[Word]:
    to_page = place(degrees)
    return [Word(Quad.from_points(to_page(Quad.from_box(box).points)), "w") for box in BOXES]


def boxes_file(degrees: float, path) -> None:
    stream = io.BytesIO()
    found = words(degrees)
    lines = [Line(found, found[0].quad)]
    write_boxes([Page(SIDE, SIDE, lines, source="turned.png")], stream)
    path.write_bytes(stream.getvalue())


@pytest.mark.parametrize("degrees", ANGLES)
def test_crops_of_turned_words_are_those_of_upright_ones(degrees):
    for there, here in zip(*(crops(angle) for angle in (degrees, 0)), strict=True):
        # Frames are whole pixels, so the pictures may be a pixel's fraction apart.
        size = [np.subtract(c.content[2:], c.content[:2]) for c in (there, here)]
        assert np.abs(size[0] - size[1]).max() <= 6
        blurred = [cv2.GaussianBlur(c.pixels, (0, 0), 3).astype(float) for c in (there, here)]
        assert np.abs(blurred[0] - blurred[1])[20:-20, 20:-20].mean() < 9


def crops(degrees):
    page, found = turned(degrees), words(degrees)
    owned = assign_ink(page.ink, found)
    return [cut_crop(page, owned, k, word) for k, word in enumerate(found)]


@pytest.mark.parametrize("model", [None, Rows()], ids=["tracer", "model"])
@pytest.mark.parametrize("degrees", ANGLES)
def test_strokes_of_turned_words_lie_on_their_ink(degrees, model, tmp_path):
    path = tmp_path / "boxes.json"
    boxes_file(degrees, path)
    (done,) = Derenderer(find_detector("boxes", boxes=path), model).pages([turned(degrees)])
    ink = PICTURE.max(axis=2) < 180
    near = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3)))
    for word, box in zip(done.words, BOXES, strict=True):
        assert word.quality.ink_explained > 0.95
        back = np.concatenate([place(degrees).inverse()(s.points) for s in word.strokes])
        x, y = back.astype(int).T
        assert near[y, x].mean() > 0.99
        assert (back[:, 0] > box.left - 6).all() and (back[:, 0] < box.right + 6).all()


@given(st.floats(-180, 180), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=25)
def test_canvas_to_page_and_back_is_exact(degrees, u, v):
    page, found = turned(degrees), words(degrees)
    crop = cut_crop(page, assign_ink(page.ink, found), 0, found[0])
    left, top, right, bottom = crop.content
    point = np.array([[left + u * (right - left), top + v * (bottom - top)]])
    assert np.abs(crop.to_page.inverse()(crop.to_page(point)) - point).max() < 1e-6
    # The middle of the canvas is the middle of the word's ink, wherever it lies.
    middle = place(degrees).inverse()(crop.to_page([[112, 112]]))[0]
    assert BOXES[0].left < middle[0] < BOXES[0].right
    assert BOXES[0].top < middle[1] < BOXES[0].bottom
