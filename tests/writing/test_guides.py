"""Base line and body, from which letters a word has."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.writing.guides import guides, reach


def ends(text, base, body):
    reaches = [reach(letter) for letter in text]
    tops = [np.nan if above is None else base - above * body for above, _ in reaches]
    bottoms = [np.nan if below is None else base + below * body for _, below in reaches]
    return np.array(tops), np.array(bottoms)


@given(
    st.text("abcdeghlmnopqrstuxyzABT", min_size=2, max_size=12),
    st.floats(-500, 500),
    st.floats(2, 80),
)
def test_what_letters_reach_tells_both(text, base, body):
    found = guides(text, *ends(text, base, body))
    assert found == pytest.approx((base, body), rel=1e-3, abs=1e-3 * body)


def test_one_bad_letter_does_not_bend_it():
    tops, bottoms = ends("bundles", 40.0, 10.0)
    bottoms[2] += 25
    assert guides("bundles", tops, bottoms) == pytest.approx((40, 10), abs=0.5)


def test_a_known_body_leaves_the_line():
    assert guides("J.", *ends("J.", 0.0, 1.0)) is None
    assert guides("f", np.array([3.0]), np.array([9.0]), 2.0) is None
    assert guides("e,", np.array([8.0, 17.0]), np.array([18.0, 21.0]), 10.0)[0] == pytest.approx(18)
