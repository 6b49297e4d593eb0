"""Word boxes in files: ours round, strangers' in, broken ones refused."""

import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.boxes.boxfile import read_boxes, write_boxes
from inksight_cli.document import Line, Page, Word
from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.geometry import Affine, Box, Quad

HOCR = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title></title></head><body>
<div class='ocr_page' id='page_1' title='image "scans/page.png"; bbox 0 0 400 200; ppageno 0'>
<p class='ocr_par'><span class='ocr_line' title="bbox 10 20 150 60; baseline 0 -3">
<span class='ocrx_word' title='bbox 10 20 60 60; x_wconf 91'>Dear</span>&nbsp;
<span class='ocrx_word' title='bbox 80 22 150 58; x_wconf 45'><em>Ada</em></span></span></p>
</div></body></html>"""

ALTO = """<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">
<Description><sourceImageInformation><fileName>page.png</fileName></sourceImageInformation>
</Description><Layout><Page WIDTH="800" HEIGHT="400" PHYSICAL_IMG_NR="1"><PrintSpace><TextBlock>
<TextLine HPOS="20" VPOS="40" WIDTH="280" HEIGHT="80">
<String HPOS="20" VPOS="40" WIDTH="100" HEIGHT="80" CONTENT="Dear" WC="0.91"/><SP/>
<String HPOS="160" VPOS="44" WIDTH="140" HEIGHT="72" CONTENT="Ada">
<Shape><Polygon POINTS="160,44 300,44 300,116 160,116"/></Shape></String></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""

PAGE = """<?xml version="1.0"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="page.png" imageWidth="400" imageHeight="200"><TextRegion id="r">
<Coords points="0,0 1,0 1,1"/><TextLine id="l"><Coords points="10,20 150,20 150,60 10,60"/>
<Word id="a"><Coords points="10,20 60,20 60,60 10,60"/>
<TextEquiv conf="0.91"><Unicode>Dear</Unicode></TextEquiv></Word>
<Word id="b"><Coords points="80,22 150,22 150,58 80,58"/>
<TextEquiv><Unicode>Ada</Unicode></TextEquiv></Word>
<TextEquiv><Unicode>Dear Ada</Unicode></TextEquiv></TextLine></TextRegion></Page></PcGts>"""


def blank(inked, source="page.png", width=400, height=200):
    return inked(np.zeros((height, width), dtype=bool), source)


@pytest.mark.parametrize(
    ("text", "confidences"),
    [(HOCR, [0.91, 0.45]), (ALTO, [0.91, None]), (PAGE, [0.91, None])],
    ids=["hocr", "alto", "page"],
)
def test_strangers_files(tmp_path, inked, text, confidences):
    path = tmp_path / "given.xml"
    path.write_text(text)
    (line,) = find_detector("boxes", boxes=path).detect(blank(inked))
    assert [word.text for word in line.words] == ["Dear", "Ada"]
    assert [word.confidence for word in line.words] == confidences
    # ALTO's page is twice as large: its boxes are scaled to ours.
    assert line.words[0].box == Box(10, 20, 60, 60)
    assert line.words[1].box == Box(80, 22, 150, 58)


places = st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(5, 90), st.integers(5, 90))
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@given(
    st.lists(
        st.tuples(places, texts, st.none() | st.floats(0, 1), st.integers(-90, 90)), max_size=6
    )
)
def test_our_json_comes_back_as_it_was(drawn):
    words = []
    for (left, top, width, height), text, confidence, degrees in drawn:
        turn = Affine.rotation(float(np.radians(degrees)))
        box = Quad.from_box(Box(left, top, left + width, top + height))
        words.append(Word(Quad.from_points(turn(box.points)), text=text, confidence=confidence))
    lines = [Line([word], word.quad) for word in words]
    stream = io.BytesIO()
    write_boxes([Page(1000, 1000, lines, source="a.png", number=2)], stream)
    (page,) = read_boxes(stream.getvalue())
    assert (page.source, page.number, page.width) == ("a.png", 2, 1000)
    back = [word for line in page.lines for word in line.words]
    assert len(back) == len(words)
    for ours, theirs in zip(words, back, strict=True):
        assert np.abs(ours.quad.points - theirs.quad.points).max() <= 0.0051
        assert theirs.text == ours.text
        assert (ours.confidence is None) == (theirs.confidence is None)
        assert abs((ours.confidence or 0) - (theirs.confidence or 0)) < 1e-4


