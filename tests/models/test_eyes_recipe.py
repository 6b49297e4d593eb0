"""The eyes' recipe: scenes with known ink, composed from strokes that the test makes."""

import functools
import itertools
import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.eyes.camera import Conditions
from models.eyes.nib import Nib
from models.eyes.scene import NONE, SIDE, TILE, Scenes
from models.eyes.strokes import Strokes, held
from tests.helpers.written_pages import cursive

EASY = Conditions(hard=False, dark=False, low=1.0, other=False, table=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder of archives as the data's README describes them, of twelve words each."""
    folder = tmp_path_factory.mktemp("strokes")
    for name in ("unipen_words", "unipen_text", "stroke_fonts", "omniglot", "unipen_chars"):
        paths = [np.rint(cursive(0, 40, 60 + 9 * k, 40, 4 + k) * 40) for k in range(12)]
        points = np.concatenate(paths).astype(np.int32)
        ends = np.cumsum([len(path) for path in paths])
        np.savez(
            folder / f"{name}.npz",
            deltas=np.diff(points, axis=0, prepend=0).astype(np.int16),
            stroke_ends=ends,
            sample_ends=np.arange(1, 13),
            writer=np.array([f"w{k}" for k in range(12)]),
        )
    return folder


def test_strokes_come_back_as_they_were_stored(data):
    strokes = Strokes(data / "unipen_words.npz", validation=False)
    (path,) = strokes.pick(np.random.default_rng(0))
    assert path.min() >= 0
    assert np.ptp(path[:, 1]) == pytest.approx(40 * 40, rel=0.1)


def test_some_writers_are_held_out_and_always_the_same_ones():
    share = np.mean([held(f"writer {k}") for k in range(4000)])
    assert 0.03 < share < 0.07


@pytest.mark.parametrize("sort", ["writing", "diagram", "dense", "empty"])
def test_the_truth_about_a_scene_is_what_its_picture_shows(data, sort):
    scene = Scenes(data).compose(np.random.default_rng(3), sort, EASY, 3.0)
    assert scene.pixels.shape == (SIDE, SIDE, 3)
    inked = scene.ink > 200
    assert inked.any() == (sort != "empty")
    assert (scene.kind[inked] != NONE).all()
    assert (scene.ink[scene.middle > 200] > 12).all()
    if sort == "writing":
        grey = scene.pixels.mean(axis=2)
        bare = (scene.ink == 0) & (scene.kind == NONE)
        assert np.median(grey[inked]) < np.median(grey[bare]) - 20


def test_tiles_are_cut_alike_from_picture_and_truth_and_the_seed_decides(data):
    first = Scenes(data).tiles(np.random.default_rng(5))
    again = Scenes(data).tiles(np.random.default_rng(5))
    for one, other in zip(first, again, strict=True):
        assert one.pixels.shape == (TILE, TILE, 3)
        assert one.kind.shape == one.ink.shape == (TILE, TILE)
        assert one.core.shape == (TILE // 4, TILE // 4)
        assert np.array_equal(one.pixels, other.pixels)
        assert np.array_equal(one.ink, other.ink)


def test_the_product_computes_what_training_does():
    torch = pytest.importorskip("torch")
    from pathlib import Path

    from safetensors.torch import load_file

    from inksight_cli.ink.network import look_at
    from models.eyes.model import Answers, Eyes

    eyes = Eyes()
    weights = load_file(Path(__file__).parents[2] / "models/eyes/eyes.safetensors")
    eyes.load_state_dict(
        {name: w.float() if w.is_floating_point() else w for name, w in weights.items()}
    )
    picture = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    with torch.no_grad():
        ink, *_ = Answers(eyes).eval()(
            torch.from_numpy(picture.transpose(2, 0, 1)[None] / 255).float()
        )
    assert np.abs(look_at(picture).cover / 255 - ink[0, 0].numpy()).max() < 0.02


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 60))
def test_a_nib_draws_the_whole_path_full_lines_over_hairlines(seed, count):
    rng = np.random.default_rng(seed)
    path, nib = rng.normal(size=(count, 2)).cumsum(axis=0), Nib.any(rng)
    parts = nib.parts(path)
    drawn = functools.reduce(
        operator.iadd, (list(itertools.pairwise(map(tuple, part))) for part, _, _ in parts), []
    )
    assert sorted(drawn) == sorted(itertools.pairwise(map(tuple, path)))
    inks = [ink for _, _, ink in parts]
    assert inks == sorted(inks)
    assert all(nib.thin <= width <= 1 and nib.pale <= ink <= 1 for _, width, ink in parts)


def test_a_pointed_nib_is_fullest_on_the_way_down():
    nib = Nib(pointed=True, angle=np.pi / 2, thin=0.4, pale=0.5)
    down = np.c_[np.zeros(20), np.arange(20.0)]
    assert [(width, ink) for _, width, ink in nib.parts(down)] == [(1, 1)]
    assert [(width, ink) for _, width, ink in nib.parts(down[::-1])] == [(0.4, 0.5)]
