"""The sheet has all letters, and its copy is put right by its text."""

from collections import Counter
from dataclasses import replace

from inksight_cli.document import Line
from inksight_cli.writing.coverage import USUAL
from inksight_cli.writing.sheet import TEXT, sheet, with_text


def test_the_sheet_has_every_letter():
    counts = Counter(TEXT)
    assert not [letter for letter in USUAL if not counts[letter]]
    assert not [letter for letter in "abcdefghijklmnopqrstuvwxyz" if counts[letter] < 3]
    (page,) = sheet().pages
    assert [word.text for word in page.words] == TEXT.split()
    assert all(word.box.left > 0 and word.box.right < page.width for word in page.words)
    assert not page.warnings


def test_words_get_the_text_that_is_known():
    (page,) = sheet().pages
    words = list(page.words)
    read = [replace(word, text=word.text.replace("e", "c").replace("q", "g")) for word in words]
    del read[5]  # not found
    read.insert(20, replace(words[0], text="~~"))  # a stain
    wrong = replace(page, lines=[Line(read, page.lines[0].quad)])
    said = [word.text for word in with_text([wrong], TEXT)[0].words]
    expected = TEXT.split()
    del expected[5]
    expected.insert(20, "")
    assert sum(a != b for a, b in zip(said, expected, strict=True)) <= 1
