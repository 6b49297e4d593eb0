"""The file of a hand."""

from pathlib import Path

import numpy as np
import pytest

from inksight_cli.errors import ModelError
from inksight_cli.pen_order import lines_of, open_hand, read_hand, write_all
from inksight_cli.trace.graph import build_graph
from tests.drawing import pen

SHIPPED = Path(__file__).resolve().parents[2] / "models/nano/pen_order.npz"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not a zip"])
def test_what_is_no_network_is_told(tmp_path, content):
    path = tmp_path / "pen_order.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"pen_order\.npz"):
        read_hand(path)


@pytest.mark.parametrize("kind", ["other", "npy", "nan", "zip"])
def test_a_file_of_other_numbers_is_named(tmp_path, kind):
    path = tmp_path / "pen_order.npz"
    with np.load(SHIPPED) as data:
        arrays = dict(data)
    if kind == "npy":
        with path.open("wb") as stream:
            np.save(stream, arrays["begin"])
    elif kind == "zip":
        path.write_bytes(SHIPPED.read_bytes()[:-30])
    elif kind == "nan":
        np.savez(path, **(arrays | {"out": arrays["out"] * np.nan}))
    else:
        np.savez(path, weight_0=np.zeros((2, 2)))
    with pytest.raises(ModelError, match=r"pen_order\.npz"):
        read_hand(path)


def test_weights_that_do_not_fit_are_told(tmp_path):
    with np.load(SHIPPED) as data:
        arrays = dict(data)
    path = tmp_path / "pen_order.npz"
    np.savez(path, **(arrays | {"query": arrays["query"][:, 1:]}))
    with pytest.raises(ModelError, match="does not fit"):
        open_hand(path)


def test_the_shipped_hand_writes_as_people_do():
    """An L goes down and to the right, a T's bar is a stroke of its own, words go rightwards."""
    strokes = [[(20, 20), (20, 90), (70, 90)], [(100, 20), (180, 20)], [(140, 20), (140, 90)]]
    lines = lines_of(build_graph(pen(strokes, (120, 220), 5.0)), 5.0)
    (written,) = write_all(read_hand(SHIPPED), [lines])
    assert len(written) == 3
    assert np.hypot(*(written[0][0] - (20, 20))) < 6
    assert np.hypot(*(written[0][-1] - (70, 90))) < 6
