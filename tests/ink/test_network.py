"""The network that sees ink: tiles, flat paper, pages of any size."""

import numpy as np
import pytest

from inksight_cli.ink import network
from inksight_cli.ink.network import look_at
from tests.helpers.written_pages import draw, photo, writing

SHAPE = (600, 800)


@pytest.fixture(scope="module")
def page():
    return photo(draw(writing(*SHAPE), SHAPE, 3.0))


def test_tiles_leave_no_seams(page, monkeypatch):
    whole = look_at(page)
    monkeypatch.setattr(network, "TILE", 160)
    parts = look_at(page)
    for name in ("cover", "middle"):
        a, b = getattr(whole, name) > 127, getattr(parts, name) > 127
        assert (a != b).sum() < 0.03 * a.sum()


def test_flat_paper_is_not_asked_about(page, monkeypatch):
    asked = []
    ask = network._ask
    monkeypatch.setattr(network, "_ask", lambda tile: asked.append(tile.shape) or ask(tile))
    wide = np.full((3000, 3000, 3), 244, np.uint8)
    wide[:600, :800] = page
    cover = look_at(wide).cover
    assert len(asked) < 9
    assert (cover[:600, :800] > 127).mean() > 0.02
    assert not cover[1200:].any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 3), (33, 65), (17, 300)])
def test_pictures_of_any_size_are_answered(shape):
    grain = np.random.default_rng(0).integers(0, 255, (*shape, 3), dtype=np.uint8)
    look = look_at(grain)
    assert all(plane.shape == shape for plane in (look.cover, look.middle, look.ruled))


def test_the_answer_is_the_same_every_time(page):
    first, second = look_at(page), look_at(page)
    assert np.array_equal(first.cover, second.cover)
    assert np.array_equal(first.middle, second.middle)
