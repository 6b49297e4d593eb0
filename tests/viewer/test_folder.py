"""A folder of three documents: their pages in a strip, found together, saved each in its place."""

import json
from copy import deepcopy

import pytest

from tests.helpers.browser import Shown
from tests.viewer.conftest import serving, written


@pytest.fixture
def three(example, folder):
    """The example, one of two pages, and one in a folder below."""
    two = deepcopy(example)
    two.pages.append(deepcopy(two.pages[0]))
    next(two.pages[1].words).text = "Orchard"
    below = deepcopy(example)
    next(below.pages[0].words).text = "Gärtnerei"
    (folder / "two.json").write_bytes(written(two, "json"))
    (folder / "below").mkdir()
    (folder / "below" / "page.json").write_bytes(written(below, "json"))
    return folder


@pytest.fixture
def shown(browser, three):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    with serving(three) as server:
        tab = Shown(context.new_page()).open(server.address)
        yield tab
        context.close()
    assert tab.complaints == []


def test_all_pages_are_in_the_strip(shown):
    strip = shown.tab.locator(".strip button")
    assert strip.all_inner_texts() == ["page.json", "page.json", "two.json 1", "two.json 2"]
    assert shown.texts[0] == "Gärtnerei notes, Sunday"
    shown.press("]", "]", "]")
    shown.word("Orchard").wait_for()
    assert strip.nth(3).get_attribute("aria-current") == "page"
    loaded = "e => e.complete && e.naturalWidth"
    assert shown.tab.locator(".strip img").nth(3).evaluate(loaded) == 240
    shown.tab.wait_for_function("() => document.querySelector('img.photo').naturalWidth === 1600")
    shown.press("[")
    shown.word("Garden").wait_for()


def test_typed_text_is_found_in_all_documents(shown):
    shown.press("/")
    shown.tab.keyboard.type("gartn")
    hits = shown.tab.locator(".hits li")
    shown.tab.wait_for_function("() => document.querySelectorAll('.hits li button').length === 1")
    shown.tab.get_by_label("Search the text").fill("orchard no")
    shown.tab.get_by_text("two.json · 2").wait_for()
    assert "Orchard notes, Sunday" in hits.first.inner_text()
    shown.press("Enter")
    shown.word("Orchard").wait_for()
    shown.tab.wait_for_function("() => document.querySelectorAll('.boxes .hit').length === 2")
    assert shown.selected == "Orchard"


def test_each_document_is_saved_in_its_place(shown, three):
    before = {path: path.read_bytes() for path in three.rglob("*.json")}
    shown.tab.locator(".strip button").nth(2).click()
    shown.tab.locator(".strip button:nth-child(3)[aria-current]").wait_for()
    shown.word("Garden").dblclick()
    shown.tab.keyboard.type("Allotment")
    shown.press("Enter", "Control+s")
    shown.tab.wait_for_function("() => !document.title.startsWith('•')")
    changed = [path for path, data in before.items() if path.read_bytes() != data]
    assert [path.name for path in changed] == ["two.json"]
    words = json.loads(changed[0].read_bytes())["pages"][0]["lines"][0]["words"]
    assert words[0]["text"] == "Allotment"
    assert changed[0].with_name("two.json.bak").read_bytes() == before[changed[0]]


def test_what_is_not_saved_is_not_left_unasked(shown):
    asked = []
    shown.tab.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    shown.word("Sunday").dblclick()
    shown.tab.keyboard.type("Monday")
    shown.press("Enter", "]")
    assert len(asked) == 1 and "without saving" in asked[0]
    assert shown.texts[0] == "Gärtnerei notes, Monday"
    assert shown.tab.title().startswith("•")
