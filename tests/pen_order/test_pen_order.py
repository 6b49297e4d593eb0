"""Learned pen order: nothing lost, nothing that depends on how the pieces came, and sense."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.errors import ModelError
from inksight_cli.geometry import Affine
from inksight_cli.pen_order import PenOrder, read_pen_order, reorder
from inksight_cli.pen_order.joins import InkWays
from inksight_cli.pen_order.search import MOST
from inksight_cli.pen_order.steps import Choices
from inksight_cli.pen_order.strokes import measure
from inksight_cli.polylines import resample
from tests.drawing import arc

SHIPPED = Path(__file__).resolve().parents[2] / "models/nano/pen_order.npz"
REACH = 3.0


def rows_of(strokes):
    return Choices(measure(strokes))(np.array([-1]), np.arange(len(strokes))[None])[0]


def random_network(seed, down):
    """Return a network of random weights that always (or never) keeps the pen down."""
    rng = np.random.default_rng(seed)
    sizes = [rows_of([np.zeros((1, 2))]).shape[1], 16, 16, 2]
    weights = [rng.normal(0, a**-0.5, (a, b)) for a, b in itertools.pairwise(sizes)]
    biases = [rng.normal(0, 0.1, b) for b in sizes[1:]]
    weights[-1][:, 1], biases[-1][1] = 0.0, 9.0 if down else -9.0
    as32 = [tuple(array.astype(np.float32) for array in arrays) for arrays in (weights, biases)]
    return PenOrder(*as32)


def wavy(rng):
    """Return a random smooth stroke of 5 to 30 points."""
    count = int(rng.integers(5, 30))
    start = rng.uniform(0, [200, 60])
    return start + np.cumsum(rng.normal(0, 3, (count, 2)) + rng.normal(0, 2, 2), axis=0)


words = st.tuples(st.integers(0, 10**6), st.integers(1, 9)).map(
    lambda drawn: [wavy(np.random.default_rng([drawn[0], k])) for k in range(drawn[1])]
)


def key(stroke):
    return np.asarray(stroke).tobytes()


@settings(max_examples=40)
@given(words, st.integers(0, 5))
def test_every_stroke_is_written_once_and_whole(strokes, seed):
    written = reorder(random_network(seed, down=False), strokes, REACH)
    either_way = {key(stroke): k for k, s in enumerate(strokes) for stroke in (s, s[::-1])}
    assert sorted(either_way[key(stroke)] for stroke in written) == list(range(len(strokes)))


@settings(max_examples=25)
@given(words, st.integers(0, 5), st.integers(0, 99))
def test_the_answer_does_not_depend_on_how_the_strokes_came(strokes, seed, shuffle):
    network = random_network(seed, down=False)
    rng = np.random.default_rng(shuffle)
    mixed = [strokes[k][:: rng.choice([1, -1])] for k in rng.permutation(len(strokes))]
    first, second = (reorder(network, given, REACH) for given in (strokes, mixed))
    assert [key(stroke) for stroke in first] == [key(stroke) for stroke in second]


@settings(max_examples=25)
@given(words, st.floats(0.2, 8), st.floats(-3, 3))
def test_size_place_and_known_rotation_change_nothing(strokes, scale, angle):
    network = random_network(1, down=False)
    move = Affine.scale_shift(scale, 40, -7) @ Affine.rotation(angle)
    before = reorder(network, strokes, REACH)
    after = reorder(network, [move(s) for s in strokes], REACH * scale, angle=angle)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(move(one), other, atol=1e-6)


@settings(max_examples=25)
@given(words)
def test_joined_strokes_hold_every_stroke_in_one_run(strokes):
    written = reorder(random_network(2, down=True), strokes, REACH)
    points = {tuple(p) for stroke in written for p in stroke}
    assert {tuple(p) for stroke in strokes for p in stroke} <= points
    assert len(written) <= len(strokes)


def test_a_guide_is_told_in_the_last_columns_only():
    strokes = [np.array([(0.0, 0), (0, 50)]), np.array([(40.0, 0), (40, 50)])]
    without, told = measure(strokes), measure(strokes, [strokes[1][::-1], strokes[0]])
    np.testing.assert_array_equal(without.own[:, :-4], told.own[:, :-4])
    assert not without.own[:, -4:].any()
    assert told.own[0, -2] > told.own[2, -2]  # the guide writes the second stroke first,
    assert told.own[0, -1] > 0 > told.own[2, -1]  # and that one upwards


def way(pieces, before, after, longest=50, over=()):
    return InkWays(pieces, REACH).between(before, after, over, longest)


def test_pieces_are_joined_over_ink_only():
    stem = np.array([(0.0, 0), (0, 40)])
    touching, beside, far = (np.array([(x, y), (30.0, 5)]) for x, y in [(0, 40), (1, 10), (20, 20)])
    assert len(way([stem, touching], 0, 2)) == 0
    back = way([stem, beside], 0, 2)
    assert back[0] == pytest.approx((0, 40), abs=1.5)
    assert back[-1] == pytest.approx((0, 10), abs=1.5)
    assert way([stem, far], 0, 2) is None
    assert way([stem, beside], 0, 2, longest=20) is None  # thirty pixels are too far to go twice
    tip = np.array([(0.0, 60), (0, 20)])  # begins below the stem's end and passes it
    out = way([stem, tip], 0, 2)
    assert out[0] == pytest.approx((0, 40), abs=1.5)
    assert out[-1] == pytest.approx((0, 60), abs=1.5)


def test_a_way_may_lead_over_several_pieces_that_are_written():
    stem, bar = np.array([(0.0, 40), (0, 0)]), np.array([(0.0, 40), (30, 40)])
    rise = np.array([(30.0, 40), (30, 10)])
    pieces = [stem, bar, rise]
    assert way(pieces, 0, 4, longest=90) is None  # the bar is not written yet
    path = way(pieces, 0, 4, longest=90, over=[1])
    assert np.hypot(*np.diff(path, axis=0).T).max() < 2
    assert path[0] == pytest.approx((0, 1), abs=0.1)
    assert path[-1] == pytest.approx((29, 40), abs=1.5)
    assert way(pieces, 0, 4, longest=60, over=[1]) is None


@settings(max_examples=40)
@given(words, st.integers(0, 99), st.floats(1, 200))
def test_every_way_is_short_and_lies_on_the_pieces(strokes, seed, longest):
    rng = np.random.default_rng(seed)
    before, after = (int(k) for k in rng.integers(0, 2 * len(strokes), 2))
    path = way(strokes, before, after, longest, range(len(strokes)))
    if before // 2 == after // 2 or path is None or not len(path):
        return
    ink = np.concatenate([resample(stroke, 0.5) for stroke in strokes])
    assert np.hypot(*(path[:, None] - ink[None]).transpose(2, 0, 1)).min(axis=1).max() <= 0.5
    assert np.hypot(*np.diff(path, axis=0).T).max(initial=0) <= REACH
    assert np.hypot(*np.diff(path, axis=0).T).sum() <= longest + 1


def test_what_has_too_many_strokes_is_ordered_by_rules():
    places = np.random.default_rng(0).permutation(MOST + 1)
    strokes = [np.array([(9.0 * k, 20), (9.0 * k, 0)]) for k in places]
    written = reorder(random_network(0, down=True), strokes, REACH)
    assert [stroke[0, 0] for stroke in written] == sorted(9.0 * k for k in places)
    assert all(stroke[0, 1] < stroke[-1, 1] for stroke in written)
    assert reorder(random_network(0, down=True), [], REACH) == []


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_a_broken_file_is_named(tmp_path, content):
    path = tmp_path / "pen_order.npz"
    if content is None:
        np.savez(path, weight_0=np.zeros((2, 2)))
    else:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=r"pen_order\.npz"):
        read_pen_order(path)


@pytest.mark.parametrize("kind", ["npy", "shapes", "nan", "zip"])
def test_a_file_of_other_numbers_is_named(tmp_path, kind):
    path = tmp_path / "pen_order.npz"
    with np.load(SHIPPED) as data:
        arrays = dict(data)
    if kind == "npy":
        with path.open("wb") as stream:
            np.save(stream, arrays["weight_0"])
    elif kind == "zip":
        path.write_bytes(SHIPPED.read_bytes()[:-30])
    else:
        arrays["weight_1"] = arrays["weight_1"][:, 1:] if kind == "shapes" else np.nan
        np.savez(path, **arrays)
    with pytest.raises(ModelError, match=r"pen_order\.npz"):
        read_pen_order(path)


def test_the_shipped_network_writes_as_people_do():
    network = read_pen_order(SHIPPED)
    dash = np.array([(50.0, 10), (10, 10)])
    assert reorder(network, [dash], REACH)[0][0, 0] == 10  # a lone dash runs rightwards
    stems = [np.array([(x, 55.0 + x / 50), (x + 1.0, 5)]) for x in (90, 50, 10)]
    written = reorder(network, stems, REACH)
    assert [round(stroke[0, 0] / 40) for stroke in written] == [0, 1, 2]  # left to right,
    assert all(stroke[0, 1] < stroke[-1, 1] for stroke in written)  # downwards
    bowl = np.array(arc(30, 40, 15, -30, 300), float)
    bar = np.array([(80.0, 25), (55, 24)])
    stem = np.array([(67.0, 55), (66, 5)])
    written = reorder(network, [bar, stem, bowl], REACH)
    assert key(written[0]) in {key(bowl), key(bowl[::-1])}
    assert written[-1][0, 0] < written[-1][-1, 0]  # the bar of the t last, rightwards
