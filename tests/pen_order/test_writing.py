"""The writer's hand: nothing lost, no paper crossed, nothing that depends on the company."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli.pen_order.beam import Walk, walk_all
from inksight_cli.pen_order.hand import MATRICES, Hand, Known
from inksight_cli.pen_order.lines import SPUR
from inksight_cli.pen_order.repair import missing, repair
from inksight_cli.pen_order.ways import TOUCH, keep_to_ink
from inksight_cli.pen_order.writing import lines_of, write_all
from inksight_cli.trace.graph import build_graph
from tests.drawing import arc, pen

SHAPE = (70, 160)
PEN = 3.0
WIDTH, HEADS, PAIR, POINTER = 8, 2, 6, 5
SHAPES = {
    "begin": (3 * WIDTH,),
    "pen": (2, 3 * WIDTH),
    "memory": (WIDTH, 3 * WIDTH),
    "memory_bias": (3 * WIDTH,),
    "unfollowed": (PAIR,),
    "dynamic": (7, PAIR),
    "glimpse": (PAIR, HEADS),
    "glimpse_bias": (HEADS,),
    "query": (WIDTH, WIDTH),
    "query_bias": (WIDTH,),
    "ask": (2 * WIDTH, POINTER),
    "ask_bias": (POINTER,),
    "point": (PAIR, POINTER),
    "out": (POINTER, 2),
    "out_bias": (2,),
    "stop": (2 * WIDTH + 2, 4),
    "stop_bias": (4,),
    "stop_out": (4, 1),
    "stop_out_bias": (1,),
}


class Guesser(Hand):
    """A hand of random weights whose encoder is a random projection of what it is told."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        weights = {name: rng.normal(0, 1, SHAPES[name]).astype(np.float32) for name in MATRICES}
        super().__init__(b"", weights)

    def read(self, told):
        def project(x, width, seed):
            matrix = np.random.default_rng(seed).normal(0, 0.3, (x.shape[-1], width))
            return (x @ matrix).astype(np.float32)

        many, states, _ = told.own.shape
        apart = (many, states, HEADS, WIDTH // HEADS)
        return Known(
            project(told.own, 3 * WIDTH, 1),
            project(told.own, WIDTH, 2).reshape(apart).transpose(0, 2, 3, 1),
            project(told.own, WIDTH, 3).reshape(apart).transpose(0, 2, 1, 3),
            project(told.own, POINTER, 4),
            project(told.pair, PAIR, 5),
        )


def wavy(rng):
    """Return a random stroke of 1 to 25 points inside the picture."""
    count = int(rng.integers(1, 25))
    steps = rng.normal(0, 4, (count, 2)) + rng.normal(0, 2, 2)
    return np.clip(rng.uniform(8, [150, 60]) + np.cumsum(steps, axis=0), 5, [154, 64])


def word(seed, count):
    strokes = [wavy(np.random.default_rng([seed, k])) for k in range(count)]
    return lines_of(build_graph(pen(strokes, SHAPE, PEN)), PEN)


words = st.builds(word, st.integers(0, 10**6), st.integers(1, 6))


@settings(max_examples=40, deadline=None)
@given(words, st.integers(0, 50), st.integers(1, 4))
def test_every_line_is_written_or_is_a_spur(lines, seed, beams):
    (strokes,) = write_all(Guesser(seed), [lines], beams)
    drawn = np.concatenate(strokes)
    for path, length in zip(lines.paths, lines.lengths, strict=True):
        if length > SPUR * lines.pen or length == 0:
            far = np.hypot(*(path[:, None] - drawn[None]).transpose(2, 0, 1)).min(axis=1)
            # Junctions are crossed straight, corners are rounded.
            assert np.median(far) < lines.pen


@settings(max_examples=40, deadline=None)
@given(words, st.integers(0, 50))
def test_walks_are_mended_and_keep_to_the_ink(lines, seed):
    (found,) = walk_all(Guesser(seed), [lines.seen])
    assert len({state // 2 for state in found.states}) == len(found.states)
    walk = repair(lines, keep_to_ink(lines, found))
    assert missing(lines, walk.states) == []
    assert len(walk.states) == len(walk.down)
    assert not walk.down[0]
    for before, state, down in zip(walk.states, walk.states[1:], walk.down[1:], strict=False):
        gap = lines.nodes[lines.starts[state]] - lines.nodes[lines.goals[before]]
        assert not down or np.hypot(*gap) <= TOUCH * lines.pen


def test_an_empty_walk_becomes_a_whole_word():
    lines = word(3, 5)
    walk = repair(lines, Walk([], []))
    assert missing(lines, walk.states) == []


def test_a_word_is_written_alike_in_any_company():
    several = [word(seed, 1 + seed % 5) for seed in range(9)]
    hand = Guesser(7)
    together = walk_all(hand, [lines.seen for lines in several])
    alone = [walk_all(hand, [lines.seen])[0] for lines in several]
    assert together == alone


def test_nothing_is_written_of_nothing():
    assert write_all(Guesser(0), []) == []
    assert lines_of(build_graph(np.zeros(SHAPE, bool)), PEN) is None


@pytest.mark.parametrize("turn", [0.0, 0.5, -1.2])
def test_text_at_an_angle_is_measured_level(turn):
    strokes = [arc(40, 35, 15, 0, 300), [(70, 20), (70, 50)], [(90, 40), (130, 30)]]
    level = lines_of(build_graph(pen(strokes, SHAPE, PEN)), PEN)
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, sine], [-sine, cosine]])
    turned = [(np.asarray(s) - (80, 35)) @ matrix + (100, 100) for s in strokes]
    askew = lines_of(build_graph(pen(turned, (200, 200), PEN)), PEN, turn)
    assert len(askew.paths) == len(level.paths)
    assert askew.size == pytest.approx(level.size, rel=0.08)
    assert askew.seen.aspect == pytest.approx(level.seen.aspect, rel=0.08)


def test_text_that_runs_to_the_left_is_seen_in_a_mirror():
    strokes = [arc(40, 35, 15, 0, 300), [(70, 20), (70, 50)], [(90, 40), (130, 30)]]
    graph = build_graph(pen(strokes, SHAPE, PEN))
    plain, mirrored = lines_of(graph, PEN), lines_of(graph, PEN, mirrored=True)
    width = plain.seen.aspect
    assert mirrored.seen.shape == pytest.approx(plain.seen.shape * (-1, 1) + (width, 0), abs=1e-5)
    assert mirrored.seen.leaving == pytest.approx(plain.seen.leaving * (-1, 1), abs=1e-5)
    assert mirrored.seen.own[:, 2] == pytest.approx(-plain.seen.own[:, 2], abs=1e-5)
    assert mirrored.seen.apart == pytest.approx(plain.seen.apart, abs=1e-3)
    assert all(np.array_equal(a, b) for a, b in zip(plain.paths, mirrored.paths, strict=True))
