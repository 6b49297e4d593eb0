"""Broken files are told apart from good ones, and strangers' InkML is understood."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.formats import find_reader, find_writer, registry
from inksight_cli.formats.inkml_points import parse_trace
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.documents import sample

INK = '<ink xmlns="http://www.w3.org/2003/InkML">'
BOMB = (
    '<!DOCTYPE ink [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    "<ink><trace>&b;</trace></ink>"
)


def read(text: str | bytes, name: str):
    data = text.encode() if isinstance(text, str) else text
    return find_reader(name).read(io.BytesIO(data))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "\x00\xff",
        '{"format": "inksight-document"}',
        '{"format": "inksight-document", "version": 2}',
        '{"format": "inksight-document", "version": 1, "pages": {}}',
        '{"format": "inksight-document", "version": 1, "pages": [7], "provenance": {}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_json_document_is_refused(text):
    with pytest.raises(UnreadableInputError, match="not a readable JSON document"):
        read(text, "json")


def broken_json(old: str, new: str) -> str:
    stream = io.BytesIO()
    find_writer("json").write(sample(), stream, WriteOptions())
    text = stream.getvalue().decode()
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"width": 100', '"width": "100"'),
        ('"width": 100', '"width": 0'),
        ('"width": 100', '"width": true'),
        ('"points": [[50.25,12.0]]', '"points": []'),
        ('"points": [[50.25,12.0]]', '"points": [[50.25]]'),
        ('"points": [[50.25,12.0]]', '"points": [[50.25,1e999]]'),
        ('"points": [[50.25,12.0]]', '"points": [[50.25,NaN]]'),
        ('"widths": [4.0]', '"widths": [4.0,4.0]'),
        ('"widths": [4.0]', '"widths": ["4"]'),
        ('"origin": "trace"', '"origin": "pencil"'),
        ("#1a2b8c", "url(http://x)"),
        ('"mode": "derender-with-text"', '"mode": "guess"'),
        ('"flags": ["retried","truncated"]', '"flags": [1]'),
    ],
)
def test_one_wrong_value_is_refused(old, new):
    with pytest.raises(UnreadableInputError):
        read(broken_json(old, new), "json")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "<svg/>",
        BOMB,
        INK + "<trace>1 2",
        INK + "<trace></trace></ink>",
        INK + "<trace>1</trace></ink>",
        INK + "<trace>1 x</trace></ink>",
        INK + "<trace>1 nan</trace></ink>",
        INK + "<traceGroup><annotation type='kind'>page</annotation></traceGroup></ink>",
        INK + "<traceGroup><traceView traceDataRef='#x'/></traceGroup></ink>",
        '<?xml version="1.0" encoding="nonsense"?><ink/>',
    ],
)
def test_what_is_no_inkml_is_refused(text):
    with pytest.raises(UnreadableInputError, match="not a readable InkML file"):
        read(text, "inkml")


def test_an_inksight_like_file_is_one_word():
    text = INK + (
        "<annotation type='textField'>hello</annotation>"
        "<traceFormat><channel name='X'/><channel name='Y'/><channel name='T'/></traceFormat>"
        "<trace>1 2 0, 3 4.5 10</trace><trace>7 8 20</trace></ink>"
    )
    (page,) = read(text, "inkml").pages
    (word,) = page.words
    assert word.text == "hello"
    assert [stroke.points.tolist() for stroke in word.strokes] == [[[1, 2], [3, 4.5]], [[7, 8]]]
    assert word.strokes[0].times.tolist() == [0, 10]
    assert (page.width, page.height) == (7, 8)


def test_a_crohme_like_file_has_a_word_for_every_symbol():
    text = INK + (
        "<trace id='0'>1 1, 2 2</trace><trace id='1'>5 5, 6 6</trace><trace id='2'>9 9</trace>"
        "<traceGroup xml:id='g'><annotation type='truth'>all</annotation>"
        "<traceGroup><annotation type='truth'>x</annotation><traceView traceDataRef='0'/>"
        "</traceGroup><traceGroup><annotation type='truth'>y</annotation>"
        "<traceView traceDataRef='1'/></traceGroup></traceGroup></ink>"
    )
    (page,) = read(text, "inkml").pages
    assert [word.text for word in page.words] == ["x", "y"]
    assert page.drawings[0].points.tolist() == [[9, 9]]


def test_differences_follow_the_specification():
    # The example of InkML, section 3.2.1, written out.
    values = parse_trace("1125 18432,'23'43,\"7\"-8,3-5,7 -3,6 2,6 8,3 6,2 4,3 6", 2)
    assert values[:4].tolist() == [[1125, 18432], [1148, 18475], [1178, 18510], [1211, 18540]]
    assert parse_trace("1 2, '* '1, * *, !9 !9", 2).tolist() == [[1, 2], [2, 3], [3, 4], [9, 9]]


@given(st.lists(st.tuples(st.integers(-999, 999), st.integers(-999, 999)), min_size=1))
def test_differences_add_up(points):
    steps = np.diff(np.array(points), axis=0)
    text = f"{points[0][0]} {points[0][1]}" + "".join(f",'{dx} '{dy}" for dx, dy in steps)
    assert parse_trace(text, 2).tolist() == [list(point) for point in points]


def test_formats_are_found_by_name_and_suffix():
    assert find_writer("svg").name == find_writer(".SVG").name == "svg"
    assert find_reader(".json").name == "json"
    assert set(registry().loaded) >= {"svg", "inkml", "json"}


@pytest.mark.parametrize("name", ["docx", ".docx", ""])
def test_an_unknown_format_names_the_known_ones(name):
    with pytest.raises(UsageError, match=r"one of .*json"):
        find_writer(name)


def test_a_format_that_only_writes_says_so():
    with pytest.raises(UsageError, match="'svg' can be written but not read"):
        find_reader("svg")
