"""The recipe of pen order: what it reads off true paths, and that a network learns from it."""

import numpy as np
import pytest

pytest.importorskip("torch")

from inksight_cli.pen_order import read_pen_order, reorder
from models.training.pen_fit import all_steps, fit, true_pieces, write
from models.training.pen_words import TracedWord


def line(*corners):
    return np.array(corners, dtype=np.float64)


def word(rng):
    """Return three stems written from right to left and upwards: no hand, but a rule to learn."""
    places = np.sort(rng.uniform(0, 100, 3))[::-1] + [40, 20, 0]
    truth = [line((x, 50 + rng.uniform(0, 9)), (x + 1, rng.uniform(0, 9))) for x in places]
    pieces = [truth[k][:: rng.choice([1, -1])] for k in rng.permutation(3)]
    return TracedWord(truth, pieces)


def test_pieces_are_placed_in_the_true_pens_time():
    truth = [line((0, 0), (0, 60), (40, 60)), line((80, 0), (80, 60))]
    pieces = [line((80, 60), (80, 0)), line((0, 60), (40, 60)), line((0, 0), (0, 60))]
    backward, second, first = true_pieces(TracedWord(truth, pieces))
    assert first.when < second.when < backward.when
    assert (first.forward, second.forward, backward.forward) == (True, True, False)
    assert (first.last, second.first, backward.first) == (0, 0, 1)
    steps = all_steps([TracedWord(truth, pieces)])
    assert steps.down.tolist() == [0.0, 1.0, 0.0]
    assert steps.counts.tolist() == [6, 4, 2]


def test_a_rule_is_learned_and_read_back(tmp_path):
    rng = np.random.default_rng(1)
    network, losses = fit(all_steps([word(rng) for _ in range(400)]))
    assert losses["next"] < 0.2
    write(network, tmp_path / "order.npz")
    order = read_pen_order(tmp_path / "order.npz")
    right = 0
    for _ in range(20):
        unseen = word(rng)
        written = reorder(order, unseen.pieces, 3.0)
        right += all(np.array_equal(a, b) for a, b in zip(unseen.truth, written, strict=False))
    assert right >= 18
