"""Crossings, retraces, lifts, AIoU and LDTW: what they say, and that they go on saying it."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inksight_cli import evaluate
from inksight_cli.evaluate.scores import compare
from inksight_cli.evaluate.shape import (
    Kept,
    Lifts,
    adaptive_iou,
    crossings_kept,
    length_normalised_dtw,
    pen_lifts,
    retraces_kept,
)
from tests.drawing import arc

LINE = np.array([(0.0, 0), (60, 0)])
LOOP = np.concatenate([[(0, 45)], arc(45, 25, 16, -70, 70), [(0, 5)]])
STEM = np.array([(0.0, 0), (0, 50), (1, 4), (20, 0), (20, 50)])  # an n: down, back up, over, down
CROSS = [np.array([(0.0, 20), (40, 20)]), np.array([(20.0, 0), (20, 40)])]
RECORDED = [1.0, 1.0, 4.8547398, 0.8030702, 0.6835353, 4.8085042]
KEPT = (Kept(true=4, kept=3), Kept(true=1, kept=0), Lifts(extra=2, missing=0))
words = st.lists(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40)), min_size=1, max_size=5).map(
        lambda points: np.array(points, float)
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(words)
def test_the_same_ink_keeps_all(ink):
    assert adaptive_iou(ink, ink) == 1
    assert length_normalised_dtw(ink, ink) == pytest.approx(0, abs=1e-9)
    assert pen_lifts(ink, [stroke[::-1] for stroke in ink]) == Lifts(0, 0)
    for count in (crossings_kept(ink, ink), retraces_kept(ink, ink)):
        assert count.kept == count.true


def test_nothing_is_worth_nothing():
    assert (adaptive_iou([], []), adaptive_iou([LINE], [])) == (1, 0)
    assert (length_normalised_dtw([], []), length_normalised_dtw([], [LINE])) == (0, np.inf)
    assert crossings_kept(CROSS, []) == Kept(1, 0)
    assert retraces_kept([STEM], []) == Kept(1, 0)
    assert pen_lifts([LINE], []) == Lifts(0, 1)
    assert Kept(0, 0).share is None


def test_a_line_beside_a_line_overlaps_as_thick_as_it_must():
    near, far, away = (adaptive_iou([LINE], [LINE + (0, y)]) for y in (2, 7, 20))
    assert 0 == away < far < near < 1
    assert near > 0.3


def test_the_warping_path_is_what_ldtw_divides_by():
    assert length_normalised_dtw([LINE], [LINE + (0, 5)]) == pytest.approx(5)
    longer = [LINE, LINE + (0, 5)]  # all of the second waits at the first's end
    assert length_normalised_dtw([LINE], longer) < 30


def test_crossings():
    assert crossings_kept(CROSS, CROSS) == Kept(1, 1)
    assert crossings_kept(CROSS, CROSS[:1]) == Kept(1, 0)
    assert crossings_kept([LOOP], [LOOP + (1, 1)]) == Kept(1, 1)
    assert crossings_kept([LOOP], [LOOP[::-1]]) == Kept(1, 1)
    assert crossings_kept([STEM], [STEM]).true <= 1  # going over one's own line is no crossing
    assert crossings_kept(CROSS, [CROSS[0], CROSS[1] + (12, 0)]) == Kept(1, 0)


def test_retraces():
    assert retraces_kept([STEM], [STEM + 1]) == Kept(1, 1)
    once = [STEM[:2], STEM[2:]]  # lifted at the foot: nothing is gone over again
    assert retraces_kept([STEM], once) == Kept(1, 0)
    assert retraces_kept([LINE, LOOP], [LINE]) == Kept(0, 0)


def test_lifts():
    halves = [LINE / (2, 1), LINE / (2, 1) + (30, 0)]
    assert pen_lifts([LINE], halves) == Lifts(1, 0)
    assert pen_lifts(halves, [LINE]) == Lifts(0, 1)
    assert pen_lifts([LINE], [LINE + 2]) == Lifts(0, 0)
    assert pen_lifts([LINE], [LINE + (0, 20)]) == Lifts(1, 1)


def test_what_they_said_of_recorded_strokes():
    """Frozen: other figures would make those of before incomparable. Add measures, change none."""
    truth = [LOOP, STEM + (100, 0), *CROSS]
    drawn = [
        LOOP[:20] + 1.5,
        LOOP[20:],
        STEM[:2] + (101, 1),
        STEM[2:] + (99, 0),
        CROSS[1],
        CROSS[0],
    ]
    scores = compare(truth, drawn)
    found = [scores.precision, scores.recall, scores.dtw, scores.order, scores.aiou, scores.ldtw]
    assert found == pytest.approx(RECORDED, abs=1e-6)
    assert (scores.crossings, scores.retraces, scores.lifts) == KEPT


def test_the_ruler_uses_nothing_of_the_house():
    """What measures must not change with what is measured."""
    for name in ("resample", "coverage", "paths", "shape", "scores"):
        tree = ast.parse((Path(evaluate.__file__).parent / f"{name}.py").read_text())
        nodes = list(ast.walk(tree))
        found = {
            alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
        }
        found |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        ours = {module for module in found if module.startswith("inksight_cli")}
        assert all(module.startswith("inksight_cli.evaluate.") for module in ours), (name, ours)
        others = {module.split(".")[0] for module in found - ours} - sys.stdlib_module_names
        assert others <= {"numpy"}, (name, others)


def test_the_pen_grows_by_three_by_three_cells():
    """A dot of one cell, thickened once, is the nine cells that the true dot is drawn with."""
    dot = [np.array([(5.5, 5.5)])]
    assert adaptive_iou(dot, dot) == 1
    assert adaptive_iou(dot, [np.array([(6.5, 6.5)])]) == pytest.approx(9 / 25)
