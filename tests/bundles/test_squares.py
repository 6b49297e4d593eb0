"""The hand for characters in squares lies in a folder of its own."""

import shutil

import pytest

from inksight_cli.bundles import find_squares, places
from inksight_cli.bundles.places import PEN_ORDER, SQUARES, find_bundle
from inksight_cli.errors import ModelError


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
