"""``inksight convert``: ink from one format into others."""

import base64
import json
import re
import shutil

import cv2
import numpy as np
import pytest

from inksight_cli import read
from inksight_cli.api import write
from inksight_cli.formats import registry
from tests.commands.conftest import QUICK
from tests.helpers.pictures import save, save_pages
from tests.helpers.shown import handwritten


@pytest.fixture
def ink(inksight, picture, tmp_path):
    """A file of ink beside its photo."""
    shutil.copy(picture, tmp_path / "note.png")
    assert inksight("derender", "note.png", "-o", "note.json", *QUICK).code == 0
    return tmp_path / "note.json"


def test_convert_writes_what_derender_writes(inksight, ink, tmp_path):
    outs = ("-o", "a.svg", "-o", "a.inkml", "-o", "a.json")
    ran = inksight("convert", ink, *outs)
    assert (ran.code, ran.out) == (0, b"")
    assert "-> a.svg, a.inkml, a.json: 1 word, " in ran.err
    for name in ("svg", "inkml", "json"):
        inksight("derender", "note.png", "-o", f"b.{name}", *QUICK)
        assert (tmp_path / f"a.{name}").read_bytes() == (tmp_path / f"b.{name}").read_bytes()


def test_every_format_by_its_usual_ending(inksight, ink, tmp_path):
    for writer in (cls() for name, cls in registry().loaded.items() if name != "rm"):
        name = f"page{writer.suffixes[0]}"
        ran = inksight("convert", ink, "-o", name, "--format", writer.name)
        assert (ran.code, (tmp_path / name).exists()) == (0, True), ran.err


def test_endings_of_two_parts_say_their_format(inksight, ink, tmp_path):
    outs = ("page.anim.svg", "page.alto.xml", "page.page.xml")
    ran = inksight("convert", ink, *(word for out in outs for word in ("-o", out)))
    assert ran.code == 0, ran.err
    assert b"@keyframes" in (tmp_path / outs[0]).read_bytes()
    assert b"<alto" in (tmp_path / outs[1]).read_bytes()
    assert b"<PcGts" in (tmp_path / outs[2]).read_bytes()


def test_there_and_back_again(inksight, ink, tmp_path):
    assert inksight("convert", ink, "-o", "a.inkml").code == 0
    assert inksight("convert", "a.inkml", "-o", "b.json").code == 0
    assert (tmp_path / "b.json").read_bytes() == ink.read_bytes()


def test_stdin_and_stdout(inksight, ink, tmp_path):
    data = ink.read_bytes()
    piped = inksight("convert", "-", "--from", "json", "-o", "-", "--format", "svg", stdin=data)
    inksight("convert", ink, "-o", "a.svg")
    assert piped.out == (tmp_path / "a.svg").read_bytes()
    unsaid = inksight("convert", "-", "-o", "-", stdin=data)
    assert unsaid.code == 2
    assert "The format of stdin is not said." in unsaid.err


def test_pages_and_colours(inksight, tmp_path):
    save_pages(tmp_path / "two.tif", ["three", "four"])
    inksight("derender", "two.tif", "-o", "two.json", *QUICK)
    ran = inksight("convert", "two.json", "-o", "out/", "--format", "svg,inkml", "--ink", "#ff0000")
    assert ran.code == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["two.inkml", "two.page-1.svg", "two.page-2.svg"]
    assert {s.color for s in read(tmp_path / "out/two.inkml").pages[1].strokes} == {"#ff0000"}


def test_a_folder_of_ink(inksight, ink, tmp_path):
    (tmp_path / "inks").mkdir()
    shutil.copy(ink, tmp_path / "inks" / "a.json")
    (tmp_path / "inks" / "broken.json").write_text("{}")
    save(tmp_path / "inks" / "picture.png")
    ran = inksight("convert", "inks", "-o", "out/")
    assert ran.code == 7
    assert "1 of 2 inputs done, 0 skipped, 1 failed" in ran.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.svg"]
    again = inksight("convert", "inks/a.json", "-o", "out/", "--skip-existing")
    assert "is there already, skipped" in again.err
    (tmp_path / "none").mkdir()
    ran = inksight("convert", "none", "-o", "out/")
    assert (ran.code, "There is no file of ink in the folder" in ran.err) == (3, True)


