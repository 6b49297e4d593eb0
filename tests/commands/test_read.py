"""``inksight read``, the installed command, and ``inksight evaluate read`` on what it wrote."""

import json

import numpy as np
import pytest
from PIL import Image

from tests.helpers.pictures import save_pages
from tests.reading.conftest import tiny


@pytest.fixture
def boxes(tmp_path, inksight, picture):
    """Boxes of a page whose words have texts: two lines near each other, one far below."""
    assert inksight("detect", picture, "-o", "b.json", "--detector", "whole").code == 0
    place = tmp_path / "b.json"
    plain = json.loads(place.read_text())
    rows = [([("hello", 5), ("world", 60)], 0), ([("again", 5)], 22), ([("below", 5)], 90)]
    plain["pages"][0]["lines"] = [
        {"words": [{"text": text, "box": [x, y, x + 45, y + 18]} for text, x in words]}
        for words, y in rows
    ]
    place.write_text(json.dumps(plain))
    return place


def test_a_page_becomes_text_with_its_paragraphs(inksight, picture, boxes):
    ran = inksight("read", picture, "-o", "-", "--boxes", boxes)
    assert ran.code == 0, ran.err
    assert ran.out.decode() == "hello world\nagain\n\nbelow\n"


def test_text_lies_beside_the_input_unless_a_format_is_said(inksight, picture, boxes, tmp_path):
    assert inksight("read", picture, "-o", "out/", "--boxes", boxes).code == 0
    assert (tmp_path / "out" / f"{picture.stem}.txt").read_text().startswith("hello")
    assert inksight("read", picture, "-o", "a.json", "-o", "a.txt", "--boxes", boxes).code == 0
    words = json.loads((tmp_path / "a.json").read_text())["pages"][0]["lines"][0]["words"]
    assert [word["text"] for word in words] == ["hello", "world"]
    assert not any(word["strokes"] for word in words)


def test_pages_of_one_input_are_parted_by_form_feeds(inksight, tmp_path):
    scan = save_pages(tmp_path / "scan.tif", ["one", "two"])
    ran = inksight("read", scan, "-o", "-", "--detector", "whole")
    assert ran.code == 0, ran.err
    assert ran.out == b"\f"


def test_a_reader_of_ink_says_how_sure_it_is_and_what_else_it_may_be(inksight, picture, tmp_path):
    weights = tiny(tmp_path / "reader.npz")
    reader = ("--reader", weights, "--detector", "whole")
    ran = inksight("read", picture, "-o", "a.json", *reader, "--alternatives", 3)
    assert ran.code == 0, ran.err
    document = json.loads((tmp_path / "a.json").read_text())
    assert document["provenance"]["model"] == "tiny"
    (word,) = document["pages"][0]["lines"][0]["words"]
    assert set(word["text"]) == {"a"}
    assert len(word["characters"]) == len(word["text"])
    assert word["alternatives"][0][0] == word["text"]
    assert 0 < word["confidence"] <= 1
    ran = inksight("read", picture, "-o", "-", *reader)
    assert ran.out.decode() == word["text"] + "\n"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--alternatives", "3"], "--alternatives needs a reader of ink."),
        (["--words", "w.txt"], "--words needs a reader of ink."),
    ],
)
def test_what_a_detector_cannot_do_is_told(inksight, picture, options, told):
    ran = inksight("read", picture, *options)
    assert (ran.code, told in ran.err) == (2, True)


