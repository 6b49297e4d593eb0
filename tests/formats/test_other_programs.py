"""Formats of programs that cannot be opened here: a second reader finds what was written."""

import io
import json
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import assume, given, settings

from inksight_cli.document import Document
from inksight_cli.errors import UsageError
from inksight_cli.formats import find_reader, find_writer
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.documents import documents, sample
from tests.helpers.shown import drawn, handwritten, inked, near, run

SVG = "{http://www.w3.org/2000/svg}"
INK = "{http://www.w3.org/2003/InkML}"


def made(document, name, **options):
    stream = io.BytesIO()
    find_writer(name).write(document, stream, WriteOptions(**options))
    return stream.getvalue()


def canvas_of(data):
    metadata = ElementTree.fromstring(data).find(f"{SVG}metadata")
    return metadata.find(f"{SVG}ink"), json.loads(metadata.find(f"{SVG}ink-canvas").text)


@given(document=documents())
@settings(max_examples=25, deadline=None)
def test_obsidian_ink_holds_every_stroke_twice(document):
    for page in document.pages:
        data = made(Document([page]), "obsidian-ink")
        _, canvas = canvas_of(data)
        assert len(list(ElementTree.fromstring(data).iter(f"{SVG}path"))) == len(canvas["strokes"])
        for kept, stroke in zip(canvas["strokes"], page.strokes, strict=True):
            points = np.array(kept["points"])
            assert np.allclose(points[:, :2], stroke.points, atol=0.006)
            assert kept["style"]["color"] == stroke.color


def test_obsidian_ink_is_a_picture_and_says_what_it_is(tmp_path):
    path = tmp_path / "page.svg"
    path.write_bytes(made(handwritten(), "obsidian-ink", own={"kind": "writing"}))
    kind, _ = canvas_of(path.read_bytes())
    assert kind.get("file-type") == "inkWriting"
    picture = path.with_suffix(".png")
    run(
        "inkscape", "--export-type=png", f"--export-filename={picture}", "--export-width=1600", path
    )
    assert near(inked(picture), drawn(handwritten().pages[0], 2)) >= 0.995


@given(document=documents())
@settings(max_examples=25, deadline=None)
def test_ink_for_office_is_read_back_by_our_reader_of_inkml(document):
    for page in document.pages:
        reach = max((np.abs(s.points).max(initial=0) for s in page.strokes), default=0)
        # In thousandths of a centimetre as many as no reader takes for ink: a large page of 1 dpi.
        assume(reach * 2540 / (page.dpi or 96) < 9e6)
        again = find_reader("inkml").read(io.BytesIO(made(Document([page]), "inkml-office")))
        strokes = [stroke for each in again.pages for stroke in each.strokes]
        assert len(strokes) == len(list(page.strokes))
        for kept, stroke in zip(strokes, page.strokes, strict=True):
            assert kept.color == stroke.color and len(kept.points) == len(stroke.points)


def test_ink_for_office_follows_its_rules():
    root = ElementTree.fromstring(made(sample(), "inkml-office"))
    source = root.find(f"{INK}definitions/{INK}context/{INK}inkSource")
    channels = source.findall(f"{INK}traceFormat/{INK}channel")
    assert [(c.get("name"), c.get("type"), c.get("units")) for c in channels] == [
        ("X", "integer", "cm"),
        ("Y", "integer", "cm"),
    ]
    assert len(source.findall(f"{INK}channelProperties/{INK}channelProperty")) == 2
    traces = list(root.iter(f"{INK}trace"))
    # The first point lies at (10, 20) pixels of 1/150 inch: in thousandths of a centimetre.
    assert traces[0].text.split(",")[0] == "169 339"
    brushes = {b.get("{http://www.w3.org/XML/1998/namespace}id") for b in root.iter(f"{INK}brush")}
    assert {t.get("brushRef").removeprefix("#") for t in traces} <= brushes
    kinds = [e.tag.rpartition("}")[2] for e in root.iter() if "schemas.microsoft" in e.tag]
    assert kinds[:4] == ["writingRegion", "paragraph", "line", "inkWord"]
    assert "漢" in made(sample(), "inkml-office").decode()
    assert "漢" not in made(sample(), "inkml-office", text=False).decode()


@pytest.mark.parametrize("name", ["obsidian-ink", "inkml-office"])
def test_one_page_and_the_same_bytes_every_time(name):
    assert made(sample(), name) == made(sample(), name)
    with pytest.raises(UsageError, match="one page"):
        made(sample(2), name)
