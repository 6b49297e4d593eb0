"""Pages of text in a hand."""

import gzip
import io

import numpy as np
import pytest
from PIL import Image

from inksight_cli.document import GENERATED
from inksight_cli.formats import find_writer
from inksight_cli.formats.json_read import parse_document
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.plugins import names
from inksight_cli.reading.drawing import draw
from inksight_cli.reading.page import framed
from inksight_cli.writing.page import write_text

TEXT = "the tulips were red and white\n\nwe counted them by the gate before the weather turned"


def ink(document):
    return [stroke.points for page in document.pages for stroke in page.strokes]


def test_the_same_seed_gives_the_same_ink(hand):
    one, same, other = (write_text(TEXT, hand, seed=seed) for seed in (1, 1, 2))
    assert all(map(np.array_equal, ink(one), ink(same)))
    assert not all(map(np.array_equal, ink(one), ink(other)))


def test_words_stand_where_they_should(hand):
    (page,) = write_text(TEXT, hand).pages
    assert [word.text for word in page.words] == TEXT.split()
    style, mm = hand.style, 200 / 25.4
    left, right = style.left * page.width, (1 - style.right) * page.width
    body = style.body * mm
    for word in page.words:
        assert left - 1.5 * body < word.box.left and word.box.right < right + 2 * body
    for line in page.lines:
        for a, b in zip(line.words[:-1], line.words[1:], strict=True):
            assert b.box.left > a.box.right
    tops = [line.quad.bounds.top for line in page.lines]
    steps = np.diff(tops) / (style.leading * body)
    assert abs(steps.max() - 2) < 0.4  # the empty line
    assert np.abs(np.sort(steps)[:-1] - 1).max() < 0.4


def test_it_reads_as_the_text(hand, model):
    (page,) = write_text(TEXT, hand).pages
    from inksight_cli.evaluate.text import errors
    from inksight_cli.reading.ctc import best_path

    wrong = length = 0
    for line in page.lines:
        scores = model.read([draw(*each) for each in framed(line)])
        for word, said in zip(line.words, scores, strict=True):
            found = errors(word.text, best_path(said, model.symbols).text)
            wrong, length = wrong + found.edits, length + len(word.text)
    assert wrong < 0.2 * length


def test_long_texts_take_several_pages(hand):
    pages = write_text("the gate\n" * 60, hand, paper="a5").pages
    assert len(pages) > 2 and [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert sum(len(page.lines) for page in pages) == 60
    assert (pages[0].width, pages[0].height) == (round(148 * 200 / 25.4), round(210 * 200 / 25.4))
    bottom = max(stroke.box.bottom for stroke in pages[0].strokes)
    assert bottom < pages[0].height


def test_a_word_longer_than_a_line_goes_on_below(hand):
    pages = write_text("tulips" * 20, hand, paper="a6").pages
    words = [word for page in pages for word in page.words]
    assert len(words) > 1 and "".join(word.text for word in words) == "tulips" * 20
    assert all(word.box.right < pages[0].width for word in words)


def test_what_the_hand_has_not_is_told(hand):
    (page,) = write_text("the gate 🙂 Zé 日", hand).pages
    borrowed, missing = page.warnings
    assert borrowed == "The hand has no Z: as a writer like this one makes them."
    assert missing == "The hand has no 日 🙂: left out."


@pytest.mark.parametrize("name", sorted(set(names("inksight.formats")) - {"txt", "md"}))
def test_every_format_says_that_nobody_wrote_it(hand, name):
    document = write_text("the gate", hand, paper="a6", source="letter.txt", version="1")
    stream = io.BytesIO()
    find_writer(name).write(document, stream, WriteOptions())
    data = stream.getvalue()
    if name == "gif":
        with Image.open(stream) as film:
            data = film.info["comment"]
    if name == "pdf":
        import pypdfium2

        data = pypdfium2.PdfDocument(data).get_metadata_value("Creator").encode()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    assert GENERATED.encode() in data
    if name == "json":
        assert parse_document(data).provenance.generated
