"""The hand for characters in squares lies in a folder of its own."""

import shutil

import numpy as np
import pytest

from inksight_cli.bundles import find_squares, places
from inksight_cli.bundles.places import PEN_ORDER, SQUARES, find_bundle
from inksight_cli.errors import ModelError
from inksight_cli.pen_order import lines_of, write_all
from inksight_cli.trace.graph import build_graph
from tests.drawing import pen


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(places.VARIABLE, str(tmp_path))
    (tmp_path / SQUARES).mkdir()
    return tmp_path / SQUARES


def test_the_users_own_comes_first(folder):
    shipped = find_bundle()
    shutil.copyfile(shipped.folder / PEN_ORDER, folder / PEN_ORDER)
    hand = find_squares()
    assert hand is not None and shipped.pen_order is not None
    assert hand.revision_hash == shipped.pen_order.revision_hash


def test_a_damaged_file_is_told(folder):
    (folder / PEN_ORDER).write_bytes(b"no weights")
    with pytest.raises(ModelError, match="not a pen order network"):
        find_squares()


def test_without_one_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv(places.VARIABLE, str(tmp_path))
    monkeypatch.setattr(places, "shipped_folders", list)
    assert find_squares() is None


def test_the_shipped_one_knows_the_order_of_a_character():
    """Three bars from above, each from the left; a cross in two strokes, the level one first."""
    hand = find_squares()
    assert hand is not None and hand.revision_hash != find_bundle().pen_order.revision_hash
    bars = [[(20, 20 + 30 * k), (80, 20 + 30 * k)] for k in range(3)]
    cross = [[(20, 50), (80, 50)], [(50, 15), (50, 95)]]
    for strokes in (bars, cross):
        lines = lines_of(build_graph(pen(strokes, (120, 110), 4.0)), 4.0)
        (written,) = write_all(hand, [lines])
        assert len(written) == len(strokes)
        for stroke, (start, end) in zip(written, strokes, strict=True):
            assert stroke[0] == pytest.approx(start, abs=4)
            assert stroke[-1] == pytest.approx(end, abs=4)


def test_a_network_that_does_not_fit_is_told(folder):
    with np.load(find_bundle().folder / PEN_ORDER) as data:
        arrays = dict(data)
    np.savez(folder / PEN_ORDER, **{**arrays, "query": arrays["query"][:, 1:]})
    with pytest.raises(ModelError, match="does not fit"):
        find_squares()
