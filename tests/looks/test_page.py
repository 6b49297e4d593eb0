"""The lines of a page tell scripts together; a few odd ones change nothing."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from inksight_cli.errors import ModelError
from inksight_cli.looks.network import KINDS, SCRIPTS, SHIPPED, read_looks, shipped
from inksight_cli.looks.page import pooled, tell
from inksight_cli.trace.skeleton import thin

HERE = Path(__file__).parent
HEBREW = SCRIPTS.index("hebrew")


def lines_of(name):
    """The dots of the lines of a small page in a handwriting font."""
    mask = cv2.imread(str(HERE / f"{name}.png"), cv2.IMREAD_GRAYSCALE) < 128
    y, x = np.nonzero(thin(mask))
    points = np.column_stack([x, y]) + 0.5
    line = np.clip((points[:, 1] - 32) // 95, 0, 2)
    return [points[line == k] for k in range(3)]


@pytest.mark.parametrize("name", ["hebrew", "arabic", "thai", "latin"])
def test_scripts_are_told_either_way_up(name):
    lines = lines_of(name)
    for turn, angle in ((1, 0.0), (-1, 0.0), (-1, np.pi)):
        told = tell([turn * line for line in lines], [angle] * 3)
        scripts = [line.script for line in told.lines]
        assert set(scripts) <= {name, ""} and scripts.count(name) >= 2
        on_head = turn == -1 and angle == 0
        assert all((line.upside_down > 0.5) == on_head for line in told.lines)
        assert (told.upside_down > 0.5) == on_head


def test_what_was_read_is_not_asked_about_and_counts():
    latin, hebrew = lines_of("latin"), lines_of("hebrew")
    told = tell([*latin, hebrew[0]], [0.0] * 4, ["hebrew", "hebrew", "hebrew", ""])
    assert [line.script for line in told.lines] == ["hebrew"] * 4
    nothing = tell([], [])
    assert (nothing.lines, nothing.upside_down) == ([], 0.0)


def test_no_ink_and_scribbles_are_in_no_script():
    frame = np.concatenate([[(x, y) for x in range(200)] for y in (0, 60)])
    told = tell([np.empty((0, 2)), frame.astype(float)], [0.0, 0.0])
    assert {line.script for line in told.lines} <= {"", "latin"}


def likely(*rows):
    """How likely lines are, mostly Latin: each row says how many times likelier they are Hebrew."""
    found = np.full((len(rows), KINDS), 1e-3)
    found[:, 0] = 1.0
    found[:, HEBREW] = rows
    return found


def test_one_odd_line_of_a_page_stays_what_the_others_are():
    alone, _ = pooled(likely(300.0))
    among, shares = pooled(likely(*[0.01] * 20, 300.0))
    assert alone[0].argmax() == HEBREW
    assert among[-1, HEBREW] < 0.95 < shares[0] + 0.1
    most, _ = pooled(likely(*[30.0] * 20, 1.0))
    assert (most[:-1].argmax(axis=1) == HEBREW).all()


def test_the_other_drawings_of_a_batch_do_not_matter():
    rng = np.random.default_rng(0)
    drawings = [(rng.random((40, int(w))) * 255).astype(np.uint8) for w in rng.integers(9, 300, 30)]
    together = shipped().look(drawings)
    assert together.shape == (30, KINDS)
    assert np.allclose(np.exp(together).sum(axis=1), 1, atol=1e-5)
    for drawing, logs in zip(drawings, together, strict=True):
        assert np.allclose(shipped().look([drawing])[0], logs, atol=1e-4)
    assert shipped().look([]).shape == (0, KINDS)


def test_the_shipped_network_is_small_and_a_damaged_one_says_so(tmp_path):
    assert SHIPPED.stat().st_size < 300_000
    broken = tmp_path / "looks.npz"
    broken.write_bytes(SHIPPED.read_bytes()[:-900])
    with pytest.raises(ModelError, match="tells no scripts"):
        read_looks(broken)
