"""The SVG that drawing programs get."""

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest

from inksight_cli.document import Document, Page, Stroke
from inksight_cli.errors import UsageError
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.formats.svg import METADATA_NAMESPACE, SvgFormat
from inksight_cli.formats.svg_paths import path_data
from tests.helpers.documents import sample

SVG = "{http://www.w3.org/2000/svg}"
GOLDEN = Path(__file__).parent / "golden"


def tree(document: Document) -> ElementTree.Element:
    stream = io.BytesIO()
    SvgFormat().write(document, stream, WriteOptions())
    return ElementTree.fromstring(stream.getvalue())


def test_every_path_says_that_it_is_not_filled_and_has_round_ends():
    paths = list(tree(sample()).iter(f"{SVG}path"))
    assert len(paths) == 5
    for path in paths:
        assert (path.get("fill"), path.get("style")) == ("none", "fill:none")
        assert path.get("stroke-linecap") == path.get("stroke-linejoin") == "round"


def test_groups_follow_lines_and_words_with_titles():
    (root,) = [group for group in tree(sample()) if group.tag == f"{SVG}g"]
    assert root.get("{http://www.inkscape.org/namespaces/inkscape}groupmode") == "layer"
    lines = [group for group in root if group.get("class") == "line"]
    assert [len([g for g in line if g.get("class") == "word"]) for line in lines] == [2, 1]
    assert lines[0][0].find(f"{SVG}title").text == 'a<b & "c" é漢'
    assert lines[0][1].find(f"{SVG}title") is None
    drawings = [group for group in root if group.get("class") == "drawings"]
    assert [path.get("stroke") for path in drawings[0]] == ["#c00000"]


def test_size_is_physical_when_the_resolution_is_known():
    document = sample()
    root = tree(document)
    assert (root.get("viewBox"), root.get("width")) == ("0,0,100,120", "16.933mm")
    document.pages[0].dpi = None
    assert tree(document).get("width") == "100"


def test_width_is_the_median_and_has_a_default():
    widths = [path.get("stroke-width") for path in tree(sample()).iter(f"{SVG}path")]
    assert widths == ["2.5", "2", "4", "2", "1.5"]


def test_provenance_is_in_the_metadata():
    found = tree(sample()).find(f"{SVG}metadata/{{{METADATA_NAMESPACE}}}provenance")
    assert (found.get("model"), found.get("model_hash")) == ("nano", "ab12")
    assert (found.get("source"), found.get("sha256")) == ("scan é.tif", "c0ffee")
    assert "created" not in found.attrib


def test_a_dot_is_drawn():
    for points in ([(1, 2.004)], [(1, 2), (1, 2)], [(1.001, 2), (1, 2.001), (1, 2)]):
        assert path_data(Stroke(points), 2) == "M1 2 h.01"
    assert path_data(Stroke([(-0.001, 2), (3.14159, 1e-9)]), 2) == "M0 2 L3.14 0"


def test_control_characters_and_surrogates_do_not_break_the_file():
    page = Page(10, 10, source="caf\udce9\x07.jpg")
    found = tree(Document([page])).find(f"{SVG}metadata")[0]
    assert found.get("source") == "caf\ufffd\ufffd.jpg"


@pytest.mark.parametrize("pages", [0, 2])
def test_other_than_one_page_is_refused(pages):
    with pytest.raises(UsageError, match="holds one page"):
        SvgFormat().write(sample(pages), io.BytesIO(), WriteOptions())
