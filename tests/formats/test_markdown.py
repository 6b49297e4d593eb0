"""Markdown: paragraphs, and no markup that nobody wrote."""

from hypothesis import given, settings

from inksight_cli.document import Document, Line, Page, Word
from inksight_cli.geometry import Box, Quad
from tests.formats.written import written
from tests.helpers.documents import documents


def page_of(*texts: str, step: int = 50) -> Page:
    """A page with a line of one word for every text."""
    lines = []
    for row, text in enumerate(texts):
        quad = Quad.from_box(Box(10, step * row, 300, step * row + 40))
        lines.append(Line([Word(quad, text)], quad))
    return Page(400, 2000, lines)


def markdown(*pages: Page) -> str:
    return written(Document(list(pages)), "md").decode()


def test_lines_and_pages():
    assert markdown(page_of("one", "two"), page_of("three")) == "one\ntwo\n\n---\n\nthree\n"


def test_what_is_written_is_no_markup():
    said = page_of("# *not* a_title", "- [no](link)", "1. <b>", "---", "a-b 3.5 x^2", "=====")
    assert markdown(said).splitlines() == [
        r"\# \*not\* a\_title",
        r"\- \[no\](link)",
        r"1\. \<b\>",
        r"\---",
        "a-b 3.5 x^2",
        r"\=====",
    ]


def test_a_word_says_one_line_whatever_it_holds():
    assert markdown(page_of("a\nb\x00\tc\ud800")) == "a b c?\n"


@given(document=documents())
@settings(max_examples=15, deadline=None)
def test_any_document_says_all_its_words(document):
    said = written(document, "md").decode().replace("\\", "")
    for page in document.pages:
        for word in page.words:
            assert word.text.replace("\\", "") in said
