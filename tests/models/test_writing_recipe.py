"""What writing learns beforehand: kinds of letters, and what tells hands apart."""

import numpy as np
import pytest

from inksight_cli.writing.shape import POINTS, extent, paths_of, shape
from models.writing.letters import parted, set_on_line
from models.writing.style import Style, discriminants, features


def test_a_letter_and_its_points():
    square = np.array([[0.0, 0.0], [0.0, -1.0], [1.0, -1.0]])
    strokes, points = shape([square, square + 2.0], 0.0)
    assert strokes == 2 and points.shape == (POINTS, 2)
    again = paths_of(strokes, points, 0.0)
    assert [len(path) for path in again] == [POINTS // 2, POINTS // 2]
    assert np.allclose(again[0][-1] - again[0][0], [1, -1])
    assert shape([square] * 4, 0.0) is None


@pytest.mark.parametrize("letter", ["x", "g", "T", "7", "b"])
def test_characters_are_set_on_the_line(letter):
    (path,) = set_on_line([np.array([[30.0, 80.0], [40.0, 20.0], [60.0, 90.0]])], letter)
    above, below = extent(letter)
    assert path[:, 1].max() == pytest.approx(below)
    assert path[:, 1].min() == pytest.approx(-above)


def test_kinds_are_parted():
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(k * 5, 0.3, (20, 6)) for k in range(3)])
    kinds = parted(points, 3, rng).reshape(3, 20)
    assert {len(set(row)) for row in kinds.tolist()} == {1} and len(set(kinds[:, 0])) == 3


def test_hands_are_told_apart_by_how_the_pen_turns():
    rng = np.random.default_rng(0)
    t = np.linspace(0, 6 * np.pi, 200)

    def word(lean):
        ring = np.stack([20 * t + 40 * np.cos(t), -40 * np.sin(t)], axis=1)
        return [ring @ np.array([[1, 0], [-lean, 1]]) + rng.normal(0, 0.5, ring.shape)]

    leans = np.repeat([0.0, 0.3, 0.6], 4)
    samples = [features([word(lean) for _ in range(3)]) for lean in leans]
    style = discriminants(np.array(samples), np.repeat([0, 1, 2], 4))
    assert isinstance(style, Style)
    same, other = (style.distance([word(0.3)], [word(lean)]) for lean in (0.3, 0.6))
    assert 2 * same < other
