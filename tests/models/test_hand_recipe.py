"""The recipe of the writer's hand: true walks, shards, and a product that computes the same."""

import numpy as np
import pytest

from inksight_cli.pen_order import features, lines_of, read_hand, step
from inksight_cli.pen_order.drawing import draw
from inksight_cli.trace.graph import build_graph
from models.hand.shards import Row, load, save
from models.hand.targets import true_walk
from tests.drawing import pen

SHAPE = (180, 280)
PEN = 6.0
TEE = [[(40, 40), (200, 40)], [(120, 40), (120, 150)]]
BOX = [[(40, 30), (40, 150)], [(40, 30), (180, 30), (180, 150)], [(40, 150), (180, 150)]]


def traced(strokes):
    return lines_of(build_graph(pen(strokes, SHAPE, PEN)), PEN)


def arrays(strokes):
    return [np.asarray(stroke, float) for stroke in strokes]


@pytest.mark.parametrize("strokes", [TEE, TEE[::-1], [s[::-1] for s in TEE], BOX])
def test_the_true_walk_draws_the_true_strokes(strokes):
    lines = traced(strokes)
    walk = true_walk(lines, arrays(strokes))
    assert walk.lost < 0.05
    drawn = draw(lines, walk.states, walk.down)
    assert len(drawn) == len(strokes)
    for ink, truth in zip(drawn, arrays(strokes), strict=True):
        assert np.hypot(*(ink[0] - truth[0])) < 2 * PEN
        assert np.hypot(*(ink[-1] - truth[-1])) < 2 * PEN


def test_every_line_is_walked_once():
    lines = traced(TEE)
    back = [*TEE, TEE[0][::-1]]  # gone over again
    walk = true_walk(lines, arrays(back))
    assert len({state // 2 for state in walk.states}) == len(walk.states) == len(lines.paths)


def test_shards_keep_what_they_are_given(tmp_path):
    rows = []
    for strokes in (TEE, BOX):
        lines = traced(strokes)
        walk = true_walk(lines, arrays(strokes))
        rows.append(Row(lines.seen, np.array(walk.states), np.array(walk.down), "a set"))
    save(tmp_path / "x-000.npz", rows)
    for row, kept in zip(rows, load(tmp_path / "x-000.npz"), strict=True):
        assert (row.states == kept.states).all() and (row.down == kept.down).all()
        assert kept.source == "a set"
        assert np.allclose(row.seen.apart, kept.seen.apart, atol=2e-3)
        assert np.allclose(row.seen.shape, kept.seen.shape, atol=2e-3)


def test_the_product_computes_what_training_does(tmp_path):
    torch = pytest.importorskip("torch")
    from models.hand.batches import collate
    from models.hand.export import export
    from models.hand.network import Hand, Size

    torch.manual_seed(0)
    network = Hand(Size(width=16, layers=2, heads=2, pair=8, pointer=8)).eval()
    for weights in network.parameters():
        weights.data = weights.data.half().float()
    export(network, tmp_path / "hand.npz")
    hand = read_hand(tmp_path / "hand.npz")
    lines = traced(BOX)
    walk = true_walk(lines, arrays(BOX))
    words, targets = collate([Row(lines.seen, np.array(walk.states), np.array(walk.down), "")])
    told = features.tell(features.batch([lines.seen]))
    known, states = hand.read(told), told.own.shape[1]
    at = step.Progress(
        np.full((1, 1), -1),
        np.zeros((1, 1), bool),
        np.zeros((1, 1, states), bool),
        np.zeros((1, 1, 16), np.float32),
    )
    written = torch.zeros(1, len(walk.states), states)
    for k, state in enumerate(walk.states[:-1]):
        written[0, k + 1 :, state] = 1
    last = torch.tensor([[-1, *walk.states[:-1]]])
    down = torch.tensor([[0.0, *map(float, walk.down[:-1])]])
    with torch.no_grad():
        read = network.encode(words)
        memory, _ = network.memory(network.inputs(read, last, down))
        choice, pen_down = network.point(words, read, memory, last, written)
    for k, state in enumerate(walk.states):
        scores, stays = step.score(hand.weights, told, known, at)
        assert np.allclose(scores[0, 0], choice[0, k], atol=2e-3)
        assert np.allclose(stays[0, 0], pen_down[0, k], atol=2e-3)
        at.last, at.down = np.array([[state]]), np.array([[walk.down[k]]])
        at.written[0, 0, state] = True
    assert float(targets.wanted[0, -1]) == states
