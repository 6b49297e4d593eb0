"""Patches of ink: where they lie, and from which size on they count."""

import numpy as np
import pytest

from inksight_cli.ownership.region import Region
from inksight_cli.refine.audit import split_patches

PEN = 5.0  # a dot of it: 0.44 * 25 = 11 px


def region(*blocks, left=0, top=0):
    mask = np.zeros((40, 60), dtype=bool)
    for x, y, wide, high in blocks:
        mask[y : y + high, x : x + wide] = True
    return Region(mask, left, top)


def test_every_patch_is_found_at_its_place_on_the_page():
    found = sorted(
        split_patches(region((3, 4, 6, 5), (30, 20, 4, 9), left=100, top=200), PEN),
        key=lambda each: each.left,
    )
    assert [(each.left, each.top, each.mask.shape) for each in found] == [
        (103, 204, (5, 6)),
        (130, 220, (9, 4)),
    ]
    assert all(each.mask.all() for each in found)


@pytest.mark.parametrize(("wide", "counts"), [(10, 0), (11, 1), (12, 1)])
def test_a_patch_as_large_as_a_dot_counts(wide, counts):
    assert len(list(split_patches(region((5, 5, wide, 1)), PEN))) == counts


@pytest.mark.parametrize(("wide", "counts"), [(2, 0), (3, 1)])
def test_of_the_finest_pen_three_pixels_count(wide, counts):
    assert len(list(split_patches(region((5, 5, wide, 1)), 1.0))) == counts


def test_patches_that_touch_at_a_corner_are_one():
    (both,) = split_patches(region((5, 5, 4, 4), (9, 9, 4, 4)), PEN)
    assert (both.mask.shape, int(both.mask.sum())) == ((8, 8), 32)
