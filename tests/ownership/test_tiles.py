"""Wide words in tiles: none wider than the model takes, all ink in one, cuts where it is thin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.document import Word
from inksight_cli.geometry import Quad
from inksight_cli.ownership.assign import assign_ink
from inksight_cli.ownership.tiles import cut_tiles
from inksight_cli.pages.page import PageImage
from tests.drawing import pen
from tests.helpers.inked import ink_of

SHAPE = (160, 700)


def tiles_of(strokes, widest, angle=0.0):
    mask = pen(strokes, SHAPE, 3.0)
    pixels = np.full((*SHAPE, 3), 250, np.uint8)
    pixels[mask] = 20
    page = PageImage(pixels, _ink=ink_of(mask, pixels, 3.0))
    points = np.concatenate([np.asarray(s, float) for s in strokes])
    cos, sin = np.cos(angle), np.sin(angle)
    along, down = points @ (cos, sin), points @ (-sin, cos)
    corners = [(along.min(), down.min()), (along.max(), down.min())]
    corners += [(along.max(), down.max()), (along.min(), down.max())]
    quad = Quad.from_points(np.array(corners) @ np.array([(cos, sin), (-sin, cos)]))
    word = Word(quad)
    return cut_tiles(page, assign_ink(page.ink, [word]), 0, word, widest), page


def shape(crop):
    left, top, right, bottom = crop.content
    return (right - left) / (bottom - top)


@settings(max_examples=25, deadline=None)
@given(width=st.integers(150, 650), height=st.integers(20, 100), widest=st.floats(1.2, 6))
def test_no_crop_is_wider_than_the_model_takes_and_every_place_is_in_its_own(width, height, widest):
    x = np.linspace(20, 20 + width, 30)
    y = 80 + height / 2 * np.sin(np.arange(30) * 2.0)
    tiles, _ = tiles_of([np.stack([x, y], axis=1)], widest)
    if len(tiles.crops) > 1:
        assert max(map(shape, tiles.crops)) <= widest * 1.05 + 0.1
    whole, _ = tiles_of([np.stack([x, y], axis=1)], 0)
    assert len(whole.crops) == 1
    assert (len(tiles.crops) > 1) == (shape(whole.crops[0]) > widest * 1.02) or shape(
        whole.crops[0]
    ) > 0.98 * widest
    assert list(tiles.cuts) == sorted(tiles.cuts)
    # Of very wide words a cut may fall on the margin before the first ink.
    edges = np.maximum.accumulate([x[0], *tiles.cuts, x[-1]]).tolist()
    for crop, left, right in zip(tiles.crops, edges[:-1], edges[1:], strict=True):
        seen = crop.to_page.inverse()([(left, 80), (right, 80)])
        assert crop.content[0] - 1 <= seen[0, 0] <= seen[1, 0] <= crop.content[2] + 1


def test_cuts_run_between_letters():
    letters = [[(x, 40), (x + 30, 40), (x + 30, 90), (x, 90), (x, 40)] for x in range(30, 600, 42)]
    tiles, page = tiles_of(letters, 2.0)
    assert len(tiles.cuts) >= 3
    crossed = page.ink.mask.sum(axis=0)
    assert [int(crossed[round(cut)]) for cut in tiles.cuts] == [0] * len(tiles.cuts)


@pytest.mark.parametrize("angle", [0.0, 0.12, -0.1])
def test_a_word_askew_is_cut_across_its_text(angle):
    line = np.array([(40, 80), (340, 80), (340, 70), (640, 80)], float)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = (line - (350, 80)) @ np.array([(cos, sin), (-sin, cos)]) + (350, 80)
    tiles, _ = tiles_of([turned], 2.0, angle)
    assert len(tiles.crops) > 2
    for crop in tiles.crops:
        along = crop.to_page([(0, 0), (100, 0)])
        direction = np.arctan2(*(along[1] - along[0])[::-1])
        assert direction == pytest.approx(angle, abs=0.03)
