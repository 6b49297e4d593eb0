"""``inksight derender`` from picture to file, as a user runs it."""

import io
import json
from xml.etree import ElementTree

import numpy as np
import pytest
from onnxruntime import get_available_providers

from inksight_cli import read
from inksight_cli.formats import find_reader
from tests.commands.conftest import QUICK, is_result
from tests.helpers.pictures import save, save_pages


@pytest.mark.parametrize("suffix", ["svg", "inkml", "json"])
def test_a_picture_becomes_a_file(inksight, picture, tmp_path, suffix):
    ran = inksight("derender", picture, "-o", f"note.{suffix}", *QUICK)
    assert (ran.code, ran.out) == (0, b"")
    assert f"note.{suffix}: 1 word, " in ran.err
    data = (tmp_path / f"note.{suffix}").read_bytes()
    if suffix == "svg":
        paths = ElementTree.fromstring(data).iter("{http://www.w3.org/2000/svg}path")
        assert len(list(paths)) > 3
    else:
        page = read(tmp_path / f"note.{suffix}").pages[0]
        assert sum(len(stroke.points) for stroke in page.strokes) > 50
        assert page.source == str(picture)


def test_stdin_to_stdout_gives_what_a_file_gives(inksight, picture, tmp_path):
    inksight("derender", picture, "-o", "note.json", *QUICK)
    piped = inksight(
        "derender", "-", "-o", "-", "--format", "json", *QUICK, stdin=picture.read_bytes()
    )
    assert piped.code == 0
    page = find_reader("json").read(io.BytesIO(piped.out)).pages[0]
    same = read(tmp_path / "note.json").pages[0]
    assert page.source == "-"
    assert page.sha256 == same.sha256
    for one, other in zip(page.strokes, same.strokes, strict=True):
        assert np.array_equal(one.points, other.points)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three pictures, a text that says it is one, and a file that does not."""
    folder = tmp_path_factory.mktemp("folder")
    save(folder / "a.png", "one")
    save(folder / "b.jpg", "two")
    save_pages(folder / "c.tif", ["three", "four"])
    (folder / "d.png").write_text("not a picture")
    (folder / "notes.txt").write_text("not looked at")
    return folder


@pytest.fixture(scope="module")
def batch(folder, tmp_path_factory):
    """One run over the folder, as JSON events, and the folder it wrote."""
    import subprocess

    from tests.commands.conftest import command

    out = tmp_path_factory.mktemp("out")
    previews = out / "previews"
    call = [command(), "derender", folder, "-o", out, *QUICK, "--log-format", "json"]
    done = subprocess.run([*call, "--preview", f"{previews}/"], capture_output=True, timeout=120)
    return done, out


def test_a_folder_becomes_a_folder_and_a_broken_input_stops_nobody(batch):
    done, out = batch
    assert (done.returncode, done.stdout) == (7, b"")
    files = sorted(path.name for path in out.iterdir() if is_result(path))
    assert files == ["a.svg", "b.svg", "c.page-1.svg", "c.page-2.svg"]
    previews = sorted(path.name for path in (out / "previews").iterdir())
    assert previews == ["a.png", "b.png", "c.page-1.png", "c.page-2.png"]


def test_json_events_tell_everything(batch, folder):
    done, out = batch
    events = [json.loads(line) for line in done.stderr.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds == ["page", "page", "page", "page", "error", "summary"]
    assert events[0]["input"] == str(folder / "a.png")
    assert events[0]["output"] == str(out / "a.svg")
    assert events[0]["words"] == 1
    assert events[0]["strokes"] > 1
    assert events[0]["seconds"] > 0
    assert [event["page"] for event in events[:4]] == [1, 1, 1, 2]
    assert (events[4]["code"], events[4]["input"]) == (3, str(folder / "d.png"))
    assert {key: events[5][key] for key in ("done", "failed", "skipped")} == {
        "done": 3,
        "failed": 1,
        "skipped": 0,
    }


def test_what_exists_is_skipped_and_not_touched(inksight, batch, folder):
    _, out = batch
    (out / "a.svg").write_text("mine")
    ran = inksight("derender", folder, "-o", out, *QUICK, "--skip-existing")
    assert ran.code == 7  # the broken one is tried again
    assert ran.err.count("is there already, skipped") == 3
    assert (out / "a.svg").read_text() == "mine"


def test_many_pages_fit_in_one_file_where_the_format_can(inksight, folder, tmp_path):
    ran = inksight("derender", folder / "c.tif", "-o", "c.inkml", *QUICK, "-q")
    assert (ran.code, ran.err) == (0, "")
    pages = read(tmp_path / "c.inkml").pages
    assert [(page.number, page.dpi) for page in pages] == [(1, 150), (2, 150)]


def test_pages_can_be_chosen(inksight, folder, tmp_path):
    ran = inksight("derender", folder / "c.tif", "-o", "c.svg", *QUICK, "--pages", "2")
    assert ran.code == 0
    assert b'page="2"' in (tmp_path / "c.svg").read_bytes()


def test_a_pattern_takes_what_it_matches(inksight, folder, tmp_path):
    ran = inksight("derender", f"{folder}/[ab].*", "-o", "out", "--format", "json", *QUICK)
    assert ran.code == 0
    assert "2 of 2 inputs done" in ran.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if is_result(path)) == [
        "a.json",
        "b.json",
    ]


def test_boxes_go_out_and_come_back(inksight, picture, tmp_path):
    ran = inksight("detect", picture, "-o", "boxes.json", "--detector", "whole")
    assert (ran.code, ran.out) == (0, b"")
    boxes = json.loads((tmp_path / "boxes.json").read_text())
    boxes["pages"][0]["lines"][0]["words"] = [{"box": [10, 10, 200, 110], "text": "garden"}]
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    ran = inksight(
        "derender", picture, "-o", "note.json", "--boxes", "boxes.json", "--model", "trace"
    )
    assert ran.code == 0
    (word,) = read(tmp_path / "note.json").pages[0].words
    assert (word.text, word.box.right) == ("garden", 200)


def test_the_time_is_written_only_when_asked_for(inksight, picture, tmp_path):
    inksight("derender", picture, "-o", "a.json", *QUICK)
    inksight("derender", picture, "-o", "b.json", *QUICK, "--timestamp", "--no-text")
    assert read(tmp_path / "a.json").provenance.created is None
    assert read(tmp_path / "b.json").provenance.created.endswith("+00:00")


def test_the_page_is_found_as_a_whole_by_default(inksight, tmp_path):
    """The default detector, the default output: what the README's first command does."""
    save(tmp_path / "note.png", "garden ink red")
    ran = inksight("derender", "note.png", "-o", "note.svg", "--model", "trace")
    assert ran.code == 0
    root = ElementTree.parse(tmp_path / "note.svg").getroot()
    words = [group for group in root.iter() if group.get("class") == "word"]
    assert len(words) == 3


