"""Typed text is found in many documents, and the index keeps step with them."""

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.errors import OutputError
from inksight_cli.geometry import Box, Quad
from inksight_cli.search.finder import NAME, Finder, documents_in, folder_index
from inksight_cli.search.index import Index
from inksight_cli.viewer.shelf import encoded


def document(*lines: str) -> Document:
    """A page of lines; word n of line m lies at (100 n, 50 m)."""

    def word(text, n, m):
        return Word(Quad.from_box(Box(100 * n, 50 * m, 100 * n + 90, 50 * m + 40)), text)

    rows = [
        [word(text, n, m) for n, text in enumerate(line.split(" "))] for m, line in enumerate(lines)
    ]
    page = Page(1000, 1000, [Line(words, words[0].quad) for words in rows])
    return Document([page])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "a.json").write_bytes(encoded(document("The first tulips", "came up by the gate;")))
    (tmp_path / "below" / "b.json").write_bytes(encoded(document("Tulpen, Ärger & Öl", "TULIPS!")))
    (tmp_path / "other.json").write_text('{"tulips": 1}')
    (tmp_path / ".hidden.json").write_bytes((tmp_path / "a.json").read_bytes())
    return tmp_path


@pytest.fixture
def index(folder):
    found = folder_index(folder)
    found.update(documents_in(folder))
    yield found
    found.close()


def places(hits):
    return [(hit.path.name, hit.line, hit.words) for hit in hits]


def test_words_are_found_whatever_their_case_accents_and_signs(index):
    assert places(index.find("tulips")) == [("a.json", 0, (2,)), ("b.json", 1, (0,))]
    assert places(index.find("arger")) == places(index.find("ÄRGER")) == [("b.json", 0, (1,))]
    assert places(index.find("gate")) == [("a.json", 1, (4,))]


def test_the_last_word_may_be_a_beginning_and_words_follow_one_another(index):
    assert places(index.find("tul")) == [
        ("a.json", 0, (2,)),
        ("b.json", 0, (0,)),
        ("b.json", 1, (0,)),
    ]
    assert places(index.find("the fir")) == [("a.json", 0, (0, 1))]
    assert index.find("first the") == index.find("tulips came") == []


def test_a_hit_tells_its_place(index, folder):
    (hit,) = index.find("by the gate")
    assert hit.path == folder / "a.json"
    assert (hit.page, hit.box, hit.text) == (0, (200, 50, 490, 90), "came up by the gate;")


@pytest.mark.parametrize(
    "typed", ["", " ", "!", '"', "*", "tulips OR gate", "NOT", "said:x", "a\0b", "(", "^x"]
)
def test_what_is_typed_is_no_language(index, typed):
    assert places(index.find(typed)) == []


@given(st.text(max_size=30))
def test_no_text_breaks_it(typed):
    index = Index()
    index.find(typed)
    index.close()


def test_only_what_changed_is_read_again(index, folder):
    paths = documents_in(folder)
    assert (index.update(paths).read, index.update(paths).documents) == (0, 2)
    (folder / "a.json").write_bytes(encoded(document("Something else")))
    done = index.update(paths)
    assert (done.read, done.gone) == (1, 0)
    assert places(index.find("tulips")) == [("b.json", 1, (0,))]
    (folder / "below" / "b.json").unlink()
    assert index.update(documents_in(folder)).gone == 1
    assert index.find("tulips") == []


def test_a_broken_document_is_told_until_it_is_mended(index, folder):
    (folder / "a.json").write_text('{"format": "inksight-document", "version": 9}')
    done = index.update(documents_in(folder))
    assert done.documents == 1 and "a.json" in done.problems[0]
    assert index.update(documents_in(folder)).problems == done.problems
    (folder / "a.json").write_bytes(encoded(document("mended")))
    assert index.update(documents_in(folder)).problems == ()
    assert len(index.find("mended")) == 1


def test_a_folder_may_be_moved_with_its_index(folder, index, tmp_path_factory):
    place = tmp_path_factory.mktemp("moved") / "here"
    folder.rename(place)
    moved = folder_index(place)
    assert [hit.path for hit in moved.find("first")] == [place / "a.json"]
    assert moved.update(documents_in(place)).read == 0
    moved.close()


def test_an_index_of_another_version_is_made_anew(folder, index):
    index.close()
    base = sqlite3.connect(folder / NAME)
    base.execute("PRAGMA user_version = 99")
    base.close()
    again = folder_index(folder)
    assert again.update(documents_in(folder)).read == 2
    again.close()


def test_a_file_that_is_no_index_is_told(folder):
    (folder / NAME).write_bytes(b"no" * 5000)
    with pytest.raises(OutputError, match="is no index"):
        folder_index(folder)


def test_without_an_index_one_in_memory_is_made(folder):
    finder = Finder(lambda: documents_in(folder), folder)
    assert len(finder.find("tulips")) == 2
    assert not (folder / NAME).exists()
    (folder / "c.json").write_bytes(encoded(document("more tulips")))
    assert len(finder.find("tulips")) == 3


def test_other_readings_are_found_too(tmp_path):
    read = document("Who borrwwed it")
    words = read.pages[0].lines[0].words
    words[1].alternatives = (("borrwwed", 0.6), ("borrowed", 0.3), ("burrowed", 0.1))
    (tmp_path / "x.json").write_bytes(encoded(read))
    finder = Finder(lambda: documents_in(tmp_path))
    for typed in ("borrwwed", "borrowed", "burrow"):
        (hit,) = finder.find(typed)
        assert (hit.words, hit.text) == ((1,), "Who borrwwed it")


def test_several_pages_and_empty_words(tmp_path):
    both = Document([*document("one two").pages, *document("two one").pages])
    both.pages[1].lines[0].words.insert(0, replace(both.pages[0].lines[0].words[0], text=""))
    (tmp_path / "x.json").write_bytes(encoded(both))
    hits = Finder(lambda: documents_in(tmp_path)).find("one")
    assert [(hit.page, hit.words, hit.text) for hit in hits] == [
        (0, (0,), "one two"),
        (1, (2,), "two one"),
    ]
