"""Debian's Chromium, driven by Playwright, and what the viewer's page shows in it."""

import contextlib
import shutil

from playwright.sync_api import Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def chromium():
    """Start the browser."""
    path = shutil.which("chromium")
    assert path, "Chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Shown:
    """The viewer's page in a tab."""

    def __init__(self, tab: Page) -> None:
        self.tab = tab
        self.complaints: list[str] = []
        self.asked: list[str] = []
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("console", self._console)
        tab.on("request", lambda request: self.asked.append(request.url))

    def _console(self, message):  # the tests read canvases, which is slow and warned of
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, address: str) -> "Shown":
        self.tab.goto(address)
        self.tab.wait_for_selector(".text .word")
        self.settle()
        return self

    def settle(self):
        """Wait until what was asked for is drawn."""
        self.tab.evaluate("() => new Promise(r => requestAnimationFrame(() => setTimeout(r, 30)))")

    def press(self, *keys: str):
        for key in keys:
            self.tab.keyboard.press(key)
            self.settle()

    def click(self, name: str, **options):
        self.tab.get_by_role("button", name=name, exact=True).click(**options)
        self.settle()

    def word(self, text: str, number: int = 0):
        """The word in the text panel."""
        return (
            self.tab.get_by_role("button", name=text, exact=True)
            .and_(self.tab.locator(".text .word"))
            .nth(number)
        )

    def choose(self, text: str, number: int = 0):
        self.word(text, number).click()
        self.settle()

    @property
    def texts(self) -> list[str]:
        """The lines of the text panel."""
        lines = self.tab.locator(".text .line").all()
        return [" ".join(line.locator(".word").all_inner_texts()) for line in lines]

    @property
    def selected(self) -> str:
        return self.tab.locator(".text .selected").inner_text()

    def ink(self) -> int:
        """How many of the canvas's pixels are inked."""
        self.settle()
        return self.tab.evaluate(
            """() => {
              const canvas = document.querySelector("canvas.ink");
              const { width, height } = canvas;
              const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
              let inked = 0;
              for (let i = 3; i < data.length; i += 4) inked += data[i] > 128;
              return inked;
            }"""
        )

    def shape(self, selector: str = ".boxes .selected") -> list[tuple[float, float]]:
        """The corners of a box, in pixels of the page."""
        points = self.tab.locator(selector).get_attribute("points")
        return [tuple(map(float, corner.split())) for corner in points.split(",")]

    def middle(self, selector: str) -> tuple[float, float]:
        """Where on the screen the middle of something is."""
        box = self.tab.locator(selector).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def range(self, label: str, value: float):
        self.tab.get_by_label(label).evaluate(
            "(e, value) => { e.value = value; e.dispatchEvent(new Event('input')); }", str(value)
        )
        self.settle()
