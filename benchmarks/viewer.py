"""How quick the viewer is in Chromium: its first paint, and frames a second while it plays.

    python -m benchmarks.viewer [STROKES ...]

Pages of words of four strokes are written as web pages and opened from the disk, five times each.
First paint is from the navigation to the end of the first frame with ink in it; frames are counted
by requestAnimationFrame over two seconds of playing, which no screen limits here: 60 is the most.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.helpers.browser import chromium
from tests.viewer.conftest import written
from tests.viewer.test_hostile import FRAMES, crowded

RUNS = 5
PAINTED = """() => {
  const { stroke } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.stroke = function (...a) {
    window.begun ??= requestAnimationFrame(() => setTimeout(() => {
      window.painted = performance.now();
    }));
    return stroke.apply(this, a);
  };
}"""


def measure(browser: Browser, address: str) -> tuple[float, float, float]:
    """Return milliseconds to the first paint, frames a second, and the longest frame in ms."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    tab.add_init_script(f"({PAINTED})()")
    tab.goto(address)
    tab.wait_for_function("() => window.painted")
    painted = tab.evaluate("() => window.painted")
    tab.get_by_label("Speed").select_option("8×")
    tab.keyboard.press(" ")
    times = tab.evaluate(FRAMES, 2)
    context.close()
    gaps = [b - a for a, b in itertools.pairwise(times)]
    return painted, 1000 * len(gaps) / (times[-1] - times[0]), max(gaps)


def main() -> None:
    """Print a line for every size of page."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for strokes in [int(each) for each in sys.argv[1:]] or [200, 2_000, 20_000]:
            path = Path(folder) / f"{strokes}.html"
            path.write_bytes(written(crowded(strokes), "html"))
            runs = [measure(browser, path.as_uri()) for _ in range(RUNS)]
            paint, frames, longest = (statistics.median(each) for each in zip(*runs, strict=True))
            print(
                f"{strokes:6} strokes: first paint {paint:5.0f} ms, {frames:4.1f} frames a second,"
                f" longest frame {longest:4.0f} ms"
            )


if __name__ == "__main__":
    main()
