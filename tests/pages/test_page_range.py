import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.errors import UsageError
from inksight_cli.pages.page_range import PageRange


@pytest.mark.parametrize(
    ("text", "inside", "last"),
    [
        ("3-7,9", [3, 4, 5, 6, 7, 9], 9),
        ("-2", [1, 2], 2),
        ("9-", [9, 10, 11, 12], None),
        (" 4 , 2 ", [2, 4], 4),
        ("5-5", [5], 5),
    ],
)
def test_ranges(text, inside, last):
    pages = PageRange.parse(text)
    assert [n for n in range(1, 13) if n in pages] == inside
    assert pages.last == last


@pytest.mark.parametrize("text", ["", "0", "7-3", "a", "1,", "-", "1-2-3", "-0", "²", "1" * 30])
def test_what_is_no_range(text):
    with pytest.raises(UsageError, match="not a page range"):
        PageRange.parse(text)


@given(st.lists(st.tuples(st.integers(1, 99), st.integers(0, 50) | st.none()), min_size=1))
def test_what_is_written_reads_back(spans):
    pages = PageRange(tuple((a, None if n is None else a + n) for a, n in spans))
    assert PageRange.parse(str(pages)) == pages
