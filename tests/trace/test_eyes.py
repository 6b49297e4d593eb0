"""Eyes full of ink: a loop stays a loop, and nothing else becomes one."""

import cv2
import numpy as np
import pytest

from inksight_cli.polylines import resample
from inksight_cli.trace.eyes import filled_eyes
from inksight_cli.trace.graph import build_graph
from inksight_cli.trace.skeleton import thin
from tests.drawing import pen


def drawn(paths, width, size=(80, 120)):
    return pen([np.asarray(path, float) for path in paths], size, width)


def eyes_of(mask):
    distance = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    return filled_eyes(distance, thin(mask))


def ellipse(centre, axes):
    angles = np.linspace(0, 2 * np.pi, 40)
    return np.stack([centre[0] + axes[0] * np.cos(angles), centre[1] + axes[1] * np.sin(angles)], 1)


@pytest.mark.parametrize("width", [4.0, 6.0, 9.0])
def test_a_narrow_loop_at_the_end_of_a_line_is_gone_round(width):
    loop = ellipse((60, 30), (0.5 * width, 1.5 * width))
    mask = drawn([[(10, 60), (110, 60)], [(60, 60), (60, 30 + 1.5 * width)], loop], width)
    assert mask[25:45, 60].all()  # its eye is full of ink
    graph = build_graph(mask, open_eyes=True)
    ways_round = [edge for edge in graph.edges if edge.is_loop]
    assert len(ways_round) == 1
    ring = resample(ways_round[0].path, 1.0)
    assert ring[:, 0].min() < 60 < ring[:, 0].max()


@pytest.mark.parametrize("width", [3.0, 5.0, 8.0])
@pytest.mark.parametrize("angle", [40, 60, 90])
def test_lines_that_cross_have_no_eye(width, angle):
    way = 45 * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    middle = np.array([60, 40])
    mask = drawn([[(10, 40), (110, 40)], [middle - way, middle + way]], width, (90, 120))
    assert not eyes_of(mask).any()


def test_a_thick_stroke_is_not_gone_round():
    mask = drawn([[(5, 10), (115, 10)], [(5, 70), (115, 70)]], 3)
    mask |= drawn([[(5, 40), (60, 40)]], 9)
    assert not eyes_of(mask).any()


def test_paper_has_no_eyes():
    nothing = np.zeros((5, 7), bool)
    assert not filled_eyes(nothing.astype(np.float32), nothing).any()
