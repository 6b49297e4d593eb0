"""The web page opened from a disk, offline: photo, ink, boxes, text, doubts, pages, keys."""

import pytest

from inksight_cli.document import Document
from tests.helpers.documents import sample
from tests.viewer.conftest import written


def test_it_needs_no_network(page, html):
    assert {address.split(":")[0] for address in page.asked} <= {"file", "data"}
    assert page.texts[0] == "Garden notes, Sunday"
    assert page.tab.locator("img.photo").evaluate("e => e.complete && e.naturalWidth") == 1600


def test_the_slider_fades_from_the_photo_to_the_ink(page):
    def seen():
        return [
            float(page.tab.locator(name).evaluate("e => getComputedStyle(e).opacity"))
            for name in ("img.photo", "canvas.ink")
        ]

    assert seen() == [1, 1]
    page.range("Fade from the photo to the ink", 0)
    assert seen() == [1, 0]
    page.range("Fade from the photo to the ink", 0.75)
    assert seen() == [0.5, 1]
    page.press("Escape", "f")
    assert seen() == [1, 0]


def test_a_word_under_the_mouse_is_marked_in_photo_and_text(page):
    boxes = page.tab.locator(".boxes polygon")
    assert boxes.count() == 52
    x, y = page.middle(".boxes polygon:nth-child(3)")
    page.tab.mouse.move(x, y)
    page.settle()
    assert page.tab.locator(".text .hover").inner_text() == "Sunday"
    assert page.tab.locator(".tip").inner_text() == "Sunday"
    page.word("Garden").hover()
    page.settle()
    assert boxes.nth(0).get_attribute("class") == "hover"


def test_boxes_and_text_come_and_go(page):
    strokes = ".boxes polygon:nth-child(2)"
    for key, gone in (("o", "none"), ("o", "rgba(40, 90, 200, 0.45)")):
        page.press(key)
        stroke = page.tab.locator(strokes).evaluate("e => getComputedStyle(e).stroke")
        assert stroke == gone
    assert not page.tab.locator(".texts text").first.is_visible()
    page.press("t")
    assert page.tab.locator(".texts text").first.text_content() == "Garden"


def test_zoom_and_pan_by_wheel_mouse_and_keys(page):
    def place():
        box = page.tab.locator("img.photo").bounding_box()
        return box["x"], box["y"], box["width"]

    x, y, width = place()
    page.tab.mouse.move(400, 400)
    page.tab.mouse.wheel(0, -400)
    page.settle()
    assert place()[2] > 1.5 * width
    page.press("0")
    assert place() == pytest.approx((x, y, width))
    page.tab.mouse.move(600, 600)
    page.tab.mouse.down()
    page.tab.mouse.move(640, 570, steps=3)
    page.tab.mouse.up()
    page.settle()
    assert place()[:2] == pytest.approx((x + 40, y - 30))
    page.press("0", "+", "ArrowRight")
    assert place()[2] == pytest.approx(1.25 * width)
    page.tab.mouse.dblclick(*page.middle(".boxes polygon:nth-child(1)"))
    page.settle()
    assert page.tab.locator(".boxes polygon").nth(0).bounding_box()["width"] > 500


def test_two_fingers_zoom(page):
    width = page.tab.locator("img.photo").bounding_box()["width"]
    touch = page.tab.context.new_cdp_session(page.tab)

    def fingers(kind, *places):
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", (400, 400), (500, 400))
    for by in (20, 50, 100):
        fingers("touchMove", (400 - by, 400), (500 + by, 400))
    fingers("touchEnd")
    page.settle()
    assert page.tab.locator("img.photo").bounding_box()["width"] == pytest.approx(
        3 * width, rel=0.1
    )


def test_dark_and_light(page):
    def back():
        return page.tab.evaluate("() => getComputedStyle(document.body).backgroundColor")

    assert back() == "rgb(244, 244, 241)"
    page.click("Light or dark")
    assert back() == "rgb(23, 24, 26)"
    page.tab.emulate_media(color_scheme="dark")
    page.click("Light or dark")
    assert back() == "rgb(244, 244, 241)"


@pytest.fixture
def doubtful(tab, tmp_path):
    """A page of two, some words of which are in doubt."""
    pages = sample().pages * 2
    words = list(pages[0].words)
    words[-1].confidence = 0.4
    for word in words[:-1]:
        word.confidence, word.quality = 1.0, None
    path = tmp_path / "two.html"
    path.write_bytes(written(Document(pages), "html"))
    return tab.open(path.as_uri())


def test_n_goes_to_the_next_doubtful_word(doubtful):
    marked = doubtful.tab.locator(".text .doubtful")
    assert marked.count() == doubtful.tab.locator(".boxes .doubtful").count() >= 1
    last = marked.last
    assert "40 % confidence" in last.get_attribute("title")
    doubtful.press("n")
    assert doubtful.tab.locator(".text .doubtful.selected").count() == 1
    assert doubtful.tab.locator(".says").inner_text().startswith("Doubtful:")


def test_pages_are_a_strip(doubtful):
    strip = doubtful.tab.locator(".strip button")
    assert strip.count() == 2
    doubtful.press("]")
    assert strip.nth(1).get_attribute("aria-current") == "page"
    strip.nth(0).click()
    doubtful.settle()
    assert strip.nth(0).get_attribute("aria-current") == "page"


def test_without_a_photo_the_ink_lies_on_the_papers_colour(doubtful):
    assert not doubtful.tab.locator("img.photo").is_visible()
    assert doubtful.ink() > 0


def test_the_text_is_walked_through_by_keys(page):
    page.word("Garden").focus()
    page.choose("Garden")
    page.press("ArrowRight")
    assert page.selected == "notes,"
    page.press("ArrowDown")
    assert page.selected == "first"
    assert page.tab.evaluate("() => document.activeElement.textContent") == "first"


def test_typed_text_is_found_and_shown(page):
    page.press("/")
    page.tab.keyboard.type("the pe")
    page.settle()
    assert page.tab.locator(".hits li").all_inner_texts() == [
        "Move the old bench under the pear tree"
    ]
    assert page.tab.locator(".text .hit").all_inner_texts() == ["the", "pear"]
    assert page.tab.locator(".boxes .hit").count() == 2
    page.press("Enter")
    assert page.selected == "the"
    page.tab.get_by_label("Search the text").fill("zebra")
    page.settle()
    assert page.tab.locator(".hits li").all_inner_texts() == ["Nothing found."]


def test_keys_are_told(page):
    page.press("?")
    assert page.tab.get_by_role("dialog").is_visible()
    page.press("Escape")
    assert not page.tab.get_by_role("dialog").is_visible()


def test_everything_has_a_name(page):
    unnamed = page.tab.evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role]")]
          .filter(e => !(e.getAttribute("aria-label") || e.textContent.trim() || e.title
            || e.closest("label") || e.getAttribute("role") === "search"
            || e.getAttribute("role") === "status")).map(e => e.outerHTML)"""
    )
    assert unnamed == []
