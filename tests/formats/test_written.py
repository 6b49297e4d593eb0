"""Ink being written: in SVG as Chromium shows it, as APNG and as GIF; whole pages and parts."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from inksight_cli.document import Document, Page, Stroke
from inksight_cli.errors import UsageError
from inksight_cli.formats import find_writer
from inksight_cli.formats.pace import shares, written
from inksight_cli.formats.part import part_of
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.browser import chromium
from tests.helpers.documents import documents, sample
from tests.helpers.shown import drawn, handwritten, inked, near

KINDS = ("anim.svg", "apng", "gif")


def made(document, name, **own):
    stream = io.BytesIO()
    find_writer(name).write(document, stream, WriteOptions(own=own))
    return stream.getvalue()


def test_a_stroke_too_short_to_take_any_time_has_a_beginning_and_an_end():
    point, hair = Stroke([(0.0, 0.0)]), Stroke([(0.0, 0.0), (0.0, 2e-293)])
    one = written(Page(1, 1, [], [point, hair]), WriteOptions())[1]
    assert (shares(one, 5)[0], shares(one, 5)[-1]) == (0, 1)


@given(document=documents())
@settings(max_examples=40, deadline=None)
def test_strokes_are_written_one_after_another_and_never_backwards(document):
    for page in document.pages:
        strokes = written(page, WriteOptions())
        assert len(strokes) == len(list(page.strokes))
        now = 0.0
        for one in strokes:
            assert one.start >= now and one.end >= one.start
            assert (np.diff(one.times) >= 0).all() and len(one.times) == len(one.points) >= 2
            assert shares(one, 5)[0] == 0 and shares(one, 5)[-1] == pytest.approx(1)
            now = one.end


def test_twice_as_fast_takes_half_as_long():
    page = handwritten().pages[0]
    usual, fast = written(page, WriteOptions()), written(page, WriteOptions(own={"speed": "2"}))
    assert fast[-1].end == pytest.approx(usual[-1].end / 2)


def test_the_pen_slows_down_in_a_bend():
    corner = Stroke([(0, 0), (100, 0), (100, 100)])
    (one,) = written(Page(400, 1600, drawings=[corner]), WriteOptions())
    speeds = np.hypot(*np.diff(one.points, axis=0).T) / np.diff(one.times)
    assert speeds[len(speeds) // 2] < 0.5 * speeds[3]


def test_large_writing_takes_no_longer_than_small():
    small = handwritten().pages[0]
    document = handwritten()
    for word in document.pages[0].words:
        word.quad = type(word.quad).from_points(3 * word.quad.points)
        for stroke in word.strokes:
            stroke.points = 3 * stroke.points
    document.pages[0].drawings[0].points *= 3
    large = written(document.pages[0], WriteOptions())
    assert large[-1].end == pytest.approx(written(small, WriteOptions())[-1].end, rel=0.02)


@pytest.fixture(scope="module")
def tab():
    with chromium() as browser:
        yield browser.new_page(viewport={"width": 800, "height": 600}, device_scale_factor=1)


def at(tab, path, seconds):
    """What Chromium shows of an animated SVG after some time."""
    tab.goto(path.as_uri())
    tab.evaluate(
        "t => document.getAnimations().forEach(a => { a.pause(); a.currentTime = 1000 * t; })",
        seconds,
    )
    tab.screenshot(path=path.with_suffix(".png"))
    return inked(path.with_suffix(".png"))


def test_chromium_writes_the_page_stroke_by_stroke(tab, tmp_path):
    document = handwritten()
    path = tmp_path / "page.anim.svg"
    path.write_bytes(made(document, "anim.svg"))
    strokes = written(document.pages[0], WriteOptions())
    assert near(at(tab, path, strokes[-1].end + 1), drawn(document.pages[0])) >= 0.995
    half = Page(800, 600, drawings=[one.stroke for one in strokes[:11]])
    between = (strokes[10].end + strokes[11].start) / 2
    assert near(at(tab, path, between), drawn(half)) >= 0.995
    assert not at(tab, path, -1).any()


@pytest.mark.parametrize("name", ["apng", "gif"])
def test_a_film_ends_with_all_ink_and_never_loses_any(name):
    document = handwritten()
    film = Image.open(io.BytesIO(made(document, name, speed="20")))
    seen, milliseconds = np.zeros((600, 800), bool), 0
    for k in range(film.n_frames):
        film.seek(k)
        ink = np.asarray(film.convert("RGB")).min(axis=2) < 128
        assert k or not ink.any()
        assert not (seen & ~ink).any()
        seen, milliseconds = ink, milliseconds + film.info["duration"]
    assert near(seen, drawn(document.pages[0], each=True)) >= 0.995
    lasts = written(document.pages[0], WriteOptions(own={"speed": "20"}))[-1].end
    assert milliseconds / 1000 == pytest.approx(lasts + 2, abs=0.2)


@pytest.mark.parametrize("name", KINDS)
@given(document=documents())
@settings(max_examples=5, deadline=None)
def test_any_page_can_be_written(name, document):
    for page in document.pages:
        data = made(
            Document([page]), name, speed="100", **({} if name == "anim.svg" else {"width": "32"})
        )
        if name == "anim.svg":
            paths = list(ElementTree.fromstring(data).iter("{http://www.w3.org/2000/svg}path"))
            assert len(paths) == len(list(page.strokes))
        else:
            assert Image.open(io.BytesIO(data)).width == min(32, 4 * page.width)


def test_a_word_alone_has_its_strokes_and_its_size():
    page = part_of(handwritten().pages[0], WriteOptions(own={"line": "2", "word": "3"}))
    (word,) = page.words
    assert word.text == "word3" and page.drawings == []
    assert 130 < page.width < 260 and 50 < page.height < 130
    box = word.strokes[0].box
    assert box.left > 0 and box.top > 0 and box.right < page.width and box.bottom < page.height
    line = part_of(handwritten().pages[0], WriteOptions(own={"line": "2"}))
    assert len(list(line.words)) == 4


@pytest.mark.parametrize("own", [{"line": "6"}, {"line": "1", "word": "5"}, {"word": "1"}])
def test_parts_that_are_not_there_are_told(own):
    with pytest.raises(UsageError, match=r"line|word"):
        made(handwritten(), "gif", **own)


@pytest.mark.parametrize("name", KINDS)
def test_one_page_and_the_same_bytes_every_time(name):
    assert made(sample(), name) == made(sample(), name)
    with pytest.raises(UsageError, match="one page"):
        made(sample(2), name)


def test_text_is_the_title_unless_it_is_left_out():
    assert "漢" in made(sample(), "anim.svg").decode()
    stream = io.BytesIO()
    find_writer("anim.svg").write(sample(), stream, WriteOptions(text=False))
    assert "漢" not in stream.getvalue().decode()