def test_pen_order_alone_writes_the_traced_ink_and_says_so(inksight, picture):
    ran = inksight(
        "derender", picture, "-o", "-", "--format", "json", "--detector", "whole",
        "--model", "pen-order",
    )  # fmt: skip
    assert ran.code == 0
    document = json.loads(ran.out)
    assert document["provenance"]["model"] == "pen-order"
    assert document["provenance"]["model_hash"]
    (word,) = [word for line in document["pages"][0]["lines"] for word in line["words"]]
    assert word["quality"]["traced"] < 0.05  # a blot at a junction, at most
    assert word["quality"]["ink_explained"] > 0.98


@pytest.mark.parametrize(
    ("asked", "drawn_by"),
    [
        ([], "pen-order"),
        (["--threads", "1"], "pen-order"),
        (["--mode", "recognize-and-derender"], "nano"),
        (["--no-constrain"], "nano"),
    ],
)
def test_nano_is_asked_only_where_a_model_is_asked_for(inksight, picture, asked, drawn_by):
    ran = inksight(
        "derender", picture, "-o", "-", "--format", "json", "--detector", "whole", *asked
    )
    assert ran.code == 0
    assert json.loads(ran.out)["provenance"]["model"] == drawn_by


@pytest.mark.parametrize("name", ["trace", "pen-order"])
def test_a_mode_needs_a_model(inksight, picture, name):
    ran = inksight("derender", picture, "-o", "-", "--model", name, "--mode", "derender-with-text")
    assert ran.code == 2
    assert name in ran.err


@pytest.mark.skipif("CUDAExecutionProvider" in get_available_providers(), reason="CUDA is here")
def test_what_a_model_has_to_say_is_said_once(inksight, picture):
    asked = ["derender", picture, "-o", "a.svg", "--detector", "whole", "--device", "cuda"]
    assert inksight(*asked).err.count("CUDA was asked for") == 1
    assert "CUDA" not in inksight(*asked, "--quiet").err


def test_the_script_is_told_or_asked_for(inksight, tmp_path):
    """Boxes with texts tell theirs; with --script words run to the left, and guesses are gone."""
    save(tmp_path / "two.png", "one two")
    inksight("detect", "two.png", "-o", "boxes.json", "--detector", "embedded")
    for asked, given in ((), False), (("--script", "hebrew"), True):
        ran = inksight("derender", "two.png", "-o", "two.json", "--boxes", "boxes.json", *asked)
        assert ran.code == 0, ran.err
        (line,) = json.loads((tmp_path / "two.json").read_text())["pages"][0]["lines"]
        assert (line["script"], line["script_given"]) == ("hebrew" if given else "latin", given)
        assert bool("".join(word["text"] for word in line["words"])) != given
        lefts = [word["quad"][0][0] for word in line["words"]]
        assert lefts == sorted(lefts, reverse=given) and len(lefts) == 2
        assert all(word["strokes"] for word in line["words"])
