"""``inksight index`` and ``inksight search`` from the shell."""

import json

import cv2
import pytest

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.geometry import Box, Quad
from inksight_cli.search.finder import NAME
from inksight_cli.viewer.shelf import encoded


@pytest.fixture
def folder(tmp_path):
    """Three documents; one has its photo."""
    quad = Quad.from_box(Box(20, 10, 80, 30))
    for name, text in (("one", "tulips"), ("two", "Tulips\x1b[2J"), ("three", "roses")):
        page = Page(100, 50, [Line([Word(quad, text)], quad)], source="one.png")
        page.sha256 = "" if name == "one" else "0" * 64
        (tmp_path / f"{name}.json").write_bytes(encoded(Document([page])))
    cv2.imwrite(str(tmp_path / "one.png"), 255 - cv2.getGaussianKernel(50, 9) * [[200] * 100])
    return tmp_path


def test_index_then_search(inksight, folder):
    ran = inksight("index", folder)
    assert ran.code == 0 and "3 documents, 3 read anew" in ran.err and not ran.out
    assert (folder / NAME).is_file()
    assert "0 read anew" in inksight("index", cwd=folder).err
    ran = inksight("search", "tulips", folder)
    assert ran.code == 0 and not ran.err
    lines = [line.split("\t") for line in ran.out.decode().splitlines()]
    assert lines[0] == [str(folder / "one.json"), "page 1", "20,10,80,30", "tulips"]
    assert lines[1][3] == "Tulips\\x1b[2J"
    assert len(lines) == 2


def test_cut_out_pictures(inksight, folder):
    ran = inksight("search", "tulips", folder, "--cut", folder / "cut", "--json")
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["page"] for each in found] == [1, 1]
    assert found[0]["picture"] == str(folder / "cut" / "one.page-1.line-1.word-1.png")
    assert found[1]["picture"] is None and "was changed" in ran.err
    picture = cv2.imread(found[0]["picture"])
    assert picture.shape[:2] == (41, 82)


def test_nothing_found_is_no_error(inksight, folder):
    ran = inksight("search", "zebra", cwd=folder)
    assert (ran.code, ran.out) == (0, b"") and "not found" in ran.err


def test_what_goes_wrong_is_told(inksight, folder):
    for command in (("index",), ("search", "x")):
        ran = inksight(*command, folder / "nowhere")
        assert ran.code == 3 and ran.err.startswith("inksight: There is no folder")
    (folder / "bad.json").write_text('{"format": "inksight-document"}')
    ran = inksight("index", folder)
    assert ran.code == 7 and "bad.json" in ran.err and "1 of 4" in ran.err
    (folder / NAME).write_bytes(b"no" * 5000)
    ran = inksight("search", "tulips", folder)
    assert ran.code == 6 and "is no index" in ran.err
