"""Make ``docs/viewer/*.jpg``: what the viewer shows of the example page, for docs/how-to.md.

Run: ``PYTHONPATH=. python examples/make_screens.py`` (needs Chromium)
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from inksight_cli.api import derender
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.browser import Shown, chromium

HERE = Path(__file__).parent
OUT = HERE.parent / "docs" / "viewer"
SIZE = {"width": 1200, "height": 720}


def main() -> None:
    """Write docs/viewer/*.jpg."""
    OUT.mkdir(exist_ok=True)
    photo = HERE / "page.jpg"
    document = derender(photo)
    words = list(document.pages[0].words)
    words[-3].confidence = 0.61  # the one that is read wrongly
    stream = io.BytesIO()
    options = WriteOptions(picture=lambda _: photo.read_bytes())
    find_writer("html").write(document, stream, options)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        page = Path(folder) / "page.html"
        page.write_bytes(stream.getvalue())
        for name, steps in SCREENS.items():
            tab = browser.new_page(viewport=SIZE)
            shown = Shown(tab).open(page.as_uri())
            steps(shown)
            shown.settle()
            tab.screenshot(path=OUT / f"{name}.jpg", type="jpeg", quality=72)
            tab.close()


def looking(shown: Shown) -> None:
    """Photo and ink, the doubtful word."""
    shown.range("Fade from the photo to the ink", 0.72)
    shown.press("n")


def playing(shown: Shown) -> None:
    """A line half written, with numbers and lifts."""
    shown.range("Fade from the photo to the ink", 0.8)
    shown.choose("weather")
    shown.tab.get_by_label("What is written").select_option("line")
    shown.press("l", "i", "o")
    shown.tab.locator(".boxes polygon").nth(30).dblclick(force=True)
    shown.settle()
    shown.tab.mouse.move(400, 350)
    shown.tab.mouse.wheel(0, 500)
    shown.range("Where the pen is", 8)


def putting_right(shown: Shown) -> None:
    """A word's strokes and its text."""
    shown.press("e")
    shown.choose("borrwwed")
    shown.tab.keyboard.type("borrowed")
    shown.press("Enter")
    shown.press("i")
    shown.tab.locator(".strokes li").first.click()


def searching(shown: Shown) -> None:
    """Typed text, in the dark."""
    shown.click("Light or dark")
    shown.press("/")
    shown.tab.keyboard.type("the")


SCREENS = {
    "looking": looking,
    "playing": playing,
    "putting-right": putting_right,
    "searching": searching,
}

if __name__ == "__main__":
    main()
