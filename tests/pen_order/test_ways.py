"""Between lines the pen goes back over drawn ink, or it is lifted."""

import numpy as np

from inksight_cli.pen_order.beam import Walk
from inksight_cli.pen_order.drawing import draw
from inksight_cli.pen_order.ways import keep_to_ink
from inksight_cli.pen_order.writing import lines_of
from inksight_cli.trace.graph import build_graph
from tests.drawing import arc, nearest, pen

PEN = 4.0
STEM = [(30, 15), (30, 90)]
ARCH = [*arc(50, 55, 20, 180, 360), (70, 90)]


def lines(strokes):
    return lines_of(build_graph(pen(strokes, (110, 160), PEN)), PEN)


def state(of, start, end):
    """Return the state that runs from near one place to near another."""
    for k in range(2 * len(of.paths)):
        path = of.path_of(k)
        if np.hypot(*(path[0] - start)) < 16 and np.hypot(*(path[-1] - end)) < 16:
            return k
    raise AssertionError(f"no line from {start} to {end}")


def test_an_n_is_written_in_one_go():
    word = lines([STEM, ARCH])
    upper, lower = state(word, (30, 15), (30, 55)), state(word, (30, 55), (30, 90))
    arch = state(word, (30, 55), (70, 90))
    walk = keep_to_ink(word, Walk([upper, lower, arch], [False, True, True]))
    assert walk.states == [upper, lower, lower ^ 1, arch]
    assert walk.down == [False, True, True, True]
    (stroke,) = draw(word, walk.states, walk.down)
    assert nearest([(30, 85)], stroke).max() < PEN
    assert np.hypot(*(stroke[-1] - (70, 90))) < PEN


def test_nobody_goes_back_over_ink_that_is_not_there_yet():
    word = lines([STEM, ARCH])
    upper, lower = state(word, (30, 15), (30, 55)), state(word, (30, 55), (30, 90))
    arch = state(word, (30, 55), (70, 90))
    walk = keep_to_ink(word, Walk([arch, upper, lower], [False, True, True]))
    assert walk.states == [arch, upper, lower]
    assert walk.down == [False, False, True]


def test_the_pen_is_lifted_over_paper():
    word = lines([STEM, [(110, 15), (110, 90)]])
    walk = keep_to_ink(word, Walk([0, 2], [False, True]))
    assert walk.down == [False, False]
