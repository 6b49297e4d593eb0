"""Pages to learn from are drawn the same for the same seed, and their answers fit their ink."""

import numpy as np
import pytest

from models.segmentation.capitals import Capitals
from models.segmentation.crossed import cross_out
from models.segmentation.diagrams import diagram
from models.segmentation.hands import Hand, Sheet, write_line
from models.segmentation.pages import text_page
from models.segmentation.render import render
from models.segmentation.words import Archive, is_held_out, scaled


@pytest.fixture
def archive():
    """One writer of twenty words, each of waves and a bar."""
    points, ends, samples = [], [], []
    for k in range(20):
        t = np.linspace(0, 4 + k % 5, 60)
        wave = np.stack([300 * t, 200 * np.sin(6 * t)], axis=1)
        bar = np.array([(100, -500), (110, 200)])
        points += [wave, bar]
        ends += [len(wave), len(bar)]
        samples.append(2 * (k + 1))
    return Archive(
        np.concatenate(points).astype(np.int32),
        np.cumsum(ends).astype(np.int32),
        np.array(samples, dtype=np.int32),
        ["wave"] * 20,
        {"me": np.arange(20)},
        Capitals([{letter: [[np.array([(0, 0), (0.5, -1.0)])]] for letter in "WAVE"}]),
    )


@pytest.mark.parametrize("make", [text_page, diagram])
def test_the_same_seed_draws_the_same_page(archive, make):
    one, two = (
        render(make(rng, archive, 192), rng) for rng in (np.random.default_rng(3) for _ in "ab")
    )
    assert (one.ink == two.ink).all() and (one.core == two.core).all()
    assert one.ink.shape == (192, 192) and one.writing.shape == one.core.shape == (96, 96)
    assert set(np.unique(one.writing)) <= {0, 1, 255}


def test_cores_lie_on_the_words_and_leave_white_between_them(archive):
    sheet = Sheet(400)
    hand = Hand(np.random.default_rng(0), archive, np.arange(20), 12.0, 2.0, 1.5)
    inks = write_line(sheet, hand, (20, 100), 0.0, 360, 9)
    example = render(sheet, hand.rng)
    row = example.core[46]
    runs = np.flatnonzero(np.diff(row.astype(int)) == 1)
    assert len(runs) == len(inks) == len(sheet.bodies) > 1
    assert (example.writing[example.writing < 255] == 1).all()


def test_words_are_scaled_by_their_letters():
    word = scaled([np.array([(0, 0), (4000, 0), (4000, 1000), (0, 1000)], dtype=float)], 4)
    assert word.body[3] == 0 and word.body[1] == pytest.approx(-1, abs=0.2)
    assert scaled([np.zeros((3, 2))], 3) is None


def test_about_a_fifth_of_the_writers_is_held_out():
    held = sum(is_held_out(f"writer {k}") for k in range(1000))
    assert 150 < held < 250
    assert is_held_out("unipen-dc820ec6")


def test_capitals_stand_side_by_side_and_are_taller_than_small_letters(archive):
    word = archive.capitals.word(np.random.default_rng(1), 0, "wave", 0.3)
    lefts = [stroke[:, 0].min() for stroke in word.strokes]
    assert len(lefts) == 4 and (np.diff(lefts) > 0.5).all()
    assert word.body[1] < -0.9 and word.body[2] == pytest.approx(word.width)
    assert archive.capitals.word(np.random.default_rng(1), 0, "xyz", 0.3) is None


@pytest.mark.parametrize("seed", range(6))
def test_a_word_that_is_crossed_out_is_a_drawing_and_its_neighbours_are_not(archive, seed):
    sheet = Sheet(400)
    hand = Hand(np.random.default_rng(seed), archive, np.arange(20), 12.0, 2.0, 1.5)
    inks = write_line(sheet, hand, (20, 100), 0.0, 360, 9)
    cross_out(sheet, hand, inks[0])
    assert sheet.crossed == {0} and len(sheet.doubtful) <= 1
    example = render(sheet, hand.rng)
    left, top, right, bottom = (int(v / 2) for v in (*inks[0].min(axis=0), *inks[0].max(axis=0)))
    asked = example.writing[top:bottom, left : right - 2]
    assert (asked[asked < 255] == 0).mean() > 0.95
    assert not example.core[top:bottom, left : right - 2].any()
    assert example.core[:, int(inks[-1][:, 0].mean() / 2)].any()
