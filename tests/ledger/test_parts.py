"""A page that is kept comes back the same, to the last bit."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inksight_cli.document import Line, Page, Photo, Quality, Stroke, Word
from inksight_cli.errors import UnreadableInputError
from inksight_cli.geometry import Quad
from inksight_cli.homography import Homography
from inksight_cli.ledger.parts import read_part, write_part

numbers = st.floats(-1e6, 1e6)
points = hnp.arrays(np.float64, st.tuples(st.integers(1, 5), st.just(2)), elements=numbers)


@st.composite
def strokes(draw):
    at = draw(points)
    widths = hnp.arrays(np.float64, len(at), elements=numbers)
    return Stroke(at, draw(st.none() | widths), draw(st.sampled_from(["#000000", "#12ab34"])))


quads = hnp.arrays(np.float64, (4, 2), elements=numbers).map(Quad.from_points)
words = st.builds(
    Word,
    quads,
    st.text(max_size=5),
    st.none() | numbers,
    st.lists(strokes(), max_size=3),
    st.sampled_from([None, "derender"]),
    st.none() | st.builds(Quality, numbers, numbers, numbers, flags=st.just(("lost-ink",))),
)
lines = st.builds(Line, st.lists(words, max_size=3), quads)
matrices = hnp.arrays(np.float64, (3, 3), elements=numbers).map(Homography)
pages = st.builds(
    Page,
    st.integers(1, 9999),
    st.integers(1, 9999),
    st.lists(lines, max_size=3),
    st.lists(strokes(), max_size=3),
    st.none() | numbers,
    st.text(max_size=5),
    warnings=st.lists(st.text(max_size=5), max_size=2),
    photo=st.none() | st.builds(Photo, st.integers(1, 9), st.integers(1, 9), matrices),
    paper=st.none() | st.just("#ffffff"),
)


@given(pages)
def test_a_page_comes_back_exactly(tmp_path_factory, page):
    path = tmp_path_factory.getbasetemp() / "part"
    path.write_bytes(write_part(page))
    again = read_part(path)
    assert write_part(again) == write_part(page)
    for one, other in zip(again.strokes, page.strokes, strict=True):
        np.testing.assert_array_equal(one.points, other.points)
        assert (one.widths is None) == (other.widths is None)
    for one, other in zip(again.words, page.words, strict=True):
        assert (one.quad, one.text, one.confidence) == (other.quad, other.text, other.confidence)
        assert one.quality == other.quality
    assert (again.width, again.dpi, again.warnings) == (page.width, page.dpi, page.warnings)


def test_numbers_of_numpy_become_pythons(tmp_path):
    page = Page(1, 2, dpi=np.float32(0.5))
    (tmp_path / "part").write_bytes(write_part(page))
    assert read_part(tmp_path / "part").dpi == 0.5


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"is": "Page"}',
        b'{"is": "os.system"}',
        b'{"is": "array", "of": ["x"], "shape": [1]}',
        write_part(Page(1, 2))[:-9],
        json.dumps({"is": "Word", "quad": None}).encode(),
    ],
)
def test_what_is_no_page_is_told(tmp_path, data):
    (tmp_path / "part").write_bytes(data)
    with pytest.raises(UnreadableInputError, match="cannot be read"):
        read_part(tmp_path / "part")
    with pytest.raises(UnreadableInputError, match="no such file"):
        read_part(tmp_path / "none")
