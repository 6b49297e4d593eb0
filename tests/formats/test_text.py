"""Plain text: lines, paragraphs, and what a reader knows beyond it in JSON."""

import io
from dataclasses import replace

import pytest

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.errors import UnreadableInputError
from inksight_cli.formats import find_reader, find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.formats.text import said, text_of
from inksight_cli.geometry import Box, Quad


def line(text, left, top, wide=100):
    quad = Quad.from_box(Box(left, top, left + wide, top + 20))
    return Line([Word(quad, text)], quad)


def test_white_parts_paragraphs():
    page = Page(300, 400, [line(str(k), 0, y) for k, y in enumerate([0, 30, 60, 130, 160])])
    assert text_of(page) == "0\n1\n2\n\n3\n4\n"


def test_the_next_column_is_another_paragraph():
    lines = [line("a", 0, 0), line("b", 0, 30), line("c", 200, 0), line("d", 200, 30)]
    assert said(lines) == [["a", "b"], ["c", "d"]]


def test_pieces_of_one_line_go_together_and_lines_without_text_do_not_count():
    lines = [line("a", 0, 0), line("", 0, 30), line("b", 150, 3), line("c", 0, 33)]
    assert said(lines) == [["a b", "c"]]
    assert said([]) == []


def test_no_text_where_none_is_wanted():
    page = Page(300, 400, [line("a", 0, 0)])
    stream = io.BytesIO()
    find_writer("txt").write(Document([page]), stream, WriteOptions(text=False))
    assert stream.getvalue() == b""


def document(**reading):
    page = Page(300, 400, [line("ab", 0, 0)])
    page.lines[0].words[0] = replace(page.lines[0].words[0], **reading)
    return Document([page])


def written(which):
    stream = io.BytesIO()
    find_writer("json").write(which, stream, WriteOptions())
    return stream.getvalue()


def test_json_keeps_what_a_reader_knows():
    data = written(document(characters=(0.5, 1.0), alternatives=(("ab", 0.75), ("ah", 0.25))))
    (word,) = find_reader("json").read(io.BytesIO(data)).pages[0].words
    assert word.characters == (0.5, 1.0)
    assert word.alternatives == (("ab", 0.75), ("ah", 0.25))
    assert b"alternatives" not in written(document())


@pytest.mark.parametrize("bad", [b"[1.5]", b'["a"]', b"[true]"])
def test_confidences_that_are_none_are_refused(bad):
    data = written(document(characters=(0.5, 1.0))).replace(b"[0.5,1.0]", bad)
    with pytest.raises(UnreadableInputError, match="confidence"):
        find_reader("json").read(io.BytesIO(data))
