"""Pages that a person has put right, as words to learn from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inksight_cli.detectors import find_detector
from inksight_cli.document import Page
from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.files import read_regular
from inksight_cli.formats.json_read import parse_document
from inksight_cli.learning.tune import Known
from inksight_cli.pages.load import load_pages
from inksight_cli.pipeline import Derenderer
from inksight_cli.reading.page import levelled

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")
_LARGEST = 1 << 28  # bytes of a page
_FEWEST = 10  # words


def known_pages(folder: Path) -> list[list[Known]]:
    """Return the words of every page in a folder and the folders in it.

    A page is a JSON of ours, its texts put right; or a picture of one word or line beside a text
    of its name (``a01-000u-00.png`` and ``a01-000u-00.txt``).

    Raises:
        UsageError: there are too few words.
        UnreadableInputError: the folder or one of its files cannot be read.
    """
    if not folder.is_dir():
        raise UnreadableInputError(f"There is no folder '{folder}'.")
    pages = [words for words in map(list, _pages(folder)) if words]
    if sum(map(len, pages)) < _FEWEST:
        raise UsageError(
            f"'{folder}' has fewer than {_FEWEST} words with ink and text.",
            "Correct pages of inksight derender -o page.json, a hundred words or more.",
        )
    return pages


def _pages(folder: Path) -> Iterator[Iterator[Known]]:
    for place in sorted(folder.rglob("*")):
        text = place.with_suffix(".txt")
        if place.suffix.lower() == ".json":
            for page in parse_document(read_regular(place, _LARGEST)).pages:
                yield _words(page)
        elif place.suffix.lower() in PICTURES and text.is_file():
            said = read_regular(text, _LARGEST).decode("utf-8-sig", "replace").strip()
            yield _drawn(place, " ".join(said.split()))


def _words(page: Page) -> Iterator[Known]:
    for word in page.words:
        if word.text and word.strokes:
            yield Known(levelled(word), word.text)


def _drawn(picture: Path, text: str) -> Iterator[Known]:
    """Yield what a picture of one word or line says, traced as one."""
    derenderer = Derenderer(find_detector("whole"))
    for page in derenderer.pages(load_pages(str(picture))):
        strokes = [stroke for word in page.words for stroke in levelled(word)]
        if strokes and text:
            yield Known(strokes, text)