def test_several_inputs_become_one_file(inksight, ink, tmp_path):
    save_pages(tmp_path / "two.tif", ["three", "four"])
    inksight("derender", "two.tif", "-o", "two.json", *QUICK)
    ran = inksight("convert", ink, "two.json", "-o", "all.pdf", "-o", "all.json")
    assert (ran.code, ran.out) == (0, b"")
    pages = read(tmp_path / "all.json").pages
    assert [(page.source, page.number) for page in pages] == [
        ("note.png", 1),
        ("two.tif", 1),
        ("two.tif", 2),
    ]
    assert b"/Type /Pages /Count 3" in (tmp_path / "all.pdf").read_bytes()
    again = inksight("convert", "all.json", "-o", "again.pdf", "-O", "pdf.photo=behind")
    assert again.code == 0, again.err  # every page finds its own photo
    (tmp_path / "inks").mkdir()
    shutil.copy(ink, tmp_path / "inks" / "only.json")
    assert inksight("convert", "inks", "-o", "folder.inkml").code == 0
    assert len(read(tmp_path / "folder.inkml").pages) == 1


def test_one_file_of_several_is_made_of_all_or_not_at_all(inksight, ink, tmp_path):
    (tmp_path / "broken.json").write_text("{")
    ran = inksight("convert", ink, "broken.json", "-o", "all.pdf")
    assert (ran.code, (tmp_path / "all.pdf").exists()) == (3, False)
    assert "'broken.json'" in ran.err
    shutil.copy(ink, tmp_path / "b.json")
    before = ink.read_bytes()
    ran = inksight("convert", ink, "b.json", "-o", ink)
    assert (ran.code, ink.read_bytes()) == (6, before)
    ran = inksight("convert", ink, "b.json", "-o", "one.svg")
    assert (ran.code, "is one file" in ran.err) == (2, True)


def test_what_documents_do_not_share_is_not_said_of_all(inksight, ink, tmp_path):
    other = json.loads(ink.read_text())
    other["provenance"]["model"] = "another"
    (tmp_path / "b.json").write_text(json.dumps(other))
    inksight("convert", ink, "b.json", "-o", "all.json")
    made = read(tmp_path / "all.json").provenance
    assert (made.model, made.detector) == ("", read(ink).provenance.detector)


def test_plain_flags_for_curves_and_annotations(inksight, ink, tmp_path):
    flags = ("--curves", "0.5", "--pdf-ink", "annotations")
    assert inksight("convert", ink, "-o", "a.svg", "-o", "a.pdf", *flags).code == 0
    options = ("-O", "svg.curves=0.5", "-O", "pdf.ink=annotations")
    assert inksight("convert", ink, "-o", "b.svg", "-o", "b.pdf", *options).code == 0
    for name in ("svg", "pdf"):
        assert (tmp_path / f"a.{name}").read_bytes() == (tmp_path / f"b.{name}").read_bytes()
    assert b" C" in (tmp_path / "a.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("none.json", "-o", "a.svg"), 3, "Cannot read 'none.json'"),
        (("note.png", "-o", "a.svg"), 2, "Unknown format '.png'"),
        (("a.svg", "-o", "a.json"), 2, "can be written but not read back"),
        (("note.json", "-o", "note.json"), 2, "would take the place of the input"),
        (("note.json", "-o", "a.json", "--from", "inkml"), 3, "InkML"),
    ],
)
def test_bad_calls_are_told(inksight, ink, tmp_path, arguments, code, told):
    (tmp_path / "a.svg").write_text("<svg/>")
    before = ink.read_bytes()
    ran = inksight("convert", *arguments)
    assert (ran.code, told in ran.err) == (code, True), ran.err
    assert ink.read_bytes() == before


