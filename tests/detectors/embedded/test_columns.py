"""Whether what runs down a page is a column, or a page on its side."""

import numpy as np
import pytest

from inksight_cli.detectors.embedded.columns import ASKED, stand_upright
from inksight_cli.document import Line, Word
from inksight_cli.geometry import Box, Quad

PIXELS = np.full((400, 200, 3), 255, dtype=np.uint8)


def column(texts, down=True):
    """Words one below the other whose boxes lie on their side, as a detector finds them."""
    words = []
    for k, text in enumerate(texts):
        corners = Quad.from_box(Box(80, 20 + 50 * k, 120, 60 + 50 * k)).points
        words.append(Word(Quad.from_points(np.roll(corners, -1, axis=0)), text))
    around = Quad.from_box(Box(80, 20, 120, 20 + 50 * len(texts))).points
    return Line(words, Quad.from_points(np.roll(around, -1 if down else -3, axis=0)))


def reader(standing, turned):
    """Reads so many of the pictures rightly, as they stand and turned to the left."""

    def read(pictures):
        assert len(pictures) == 2 * ASKED
        assert pictures[0].shape == pictures[ASKED].shape[1::-1] + (3,)
        return ["口" if k < n else "x" for n in (standing, turned) for k in range(ASKED)]

    return read


@pytest.mark.parametrize(
    ("standing", "upright"), [(ASKED, True), (6, True), (4, False), (0, False)]
)
def test_characters_that_are_read_as_they_stand_stand_upright(standing, upright):
    line = column("口口口ab口".replace("ab", "口"))
    line.words.append(Word(line.words[-1].quad, "ab"))
    before = [word.box for word in line.words]
    stand_upright([line], PIXELS, reader(standing, 7))
    assert [word.box for word in line.words] == before
    angles = [round(word.quad.angle, 2) for word in line.words]
    assert angles == [0.0 if upright else 1.57] * 5 + [1.57]


def test_nothing_is_asked_of_lines_that_run_otherwise_or_are_no_characters():
    across = Line(column("口口").words, Quad.from_box(Box(0, 0, 90, 20)))
    for line in (across, column("口口", down=False), column(["abc", "de"])):
        stand_upright([line], PIXELS, lambda pictures: pytest.fail("asked"))
