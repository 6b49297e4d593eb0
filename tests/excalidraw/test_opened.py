"""Excalidraw itself, in Chromium, opens what we write without loss, and draws what we draw."""

import io
import json
from pathlib import Path

import pytest

from inksight_cli.formats.excalidraw import ExcalidrawFormat
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.browser import chromium
from tests.helpers.shown import drawn, handwritten, inked, near

BUNDLE = Path(__file__).parent / ".build" / "show.js"


def scene_of(document, **own):
    stream = io.BytesIO()
    ExcalidrawFormat().write(document, stream, WriteOptions(own=own))
    return json.loads(stream.getvalue())


@pytest.fixture(scope="module")
def excalidraw(tmp_path_factory):
    """Open a scene; its elements as Excalidraw has them, and the picture, come back."""
    assert BUNDLE.is_file(), "first: cd tests/excalidraw && npm ci && npm run build"
    folder = tmp_path_factory.mktemp("excalidraw")
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 1600, "height": 1200}, device_scale_factor=1)
        tab.set_content("<!doctype html><html><body></body></html>")
        tab.add_script_tag(path=BUNDLE)

        def opened(scene, scale=2):
            sized = [scene, 800, 600]
            elements = tab.evaluate("([s, w, h]) => window.show(s, w, h)", sized)
            tab.evaluate(
                "([w, h]) => { const svg = document.querySelector('svg');"
                " svg.setAttribute('width', w); svg.setAttribute('height', h); }",
                [800 * scale, 600 * scale],
            )
            tab.screenshot(path=folder / "shown.png")
            return elements, inked(folder / "shown.png")

        yield opened


@pytest.mark.parametrize("ink", ["pen", "line"])
def test_it_draws_what_we_draw(excalidraw, ink):
    document = handwritten()
    elements, shown = excalidraw(scene_of(document, ink=ink))
    assert len(elements) == len(list(document.pages[0].strokes)) == 22
    assert near(shown, drawn(document.pages[0], 2, each=ink == "pen")) >= 0.995


def test_nothing_that_was_written_is_lost(excalidraw):
    scene = scene_of(handwritten())
    for given, kept in zip(scene["elements"], excalidraw(scene)[0], strict=True):
        for name in ("id", "x", "y", "points", "pressures", "groupIds", "strokeColor"):
            assert kept[name] == given[name]
        assert kept["strokeWidth"] == given["strokeWidth"] and not kept["simulatePressure"]
        assert kept.get("customData") == given.get("customData")
