"""Numbers that come in: finite and within bounds, or refused; what is read can be written."""

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli import incoming
from inksight_cli.errors import UnreadableInputError
from inksight_cli.formats import find_reader, find_writer
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.documents import sample

BAD = ["NaN", "inf", "-inf", "1e308", "1" + "0" * 400, "-1e30"]


def written(document, name):
    stream = io.BytesIO()
    find_writer(name).write(document, stream, WriteOptions())
    return stream.getvalue()


@given(st.floats() | st.integers() | st.text(max_size=70) | st.none() | st.booleans())
def test_a_number_is_within_bounds_or_refused(value):
    try:
        number = incoming.number(value)
    except ValueError as error:
        assert len(str(error)) < 150
    else:
        assert -1e7 <= number <= 1e7


@pytest.mark.parametrize("value", [10**4000, float("nan"), "9" * 400, "1e999", True, [1], None])
def test_what_is_no_number(value):
    with pytest.raises(ValueError, match="is no number"):
        incoming.number(value)


def test_a_number_that_python_does_not_write_out():
    with pytest.raises(ValueError, match="thousands of digits"):
        incoming.number(10**5000)


def test_arrays_and_whole_numbers():
    with pytest.raises(ValueError, match="no points"):
        incoming.numbers(np.array([0.0, np.nan]), "points")
    with pytest.raises(ValueError, match="no whole number"):
        incoming.whole(1.5)
    assert incoming.share(150, 100) == 1.0
    assert incoming.text("a\ud800") == "a\ufffd"


@pytest.mark.parametrize("bad", [*BAD, "-5", "0"])
@pytest.mark.parametrize("key", ["width", "height", "dpi", "number"])
def test_pages_of_impossible_sizes_are_not_read(key, bad):
    data = written(sample(), "inkml").decode()
    start = f'<annotation type="{key}">'
    old = start + data.split(start)[1].split("<")[0]
    with pytest.raises(UnreadableInputError):
        find_reader("inkml").read(io.BytesIO(data.replace(old, start + bad).encode()))


@pytest.mark.parametrize("bad", BAD)
def test_traces_hold_numbers_only(bad):
    data = written(sample(), "inkml").decode()
    with pytest.raises(UnreadableInputError):
        find_reader("inkml").read(io.BytesIO(data.replace("12.34", bad).encode()))


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("key", ["width", "dpi", "number", "points", "confidence"])
def test_json_holds_numbers_only(key, bad):
    plain = json.loads(written(sample(), "json"))
    page = plain["pages"][0]
    if key == "points":
        page["lines"][0]["words"][0]["strokes"][0]["points"][0][0] = "@"
    elif key == "confidence":
        page["lines"][0]["words"][0]["confidence"] = "@"
    else:
        page[key] = "@"
    data = json.dumps(plain).replace('"@"', bad.replace("inf", "Infinity"))
    with pytest.raises(UnreadableInputError):
        find_reader("json").read(io.BytesIO(data.encode()))


def test_a_pen_is_not_of_negative_width():
    text = (
        "<ink xmlns='http://www.w3.org/2003/InkML'><traceFormat><channel name='X'/>"
        "<channel name='Y'/><channel name='W'/></traceFormat><trace>1 2 -3, 4 5 6</trace></ink>"
    )
    with pytest.raises(UnreadableInputError, match="widths of a pen"):
        find_reader("inkml").read(io.BytesIO(text.encode()))
