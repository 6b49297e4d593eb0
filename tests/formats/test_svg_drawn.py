"""Inkscape draws what an SVG file holds as we do: straight, in curves, and in millimetres."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest

from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.formats.svg import SvgFormat
from tests.helpers.shown import drawn, handwritten, inked, near, run


def written(tmp_path, document, **own):
    stream = io.BytesIO()
    SvgFormat().write(document, stream, WriteOptions(own=own))
    path = tmp_path / "page.svg"
    path.write_bytes(stream.getvalue())
    return path


def by_inkscape(path, *options):
    picture = path.with_suffix(".png")
    run("inkscape", "--export-type=png", f"--export-filename={picture}", *options, path)
    return inked(picture)


@pytest.mark.parametrize("own", [{}, {"curves": "0.5"}, {"order": "travel", "curves": "0.7"}])
def test_inkscape_draws_what_we_draw(tmp_path, own):
    document = handwritten()
    path = written(tmp_path, document, **own)
    shown = by_inkscape(path, "--export-width=1600")
    assert near(shown, drawn(document.pages[0], 2)) >= 0.995


def test_millimetres_are_inkscapes(tmp_path):
    path = written(tmp_path, handwritten(dpi=150.0))
    width = float(run("inkscape", "--query-width", "--query-id=ink", path))
    # Inkscape asks in CSS pixels, of 1/96 inch: the ink is 690 pixels of 1/150 inch, and a pen.
    assert width == pytest.approx((690 + 5) / 150 * 96, rel=0.02)
    assert by_inkscape(path, "--export-dpi=150").shape == (600, 800)


def paths(path):
    return re.findall(r'<path [^>]*\bd="([^"]+)"', path.read_text())


def test_curves_are_curves_and_fewer_numbers(tmp_path):
    straight = paths(written(tmp_path, handwritten()))
    curved = paths(written(tmp_path, handwritten(), curves="0.5"))
    assert len(straight) == len(curved) == 22
    assert all(" C" in d for d in curved if "h.01" not in d)
    assert sum(map(len, curved)) < 0.5 * sum(map(len, straight))


def test_one_width_is_the_pages_usual_one(tmp_path):
    text = written(tmp_path, handwritten(), width="one").read_text()
    usual = np.median([stroke.width for stroke in handwritten().pages[0].strokes])
    assert set(re.findall(r'stroke-width="([^"]+)"', text)) == {f"{usual:.1f}".removesuffix(".0")}
    empty = replace(handwritten().pages[0], lines=[], drawings=[])
    assert (
        "<path"
        not in written(tmp_path, replace(handwritten(), pages=[empty]), width="one").read_text()
    )


def test_order_for_a_plotter_has_all_strokes_in_one_layer(tmp_path):
    text = written(tmp_path, handwritten(), order="travel").read_text()
    assert text.count("<path") == 22
    assert text.count("<g ") == 1
