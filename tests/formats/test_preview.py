"""The preview shows strokes where they are, in pen order."""

import cv2
import numpy as np

from inksight_cli.document import Line, Page, Stroke, Word
from inksight_cli.formats.preview import preview_png
from inksight_cli.geometry import Box, Quad

WHITE = np.full((60, 200, 3), 255, np.uint8)


FRAME = Box(2, 2, 198, 58)


def drawn(strokes=(), drawings=(), box=FRAME, pixels=WHITE):
    word = Word(Quad.from_box(box), strokes=list(strokes))
    page = Page(200, 60, [Line([word], word.quad)], list(drawings))
    data = np.frombuffer(preview_png(pixels, page), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1].astype(int)


def test_colour_runs_from_blue_to_red_along_the_pens_way():
    points = np.column_stack([np.linspace(20, 180, 41), np.full(41, 30.0)])
    picture = drawn([Stroke(points, widths=np.full(41, 6.0))])
    red, _, blue = picture[30, 24]
    assert blue > 150 > red
    red, _, blue = picture[30, 176]
    assert red > 150 > blue
    backwards = drawn([Stroke(points[::-1], widths=np.full(41, 6.0))])
    assert backwards[30, 24][0] > 150 > backwards[30, 24][2]


def test_the_half_pixel_is_right():
    """A line through the centres of row 30 darkens rows above and below alike."""
    points = np.column_stack([np.linspace(20, 180, 41), np.full(41, 30.5)])
    picture = drawn([Stroke(points, widths=np.full(41, 2.0))])
    column = picture[:, 100].sum(axis=1)
    assert column[30] == column[3:57].min()
    assert abs(column[29] - column[31]) < 30


def test_a_dot_is_a_disc_of_the_pens_width():
    picture = drawn([Stroke([(100.5, 30.5)], widths=[9])])
    dark = (picture.sum(axis=2) < 600)[5:55, 5:195]
    assert 45 < dark.sum() < 110


def test_drawings_are_grey_and_the_box_is_shown():
    picture = drawn(drawings=[Stroke([(20, 40), (180, 40)], widths=[4, 4])], box=Box(5, 5, 100, 30))
    assert np.ptp(picture[40, 100]) <= 2
    assert picture[40, 100].max() < 200
    assert (picture[5, 50] != 255).any()


def test_the_page_is_faded_under_the_ink():
    dark = np.zeros_like(WHITE)
    assert 100 < drawn(pixels=dark)[50, 150].mean() < 200


def test_strokes_of_nearly_one_width_look_alike():
    levels = [np.column_stack([np.linspace(20, 180, 41), np.full(41, y)]) for y in (20.5, 40.5)]
    strokes = [Stroke(p, widths=np.full(41, w)) for p, w in zip(levels, (2.9, 3.1), strict=True)]
    darkness = 765 - drawn(drawings=strokes)[:, 100].sum(axis=1)
    assert darkness[15:26].sum() > 0
    assert (darkness[15:26] == darkness[35:46]).all()
