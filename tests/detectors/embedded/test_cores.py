"""The network's maps into fragments."""

import numpy as np
import pytest

from inksight_cli.detectors.embedded.cores import find_fragments
from inksight_cli.geometry import Box
from tests.detectors.ideal import CORES, boxes, maps_of


def test_each_core_takes_its_letters(mask):
    fragments, loose = find_fragments(maps_of(mask, CORES), mask)
    assert boxes(fragments) == [Box(20, 40, 74, 60), Box(120, 40, 186, 60)]
    assert not len(loose.points)
    assert sum(len(f.points) for f in fragments) == mask.sum()
    # Letters stay apart, and no two words share a mark.
    assert sorted(len(np.unique(f.marks)) for f in fragments) == [5, 6]
    assert not set(fragments[0].marks) & set(fragments[1].marks)


def test_cores_tell_which_way_they_run(mask):
    turned = np.ascontiguousarray(mask.T)
    upright = [(top, left, bottom, right) for left, top, right, bottom in CORES]
    level, _ = find_fragments(maps_of(mask, CORES), mask)
    down, _ = find_fragments(maps_of(turned, upright), turned)
    assert all(abs(np.sin(f.angle)) < 0.01 for f in level)
    assert all(abs(np.cos(f.angle)) < 0.01 for f in down)
    assert level[0].body == pytest.approx(16, abs=1)
    assert level[0].length == pytest.approx(54, abs=1)


def test_no_cores_no_fragments(mask):
    fragments, loose = find_fragments(maps_of(mask, []), mask)
    assert fragments == [] and len(loose.points) == mask.sum()
    nothing = np.zeros_like(mask)
    assert find_fragments(maps_of(nothing, CORES), nothing)[0] == []