def test_a_reader_that_is_none_is_told(inksight, picture):
    ran = inksight("read", picture, "--reader", "missing")
    assert ran.code == 5
    assert "not a reader" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_texts_are_measured_page_by_page(inksight, tmp_path):
    for folder, texts in {"true": ["Zebra hat", "b,b"], "read": ["Zebra  cat\n", "bb"]}.items():
        (tmp_path / folder).mkdir()
        for number, text in enumerate(texts):
            (tmp_path / folder / f"{number}.txt").write_text(text)
    ran = inksight("evaluate", "read", "true", "read", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["pages"]["0"]["cer"] == pytest.approx(1 / 9, abs=1e-4)
    assert told["pages"]["0"]["wer"] == 0.5
    assert told["total"]["cer"] == pytest.approx(2 / 12, abs=1e-4)
    assert [",", "", 1] in told["total"]["confusions"]
    shown = inksight("evaluate", "read", "true", "read").out.decode()
    assert "total" in shown
    assert "16.67%" in shown


def test_ink_is_measured_by_its_text(inksight, picture, boxes, tmp_path):
    assert inksight("read", picture, "-o", "a.json", "--boxes", boxes).code == 0
    (tmp_path / "true.txt").write_text("hello world again below")
    ran = inksight("evaluate", "read", "true.txt", "a.json", "--json")
    assert json.loads(ran.out)["total"]["cer"] == 0


def test_a_page_without_its_pair_is_told(inksight, tmp_path):
    for name in ("true", "read"):
        (tmp_path / name).mkdir()
    (tmp_path / "true" / "a.txt").write_text("a")
    ran = inksight("evaluate", "read", "true", "read")
    assert ran.code == 2
    assert "has no page 'a'" in ran.err
    (tmp_path / "bad.txt").write_bytes(b"\xff\xff")
    assert inksight("evaluate", "read", "bad.txt", "bad.txt").code == 3


def test_the_built_in_reader_reads_a_page_with_a_language(inksight, picture, tmp_path):
    reader = ("--detector", "whole", "--lang", "en,fr")
    for name in ("ink", "both"):
        ran = inksight("read", picture, "-o", f"{name}.json", "--reader", name, *reader)
        assert ran.code == 0, ran.err
    ink, both = (json.loads((tmp_path / f"{n}.json").read_text()) for n in ("ink", "both"))
    assert ink["provenance"]["model"] == "reader"
    texts = [
        [word["text"] for line in page["lines"] for word in line["words"]]
        for document in (ink, both)
        for page in document["pages"]
    ]
    assert texts[0] == texts[1] != [""]  # where the detector reads nothing, the ink is heard


def test_a_page_is_read_in_the_language_that_it_looks_like(inksight, picture, tmp_path):
    ran = inksight("read", picture, "-o", "page.txt", "--reader", "ink", "--detector", "whole",
                   "--lang", "auto")  # fmt: skip
    assert ran.code == 0, ran.err
    assert (tmp_path / "page.txt").read_text().strip()


def test_a_language_that_is_none_is_told(inksight, picture):
    ran = inksight("read", picture, "--reader", "ink", "--lang", "klingon")
    assert (ran.code, "'klingon'" in ran.err) == (2, True)


def test_where_nothing_is_written_nothing_is_read(inksight, tmp_path):
    noise = np.random.default_rng(0).normal(0, 3, (400, 600, 1)) + np.full((1, 1, 3), 235.0)
    ruled = noise.copy()
    ruled[30::40] -= 60
    for name, pixels in (("blank", noise), ("ruled", ruled)):
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(tmp_path / f"{name}.png")
    ran = inksight("read", "blank.png", "ruled.png", "-o", "out/", "--reader", "ink")
    assert ran.code == 0, ran.err
    assert [(tmp_path / "out" / f"{n}.txt").read_text() for n in ("blank", "ruled")] == ["", ""]


def test_derender_asks_a_reader_of_ink_as_well(inksight, picture, tmp_path):
    ran = inksight(
        *("derender", picture, "-o", "a.json", "--detector", "whole", "--model", "trace"),
        *("--reader", "ink", "--alternatives", 2),
    )
    assert ran.code == 0, ran.err
    document = json.loads((tmp_path / "a.json").read_text())
    (word,) = document["pages"][0]["lines"][0]["words"]
    assert word["text"]
    assert word["strokes"]
    assert len(word["alternatives"]) == 2
    assert document["provenance"]["model"] != "reader"
