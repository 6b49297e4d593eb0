"""What is written is read back, and every format carries the same strokes."""

import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings

import inksight_cli.formats.json
from inksight_cli.document import Document, Page, Stroke
from inksight_cli.formats import find_reader, find_writer
from inksight_cli.formats.json import plain_document
from inksight_cli.formats.protocol import Reader, WriteOptions, Writer
from tests.helpers.documents import documents, sample

SCHEMA = json.loads(
    Path(inksight_cli.formats.json.__file__).with_name("document.schema.json").read_text()
)


def written(document: Document, name: str, **options) -> bytes:
    stream = io.BytesIO()
    find_writer(name).write(document, stream, WriteOptions(**options))
    return stream.getvalue()


def read(data: bytes, name: str) -> Document:
    return find_reader(name).read(io.BytesIO(data))


def plain(document: Document, precision: int = 2) -> dict:
    return plain_document(document, WriteOptions(precision=precision))


@pytest.mark.parametrize("name", ["svg", "inkml", "json"])
def test_built_in_formats_follow_the_protocol(name):
    assert isinstance(find_writer(name), Writer)
    assert isinstance(find_writer(name), Reader) == (name != "svg")


@pytest.mark.parametrize("name", ["inkml", "json"])
@given(document=documents())
@settings(max_examples=40)
def test_reading_gives_back_everything(name, document):
    again = read(written(document, name), name)
    assert plain(again) == plain(document)
    assert written(again, name) == written(document, name)


@pytest.mark.parametrize("name", ["inkml", "json"])
def test_hundredths_of_a_pixel_are_exact(name):
    points = np.arange(-300_000, 300_000, 10).reshape(-1, 2) / 100
    page = Page(10, 10, drawings=[Stroke(points, widths=np.arange(len(points)) / 100)])
    (stroke,) = read(written(Document([page]), name), name).pages[0].strokes
    assert np.array_equal(stroke.points, points)
    assert np.array_equal(stroke.widths, np.arange(len(points)) / 100)


@given(document=documents())
@settings(max_examples=20)
def test_json_follows_the_published_schema(document):
    jsonschema.validate(json.loads(written(document, "json")), SCHEMA)


@pytest.mark.parametrize("path", [("pages", 0, "lines", 0, "words", 0, "mode"), ("version",)])
def test_the_schema_refuses_what_the_reader_refuses(path):
    broken = json.loads(written(sample(), "json"))
    place = broken
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = "nonsense"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def svg_strokes(data: bytes) -> list[tuple[str, str, np.ndarray]]:
    paths = ElementTree.fromstring(data).iter("{http://www.w3.org/2000/svg}path")
    found = []
    for path in paths:
        drawn = path.get("d").removesuffix(" h.01")  # a dot
        points = np.array(re.findall(r"-?[\d.]+", drawn), dtype=float).reshape(-1, 2)
        dot = len(points) == 2 and (points[0] == points[1]).all()
        found.append((path.get("stroke"), path.get("stroke-width"), points[:1] if dot else points))
    return found


def test_all_formats_carry_the_same_strokes():
    document = sample()
    svg = svg_strokes(written(document, "svg"))
    for name in ("inkml", "json"):
        strokes = list(read(written(document, name), name).pages[0].strokes)
        assert len(strokes) == len(svg) == 5
        for stroke, (color, _, points) in zip(strokes, svg, strict=True):
            assert stroke.color == color
            assert np.array_equal(stroke.points, points)


@pytest.mark.parametrize("name", ["svg", "inkml", "json"])
def test_output_reproduces_byte_for_byte(name):
    assert written(sample(), name) == written(sample(), name)
    assert b"2026" not in written(sample(), name)
    assert b"2026-01-02" in written(sample(created="2026-01-02T03:04:05+00:00"), name)


@pytest.mark.parametrize("name", ["svg", "inkml", "json"])
def test_texts_can_be_left_out(name):
    data = written(sample(), name, text=False)
    assert "漢" not in data.decode()
    assert "漢" in written(sample(), name).decode()
