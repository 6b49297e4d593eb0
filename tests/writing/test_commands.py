"""``inksight hand learn`` and ``inksight write`` from the shell."""

import json

import pytest

from tests.commands.conftest import inksight  # noqa: F401


@pytest.fixture
def files(page_file, tmp_path):
    (tmp_path / "letter.txt").write_text("the gate\nwas red\n" * 40)
    return page_file, tmp_path / "letter.txt", tmp_path / "me.hand"


def test_learn_then_write(inksight, files, tmp_path):  # noqa: F811
    page, letter, hand = files
    ran = inksight("hand", "learn", page, "-o", hand, "--name", "Vera")
    assert ran.code == 0 and not ran.out
    assert "missing: " in ran.err and "words more" in ran.err
    ran = inksight("write", letter, "--hand", hand, "-o", "a.json", "-o", "out/", "--seed", 7)
    assert ran.code == 0 and not ran.out
    plain = json.loads((tmp_path / "a.json").read_text())
    assert plain["provenance"]["mode"] == "generated handwriting"
    assert plain["provenance"]["model"] == "hand Vera"
    words = [word["text"] for p in plain["pages"] for line in p["lines"] for word in line["words"]]
    assert words == letter.read_text().split()
    svgs = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(svgs) == len(plain["pages"]) > 1 and svgs[0] == "letter.page-1.svg"
    again = inksight("write", "-", "--hand", hand, "--format", "json", "--seed", 7,
                     stdin=letter.read_bytes())  # fmt: skip
    said = json.loads(again.out)
    assert said["pages"][0]["lines"] == plain["pages"][0]["lines"]


def test_what_goes_wrong_is_told(inksight, files, tmp_path):  # noqa: F811
    page, letter, hand = files
    ran = inksight("write", letter, "--hand", hand)
    assert ran.code == 3 and "me.hand" in ran.err
    ran = inksight("write", letter, "--hand", page)
    assert ran.code == 3 and "not a readable hand" in ran.err
    empty = json.loads(page.read_text())
    empty["pages"][0]["lines"] = []
    (tmp_path / "empty.json").write_text(json.dumps(empty))
    ran = inksight("hand", "learn", "empty.json", "-o", hand)
    assert ran.code == 2 and "No word" in ran.err and not hand.exists()
    ran = inksight("hand", "learn", page, "-o", "nowhere/me.hand")
    assert ran.code == 6 and "nowhere" in ran.err


def test_texts_that_are_none(inksight, files, tmp_path):  # noqa: F811
    page, _, hand = files
    assert inksight("hand", "learn", page, "-o", hand, "-q").code == 0
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty.txt").write_text("\n")
    ran = inksight("write", "bytes.txt", "empty.txt", "--hand", hand, "-o", "out/")
    assert ran.code == 7 and "no text in UTF-8" in ran.err and "holds no text" in ran.err
    ran = inksight("write", "empty.txt", "--hand", hand, "--page-size", "a9")
    assert ran.code == 2 and "a9" in ran.err


def test_a_sheet_and_its_text(inksight, files, tmp_path):  # noqa: F811
    page, _, hand = files
    for name in ("sheet.pdf", "sheet.txt", "sheet.svg"):
        ran = inksight("hand", "sheet", "-o", name)
        assert (ran.code, ran.out) == (0, b"") and (tmp_path / name).stat().st_size > 900
    ran = inksight("hand", "sheet", "-o", "sheet.doc")
    assert ran.code == 2 and ".doc" in ran.err
    said = [word["text"] for line in json.loads(page.read_text())["pages"][0]["lines"]
            for word in line["words"]]  # fmt: skip
    (tmp_path / "known.txt").write_text(" ".join(said))
    ran = inksight("hand", "learn", page, "-o", hand, "--text", "known.txt")
    assert ran.code == 0 and "missing: " in ran.err
    (tmp_path / "other.txt").write_text("zzz zzz")
    ran = inksight("hand", "learn", page, "-o", hand, "--text", "other.txt")
    assert ran.code == 2 and "No word" in ran.err