def photo_in(html: bytes) -> np.ndarray | None:
    found = re.search(rb"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", html)
    if not found:
        return None
    data = np.frombuffer(base64.b64decode(found[1]), np.uint8)
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_the_photo_is_opened_again_where_a_format_shows_it(inksight, ink, tmp_path):
    assert inksight("derender", "note.png", "-o", "a.html", *QUICK).code == 0
    assert inksight("convert", ink, "-o", "b.html").code == 0
    shown = photo_in((tmp_path / "a.html").read_bytes())
    assert np.array_equal(shown, photo_in((tmp_path / "b.html").read_bytes()))
    plain = cv2.imread(str(tmp_path / "note.png"))
    assert np.abs(plain.astype(int) - shown).mean() < 3


def test_the_photo_may_lie_beside_the_ink(inksight, ink, tmp_path):
    place = tmp_path / "elsewhere"
    place.mkdir()
    ink.rename(place / "note.json")
    (tmp_path / "note.png").rename(place / "note.png")
    assert inksight("convert", "elsewhere/note.json", "-o", "c.html").code == 0
    assert photo_in((tmp_path / "c.html").read_bytes()) is not None


def test_a_changed_photo_is_not_shown(inksight, ink, tmp_path):
    save(tmp_path / "note.png", "other")
    assert inksight("convert", ink, "-o", "d.html").code == 0
    assert photo_in((tmp_path / "d.html").read_bytes()) is None


def test_a_flattened_page_gets_its_flat_picture(tmp_path):
    """As the homography in the file says: nothing is measured again."""
    from inksight_cli.document import Page, Photo
    from inksight_cli.homography import Homography
    from inksight_cli.pages.again import find_photo

    pixels = np.full((300, 400, 3), 255, np.uint8)
    cv2.circle(pixels, (240, 130), 9, (0, 0, 0), -1)
    cv2.imwrite(str(tmp_path / "photo.png"), pixels)
    to_photo = Homography(np.array([[1.2, 0.1, 60], [0.05, 1.1, 20], [0, 0, 1]]))
    page = Page(200, 180, source="photo.png", photo=Photo(400, 300, to_photo))
    flat = find_photo(page, tmp_path).pixels[:, :, 0]
    assert flat.shape == (180, 200)
    spot = np.argwhere(flat < 128)[:, ::-1].mean(axis=0) + 0.5
    assert np.abs(to_photo(spot[None])[0] - (240.5, 130.5)).max() < 1


def test_convert_loads_no_network(inksight, ink):
    code = "import sys; from inksight_cli.commands.app import main; main()"
    import subprocess
    import sys

    call = [sys.executable, "-X", "importtime", "-c", code, "convert", ink, "-o", "x.svg"]
    done = subprocess.run(call, cwd=ink.parent, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    for heavy in ("onnxruntime", "rapidocr", "cv2"):
        assert f" {heavy}\n" not in done.stderr


def test_events_of_a_conversion(inksight, ink):
    ran = inksight("convert", ink, "-o", "a.svg", "--log-format", "json")
    (event,) = [json.loads(line) for line in ran.err.splitlines()]
    assert (event["event"], event["outputs"], event["words"]) == ("page", ["a.svg"], 1)


def test_a_page_takes_the_size_of_a_paper(inksight, tmp_path):
    source = tmp_path / "page.json"
    write(handwritten(), source)
    done = inksight("convert", source, "-o", "page.svg", "--page-size", "a4")
    assert done.code == 0, done.err
    text = (tmp_path / "page.svg").read_text()
    # 800 x 600 pixels on 297 x 210 mm: the height decides.
    assert 'height="210mm"' in text and 'width="280mm"' in text
    refused = inksight("convert", source, "-o", "page.svg", "--page-size", "b4")
    assert refused.code == 2 and "one of a3" in refused.err