def test_line_without_words_is_split_by_its_ink(tmp_path, inked):
    mask = np.zeros((80, 300), dtype=bool)
    for left in (20, 36, 52, 130, 146, 162):
        mask[20:50, left : left + 10] = True
    path = tmp_path / "boxes.json"
    line = {"box": [10, 10, 190, 60], "text": "abc def"}
    path.write_text(
        json.dumps({"format": "inksight-boxes", "version": 1, "pages": [{"lines": [line]}]})
    )
    (found,) = find_detector("boxes", boxes=path).detect(inked(mask))
    assert [(w.text, w.box) for w in found.words] == [
        ("abc", Box(20, 20, 62, 50)),
        ("def", Box(130, 20, 172, 50)),
    ]


def ours(**changes):
    page = {"width": 400, "height": 200, "lines": [{"words": [{"box": [1, 2, 30, 40]}]}]}
    return json.dumps({"format": "inksight-boxes", "version": 1, "pages": [page | changes]})


def test_page_is_found_by_name_and_number(tmp_path, inked):
    path = tmp_path / "boxes.json"
    word = {"lines": [{"words": [{"box": [1, 2, 30, 40]}]}]}
    pages = [
        {"source": "a.png", "number": 1, "lines": []},
        {"source": "b.png", "number": 1, **word},
    ]
    path.write_text(json.dumps({"format": "inksight-boxes", "version": 1, "pages": pages}))
    detector = find_detector("boxes", boxes=path)
    assert detector.detect(blank(inked, "scans/b.png"))[0].words[0].box == Box(1, 2, 30, 40)
    assert detector.detect(blank(inked, "a.png")) == []
    with pytest.raises(UnreadableInputError, match=r"no boxes for page 1 of c\.png"):
        detector.detect(blank(inked, "c.png"))


def test_boxes_of_one_picture_serve_any_name(tmp_path, inked):
    path = tmp_path / "boxes.json"
    path.write_text(ours(source="photo.heic"))
    assert len(find_detector("boxes", boxes=path).detect(blank(inked, "photo.png"))) == 1


def test_boxes_of_another_shape_are_refused(tmp_path, inked):
    path = tmp_path / "boxes.json"
    path.write_text(ours(width=200, height=400))
    with pytest.raises(UnreadableInputError, match="200 x 400"):
        find_detector("boxes", boxes=path).detect(blank(inked))


