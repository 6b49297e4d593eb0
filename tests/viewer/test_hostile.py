"""Documents that mean harm, and documents that are huge: nothing runs, all stays usable."""

import numpy as np
import pytest

from inksight_cli.document import Document, Line, Page, Quality, Stroke, Word
from inksight_cli.geometry import Box, Quad
from tests.viewer.conftest import written

EVIL = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "\u202egnp.exe",
    "{{constructor.constructor('alert(1)')()}}",
    "a" * 20_000,
    "\x00\x1b[2J\ufffe",
)


def stroke(x, y, count=20):
    """A wave of ``count`` points, some 30 pixels long."""
    steps = np.linspace(0, 1, count)
    points = np.stack([x + 30 * steps, y + 8 * np.sin(9 * steps)], axis=1)
    return Stroke(points, np.full(count, 2.0))


def word(text, x, y, strokes, **more):
    return Word(Quad.from_box(Box(x, y - 12, x + 40, y + 12)), text, 0.99, strokes, **more)


def crowded(strokes: int) -> Document:
    """A page of words of four strokes each, forty words a line."""
    words = [
        word(f"word{n}", 45 * (n % 40), 30 + 30 * (n // 40), [stroke(0, 0)] * 4)
        for n in range(strokes // 4)
    ]
    for n, each in enumerate(words):
        each.strokes = [stroke(45 * (n % 40) + 2 * k, 30 + 30 * (n // 40)) for k in range(4)]
    rows = [words[n : n + 40] for n in range(0, len(words), 40)]
    height = 60 + 30 * len(rows)
    return Document([Page(1820, height, [Line(row, row[0].quad) for row in rows])])


@pytest.fixture
def shown(tab, tmp_path):
    def show(document):
        path = tmp_path / "page.html"
        path.write_bytes(written(document, "html"))
        return tab.open(path.as_uri())

    return show


def test_texts_run_nothing(shown):
    words = [
        word(text, 10 + 50 * n, 40, [stroke(10 + 50 * n, 40)], mode=None)
        for n, text in enumerate(EVIL)
    ]
    words[0].quality = Quality(1, 1, 0, None, EVIL)
    page = Page(400, 100, [Line(words, words[0].quad)], source=EVIL[0], warnings=list(EVIL))
    asked = []
    tab = shown(Document([page]))
    tab.tab.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    tab.press("t", "n", "/")
    tab.tab.keyboard.type("<img")
    tab.settle()
    tab.press("Enter", "e")
    assert tab.tab.locator(".text .word").all_text_contents()[:2] == list(EVIL[:2])
    assert tab.tab.locator("body img:not(.photo)").count() == 0
    assert tab.tab.locator("script").count() == 2
    assert asked == []
    assert {address.split(":")[0] for address in tab.asked} <= {"file", "data"}


def test_no_script_from_a_document_may_run_even_if_it_got_into_the_page(shown):
    """The content policy stands behind the care taken with texts."""
    tab = shown(crowded(40))
    tab.tab.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran=1'>");
          const script = document.createElement("script");
          script.textContent = "window.ran = 1";
          document.body.append(script);
        }"""
    )
    tab.settle()
    assert tab.tab.evaluate("() => window.ran") is None
    assert any("Content Security Policy" in said for said in tab.complaints)
    tab.complaints.clear()


@pytest.mark.parametrize("far", [9e8, -9e8])
def test_huge_coordinates_stay_usable(shown, far):
    words = [
        word("near", 40, 40, [stroke(40, 40)]),
        Word(Quad.from_points([[far, far]] * 4), "far", 1.0, [stroke(far, far), stroke(0, far)]),
    ]
    tab = shown(Document([Page(400, 100, [Line(words, words[0].quad)])]))
    assert tab.ink() > 0
    tab.choose("far")
    tab.press("l", "i", "e", "Escape", "+", "0")
    tab.range("Where the pen is", 999)
    tab.press("Escape")
    tab.click("■")
    assert tab.ink() > 0


def test_nothing_at_all_is_shown_too(shown, tab):
    empty = Document([Page(1, 1)])
    with pytest.raises(Exception, match="Timeout"):
        tab.tab.set_default_timeout(1500)
        shown(empty)
    tab.press(" ", "n", "e", "b", "b", "0")
    assert tab.texts == ["·"]


FRAMES = """(seconds) => new Promise(done => {
  const times = [];
  const step = time => {
    times.push(time);
    if (time - times[0] < seconds * 1000) requestAnimationFrame(step); else done(times);
  };
  requestAnimationFrame(step);
})"""


def test_two_thousand_strokes_are_drawn_incrementally_while_playing(shown):
    """A frame draws the pen's last way, however much is written: counted, not timed."""
    tab = shown(crowded(2000))
    tab.tab.evaluate(
        """() => {
          window.drawn = 0;
          const stroke = CanvasRenderingContext2D.prototype.stroke;
          CanvasRenderingContext2D.prototype.stroke = function (...a) {
            window.drawn += 1; return stroke.apply(this, a);
          };
        }"""
    )
    tab.tab.get_by_label("Speed").select_option("8×")
    tab.range("Where the pen is", 100)
    tab.tab.evaluate("() => { window.drawn = 0; }")
    tab.press(" ")
    frames = len(tab.tab.evaluate(FRAMES, 1))
    tab.press(" ")
    drawn = tab.tab.evaluate("() => window.drawn")
    strokes = 8 * 2  # at this speed no more than some strokes a second are written
    assert 0 < drawn < 3 * (frames + 20) + 3 * strokes


def test_twenty_thousand_strokes_stay_usable(shown):
    tab = shown(crowded(20_000))
    assert tab.ink() > 10_000
    tab.choose("word7")
    tab.press("e", "Delete")
    assert "word7" not in tab.texts[0].split()
    tab.press("Control+z", "+", "ArrowRight", "i", "l")
    tab.range("Where the pen is", 500)
    assert tab.ink() > 0
