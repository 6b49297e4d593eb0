"""Texts, boxes and strokes put right in the browser, saved, and read back."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from inksight_cli import formats
from inksight_cli.api import read
from tests.helpers.browser import Shown
from tests.viewer.conftest import serving

SCHEMA = json.loads(Path(formats.__file__).with_name("document.schema.json").read_text())


class Saved:
    """What lies in the file now, against what lay there before."""

    def __init__(self, folder):
        self.path = folder / "page.json"
        self.before = json.loads(self.path.read_bytes())["pages"][0]

    def now(self):
        plain = json.loads(self.path.read_bytes())
        jsonschema.validate(plain, SCHEMA)
        read(self.path)
        return plain["pages"][0]


@pytest.fixture
def saved(folder):
    return Saved(folder)


def save(served):
    served.press("Control+s")
    served.tab.wait_for_function("() => !document.title.startsWith('•')")


def texts(page):
    return [" ".join(word["text"] for word in line["words"]) for line in page["lines"]]


def test_a_word_is_typed_anew_saved_and_read_back(served, saved, server, folder):
    served.choose("Garden")
    served.press("e", "Enter")
    served.tab.keyboard.type("Gärten")
    served.press("Tab")
    served.tab.keyboard.type("<b>noted</b>")
    served.press("Shift+Tab", "Escape")
    assert served.texts[0] == "Gärten <b>noted</b> Sunday"
    assert served.tab.title().startswith("•")
    save(served)
    now = saved.now()
    assert texts(now)[0] == "Gärten <b>noted</b> Sunday"
    assert now["lines"][0]["words"][0]["confidence"] == 1
    # Nothing else is another value.
    now["lines"][0]["words"][:2] = saved.before["lines"][0]["words"][:2]
    assert now == saved.before
    assert json.loads((folder / "page.json.bak").read_bytes())["pages"][0] == saved.before
    served.open(server.address)
    assert served.texts[0] == "Gärten <b>noted</b> Sunday"
    assert not served.tab.title().startswith("•")


def test_escape_leaves_a_word_as_it_was(served):
    served.press("e")
    served.choose("Garden")
    served.tab.keyboard.type("nothing")
    served.press("Escape")
    assert served.texts[0] == "Garden notes, Sunday"
    assert not served.tab.title().startswith("•")


def test_undo_and_redo(served, saved):
    served.choose("borrwwed")
    served.press("e", "Enter")
    served.tab.keyboard.type("borrowed")
    served.press("Enter", "Delete")
    assert served.texts[-1] == "Who the ladder?"
    served.press("Control+z")
    assert served.texts[-1] == "Who borrowed the ladder?"
    served.press("Control+z")
    assert served.texts[-1] == "Who borrwwed the ladder?"
    served.press("Control+y")
    save(served)
    assert texts(saved.now())[-1] == "Who borrowed the ladder?"
    served.press("Control+z")
    assert served.tab.title().startswith("•")


def test_a_box_is_moved_and_resized_by_mouse_and_keys(served, saved):
    served.choose("notes,")
    served.press("e", "Escape")
    served.choose("notes,")
    served.press("Escape")
    served.tab.locator(".boxes polygon").nth(1).click(force=True)
    served.settle()
    before = np.array(served.shape())
    x, y = served.middle(".boxes .selected")
    served.tab.mouse.move(x, y)
    served.tab.mouse.down()
    served.tab.mouse.move(x + 27, y + 13, steps=4)
    served.tab.mouse.up()
    served.settle()
    moved = np.array(served.shape())
    scale = served.tab.locator("img.photo").bounding_box()["width"] / 1600
    assert moved - before == pytest.approx(np.tile([27, 13], (4, 1)) / scale, abs=0.02)
    handle = served.middle(".handles rect:nth-child(3)")
    served.tab.mouse.move(*handle)
    served.tab.mouse.down()
    served.tab.mouse.move(handle[0] + 20, handle[1] + 10, steps=4)
    served.tab.mouse.up()
    served.settle()
    larger = np.array(served.shape())
    assert larger[0] == pytest.approx(moved[0])
    assert larger[2] - moved[2] == pytest.approx(np.array([20, 10]) / scale, abs=0.02)
    served.press("Shift+ArrowLeft", "Alt+ArrowDown")
    save(served)
    quad = np.array(saved.now()["lines"][0]["words"][1]["quad"])
    assert quad[0] == pytest.approx(larger[0] + [-2, 0], abs=0.011)
    assert quad[2] == pytest.approx(larger[2] + [-2, 2], abs=0.011)


def choose_to_edit(served, text):
    """Select a word while putting right, without a field in its place."""
    if served.tab.get_by_role("button", name="Put right").get_attribute("aria-pressed") == "false":
        served.press("e")
    served.choose(text)
    served.press("Escape")


def test_a_word_is_split_and_merged_again(served, saved):
    choose_to_edit(served, "Sunday")
    served.press("s", "Enter")
    first, second = saved.before["lines"][0]["words"][2], None
    assert len(served.tab.locator(".text .line").first.locator(".word").all()) == 4
    save(served)
    first, second = saved.now()["lines"][0]["words"][2:]
    whole = saved.before["lines"][0]["words"][2]
    assert first["text"] + second["text"] == "Sunday"
    assert len(first["strokes"]) + len(second["strokes"]) == len(whole["strokes"])
    assert first["quad"][1] == second["quad"][0] and first["quad"][0] == whole["quad"][0]
    served.press("m")
    save(served)
    merged = saved.now()["lines"][0]["words"][2]
    assert merged["quad"] == whole["quad"]
    assert sorted(map(str, merged["strokes"])) == sorted(map(str, whole["strokes"]))


def test_a_box_is_drawn_and_its_ink_made(served, saved):
    """A word is deleted with its ink, drawn anew as a box, and its ink made from the photo."""
    choose_to_edit(served, "Sunday")
    corners = [served.tab.locator(".boxes .selected").bounding_box()]
    whole = served.ink()
    served.press("Delete")
    assert served.texts[0] == "Garden notes,"
    assert served.ink() < whole
    served.press("b")
    box = corners[0]
    served.tab.mouse.move(box["x"] - 3, box["y"] - 3)
    served.tab.mouse.down()
    served.tab.mouse.move(box["x"] + box["width"] + 3, box["y"] + box["height"] + 3, steps=3)
    served.tab.mouse.up()
    served.settle()
    assert served.selected == "·"
    served.press("r")
    served.tab.get_by_text("Drawn again.").wait_for(timeout=60_000)
    assert served.ink() == pytest.approx(whole, rel=0.03)
    save(served)
    word = saved.now()["lines"][0]["words"][2]
    before = saved.before["lines"][0]["words"][2]
    assert word["text"] == ""
    ends = [np.concatenate([s["points"] for s in w["strokes"]]) for w in (word, before)]
    assert ends[0].min(axis=0) == pytest.approx(ends[1].min(axis=0), abs=4)
    assert ends[0].max(axis=0) == pytest.approx(ends[1].max(axis=0), abs=4)
    assert word["quality"]["ink_explained"] > 0.9


def test_a_word_becomes_a_drawing_and_a_word_again(served, saved):
    choose_to_edit(served, "5")
    served.press("d")
    assert "5" not in served.texts[5].split()
    rows = served.tab.locator(".strokes li")
    assert rows.count() == len(saved.before["drawings"]) + len(words(saved.before, "5")["strokes"])
    assert rows.last.get_attribute("aria-selected") == "true"
    save(served)
    assert len(saved.now()["drawings"]) == rows.count()
    served.click("Make a word")
    served.press("Control+z", "Control+z")
    save(served)
    assert saved.now() == saved.before


def words(page, text):
    return next(w for line in page["lines"] for w in line["words"] if w["text"] == text)


def test_strokes_are_reversed_moved_cut_joined_and_deleted(served, saved):
    choose_to_edit(served, "Garden")
    before = words(saved.before, "Garden")["strokes"]
    rows = served.tab.locator(".strokes li")
    assert rows.count() == len(before) == 3

    def now():
        save(served)
        return words(saved.now(), "Garden")["strokes"]

    rows.first.click()
    served.settle()
    served.click("Reverse")
    assert now()[0]["points"] == before[0]["points"][::-1]
    served.click("Cut")
    served.range("Where the stroke is cut", 2)
    served.click("Cut here")
    points = [stroke["points"] for stroke in now()]
    assert points[:2] == [before[0]["points"][::-1][:3], before[0]["points"][::-1][2:]]
    served.click("Join")
    served.click("Reverse")
    assert now() == before
    rows.nth(0).drag_to(rows.nth(2))
    served.settle()
    assert [s["points"] for s in now()] == [before[i]["points"] for i in (1, 2, 0)]
    served.tab.locator(".strokes").focus()
    served.press("Alt+ArrowUp")
    assert [s["points"] for s in now()] == [before[i]["points"] for i in (1, 0, 2)]
    served.press("Delete")
    assert [s["points"] for s in now()] == [before[i]["points"] for i in (1, 2)]


def test_somebody_elses_version_is_noticed_and_never_written_over(browser, served, server, saved):
    other = browser.new_context().new_page()
    other.goto(server.address)
    other.wait_for_selector(".text .word")
    other.get_by_role("button", name="Garden", exact=True).dblclick()
    other.keyboard.type("Theirs")
    other.keyboard.press("Enter")
    other.keyboard.press("Control+s")
    other.get_by_text("Saved.").wait_for()
    choose_to_edit(served, "notes,")
    served.press("Delete", "Control+s")
    dialog = served.tab.get_by_role("dialog")
    dialog.wait_for()
    assert texts(saved.now())[0] == "Theirs notes, Sunday"
    served.click("Save mine as a copy")
    served.tab.get_by_text("Saved as page.copy-1.json.").wait_for()
    copy = json.loads(saved.path.with_name("page.copy-1.json").read_bytes())
    assert texts(copy["pages"][0])[0] == "Garden Sunday"
    served.press("Control+s")
    served.click("Load theirs")
    served.tab.get_by_role("button", name="Theirs").wait_for()
    assert texts(saved.now())[0] == "Theirs notes, Sunday"
    other.context.close()
    served.complaints.clear()  # the browser reports every answer that is a refusal


def test_a_file_that_changed_is_loaded_when_the_tab_is_looked_at_again(served, saved):
    text = saved.path.read_text().replace("Garden", "Meadow")
    saved.path.write_text(text)
    served.tab.evaluate("() => dispatchEvent(new Event('focus'))")
    served.tab.get_by_role("button", name="Meadow").wait_for()


def test_the_keyboard_alone_does_it(served, saved):
    """From the first key to the saved file without a mouse."""
    for _ in range(60):
        served.press("Tab")
        if served.tab.evaluate("() => document.activeElement.matches('.text .word')"):
            break
    served.press("ArrowDown", "ArrowRight", "Enter")
    served.tab.keyboard.type("The")
    served.press("Enter")
    served.press("Shift+ArrowDown", "s", "Enter", "Control+z", "n")
    save(served)
    now = saved.now()
    assert texts(now)[1].startswith("The The ")
    quads = [page["lines"][1]["words"][1]["quad"] for page in (saved.before, now)]
    assert np.subtract(*quads[::-1]) == pytest.approx(np.tile([0, 2], (4, 1)))


def by_keys(served, name):
    """Press a button that only Tab went to."""
    for _ in range(40):
        served.press("Tab")
        if served.tab.evaluate("() => document.activeElement.textContent") == name:
            return served.press("Enter")
    raise AssertionError(name)


def test_strokes_and_drawings_by_the_keyboard_alone(served, saved):
    """Drawings chosen and made words, strokes reversed, moved, cut, joined, deleted; no mouse."""
    drawings = saved.before["drawings"]
    served.press("g")
    by_keys(served, "Make a word")
    save(served)
    assert len(saved.now()["drawings"]) == len(drawings) - 1
    served.press("Control+z", "g", "ArrowDown", "Delete")
    save(served)
    left = [stroke["points"] for stroke in saved.now()["drawings"]]
    assert left == [stroke["points"] for k, stroke in enumerate(drawings) if k != 1]
    served.press("Control+z")
    for name in ("Reverse", "Cut", "Join"):
        served.press("Escape", "g")
        by_keys(served, name)
        if name == "Cut":
            by_keys(served, "Cut here")
        save(served)
        changed = [stroke["points"] for stroke in saved.now()["drawings"]]
        assert len(changed) - len(drawings) == {"Reverse": 0, "Cut": 1, "Join": -1}[name]
        assert changed != [stroke["points"] for stroke in drawings]
        served.press("Control+z")
    served.press("Escape", "g", "Alt+ArrowDown")
    save(served)
    moved = [stroke["points"] for stroke in saved.now()["drawings"]]
    assert moved[:2] == [drawings[1]["points"], drawings[0]["points"]]
    served.press("Control+z")
    save(served)
    assert saved.now() == saved.before


def test_a_box_by_the_keyboard_alone(served, saved):
    served.press("e", "b", "b", "Shift+ArrowDown", "Alt+ArrowRight", "r")
    served.tab.get_by_text("Drawn again.").wait_for()
    save(served)
    count = sum(len(line["words"]) for line in saved.now()["lines"])
    assert count == sum(len(line["words"]) for line in saved.before["lines"]) + 1
    served.press("Delete")
    save(served)
    assert len(texts(saved.now())) == len(texts(saved.before))


def test_another_reading_is_taken_with_a_click(browser, folder):
    plain = json.loads((folder / "page.json").read_bytes())
    word = words(plain["pages"][0], "borrwwed")
    word["alternatives"] = [["borrwwed", 0.5], ["borrowed", 0.4]]
    (folder / "page.json").write_text(json.dumps(plain))
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    with serving(folder) as server:
        shown = Shown(context.new_page()).open(server.address)
        shown.choose("borrwwed")
        shown.tab.locator(".of-word").get_by_role("button", name="borrowed").click()
        shown.settle()
        assert shown.texts[-1] == "Who borrowed the ladder?"
        save(shown)
        context.close()
    now = Saved(folder).now()
    assert words(now, "borrowed")["confidence"] == 1
    assert "alternatives" not in words(now, "borrowed")