BROKEN = {
    "empty": (b"", "holds no word boxes"),
    "text": (b"just words", "holds no word boxes"),
    "binary": (bytes(range(256)), "holds no word boxes"),
    "truncated json": (ours().encode()[:-20], "no valid JSON"),
    "other json": (b'{"pages": []}', "not of word boxes"),
    "later version": (ours().replace('"version": 1', '"version": 9').encode(), "version 9"),
    "no place": (ours(lines=[{"words": [{"text": "a"}]}]).encode(), "page 1"),
    "inside out": (ours(lines=[{"words": [{"box": [9, 9, 1, 1]}]}]).encode(), "no area"),
    "not numbers": (ours(lines=[{"words": [{"box": ["a", 1, 2, 3]}]}]).encode(), "no number"),
    "infinite": (ours(lines=[{"words": [{"box": [0, 1, 2, 1e999]}]}]).encode(), "no number"),
    "lines are text": (ours(lines="abc").encode(), "page 1"),
    "truncated xml": (ALTO.encode()[:-30], "no well-formed XML"),
    "other xml": (b"<svg/>", "<svg>"),
    "bad number": (ALTO.replace('HPOS="20"', 'HPOS="left"').encode(), "cannot be read"),
    "bad polygon": (PAGE.replace("10,20 60,20 60,60 10,60", "1,2 3").encode(), "no polygon"),
    "bad bbox": (HOCR.replace("bbox 10 20 60 60", "bbox 10 20").encode(), "cannot be read"),
    "entities": (
        b'<!DOCTYPE alto [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><alto>&c;</alto>',
        "entities",
    ),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_files_are_refused_with_a_reason(tmp_path, inked, data, message):
    path = tmp_path / "broken"
    path.write_bytes(data)
    with pytest.raises(UnreadableInputError) as error:
        find_detector("boxes", boxes=path).detect(blank(inked))
    assert message in str(error.value) and error.value.exit_code == 3


@given(st.binary(max_size=60), st.sampled_from([b"", b"{", b"<alto>", b'{"format":']))
def test_no_bytes_make_the_reader_fall_over(data, start):
    with pytest.raises(UnreadableInputError):
        read_boxes(start + data)


def test_missing_file_and_no_file(tmp_path, inked):
    with pytest.raises(UnreadableInputError, match=r"none\.json"):
        find_detector("boxes", boxes=tmp_path / "none.json").detect(blank(inked))
    with pytest.raises(UsageError, match="--boxes"):
        find_detector("boxes").detect(blank(inked))
    assert "--boxes" in find_detector("boxes").missing()


ALTO = (
    '<alto><Layout><Page WIDTH="400" HEIGHT="120">'
    '<TextLine HPOS="10" VPOS="10" WIDTH="300" HEIGHT="60">{}</TextLine></Page></Layout></alto>'
)
STRING = '<String HPOS="10" VPOS="10" WIDTH="{}" HEIGHT="60" CONTENT="{}"/>'


@pytest.mark.parametrize(
    ("strings", "of_lines", "texts"),
    [
        ([(300, "two words")], True, []),
        ([(300, "one")], False, ["one"]),
        ([(100, "two"), (100, "words")], False, ["two", "words"]),
    ],
)
def test_strings_with_blanks_in_them_are_lines(strings, of_lines, texts):
    (page,) = read_boxes(ALTO.format("".join(STRING.format(*s) for s in strings)).encode())
    assert page.of_lines == of_lines
    assert [word.text for word in page.lines[0].words] == texts
    assert page.lines[0].text == ("two words" if of_lines else "")


def test_lines_called_words_are_split_and_a_note_says_so(tmp_path):
    from inksight_cli.pages.page import PageImage
    from tests.helpers.pictures import written

    pixels = written("garden ink red")
    height, width = pixels.shape[:2]
    path = tmp_path / "lines.xml"
    line = f'<String HPOS="0" VPOS="0" WIDTH="{width}" HEIGHT="{height}" CONTENT="a b c"/>'
    path.write_text(
        f'<alto><Layout><Page WIDTH="{width}" HEIGHT="{height}"><TextLine>{line}</TextLine>'
        "</Page></Layout></alto>"
    )
    page = PageImage(pixels)
    (found,) = find_detector("boxes", boxes=path).detect(page)
    assert [word.text for word in found.words] == ["a", "b", "c"]
    assert "of lines, not of words" in page.notes[0]


@pytest.mark.parametrize("kind", ["words", "line"])
@pytest.mark.parametrize(
    "box", [[-900, 10, -800, 40], [5000, 5, 5100, 40], [10, 7000, 99, 7100], [0, -50, 60, -0.5]]
)
def test_boxes_off_the_page_are_left_out(tmp_path, inked, box, kind):
    page = blank(inked)
    place = {"box": box}
    lines = [{"words": [place]}] if kind == "words" else [{**place, "text": "so"}]
    path = tmp_path / "boxes.json"
    path.write_text(
        json.dumps({"format": "inksight-boxes", "version": 1, "pages": [{"lines": lines}]})
    )
    assert find_detector("boxes", boxes=path).detect(page) == []
    assert page.notes == ["1 box lies off the page and is left out"]


def test_a_line_off_the_page_has_no_ink():
    """OpenCV ends the whole process over an array without pixels."""
    from inksight_cli.detectors.embedded.marks import ink_of_lines

    mask = np.ones((40, 60), bool)
    (line,), left = ink_of_lines(mask, [Quad.from_box(Box(500, 500, 600, 520))])
    assert len(line.points) == 0 and left.all()


@pytest.mark.parametrize("number", ["1e308", "1" + "0" * 400, "Infinity", "NaN", "-1e30"])
@pytest.mark.parametrize("place", ["box", "width", "confidence", "number"])
def test_no_number_is_taken_that_is_none(number, place):
    word = {"box": [1, 2, 3, 4]}
    page = {"lines": [{"words": [word]}]}
    if place == "box":
        word["box"][2] = "@"
    elif place == "confidence":
        word["confidence"] = "@"
    else:
        page[place] = "@"
    text = json.dumps({"format": "inksight-boxes", "version": 1, "pages": [page]})
    with pytest.raises(UnreadableInputError) as caught:
        read_boxes(text.replace('"@"', number).encode())
    assert len(caught.value.message) < 200


def plain(*lines):
    return {"format": "inksight-boxes", "version": 1, "pages": [{"lines": list(lines)}]}


def test_lone_surrogates_are_replaced():
    text = json.dumps(plain({"words": [{"box": [1, 2, 3, 4], "text": "a\ud800"}]}))
    assert "\\ud800" in text
    assert read_boxes(text.encode())[0].lines[0].words[0].text == "a\ufffd"


def test_no_page_has_that_many_words():
    line = {"words": [{"box": [1, 2, 3, 4]}] * 10_001}
    with pytest.raises(UnreadableInputError, match="no page has as many"):
        read_boxes(json.dumps(plain(line)).encode())
