"""The pictures that pages of ink were made from, found again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from inksight_cli.document import Page
from inksight_cli.errors import UnreadableInputError
from inksight_cli.files import read_regular
from inksight_cli.pages.load import MOST_BYTES, load_pages
from inksight_cli.pages.page import PageImage
from inksight_cli.pages.warp import warped


def find_photo(page: Page, folder: Path) -> PageImage:
    """Return the picture of ``page``, flattened as the page is.

    Args:
        page: ink; it says from which file, of which bytes, it was made.
        folder: where its document lies. A picture of that name is looked for there, then where
            the page says. A page that knows its picture's hash gets that picture or none.

    Raises:
        UnreadableInputError: it is not there, or another one by now.
    """
    for path in _places(page, folder):
        try:
            data = read_regular(path, MOST_BYTES)
        except OSError:
            continue
        if page.sha256 and hashlib.sha256(data).hexdigest() != page.sha256:
            continue
        return _laid_out(_opened(data, path, page), page)
    raise UnreadableInputError(f"The photo '{page.source}' is not there, or was changed.")


def _places(page: Page, folder: Path) -> Iterator[Path]:
    name = page.source.replace("\\", "/").rsplit("/", 1)[-1]
    if name:
        yield folder / name
    # Without a hash nothing says that a file somewhere else is the page's own.
    if page.source and page.sha256:
        yield folder / page.source
        yield Path(page.source)


def _opened(data: bytes, path: Path, page: Page) -> PageImage:
    dpi = page.photo.dpi if page.photo else page.dpi
    images = load_pages(data, name=str(path), pages=str(page.number), dpi=dpi)
    image = next(iter(images), None)
    if image is None:
        raise UnreadableInputError(f"'{path}' has no page {page.number}.")
    return image


def _laid_out(image: PageImage, page: Page) -> PageImage:
    if page.photo is not None:
        image.pixels = warped(image.pixels, page.photo.to_photo, page.width, page.height)
    return image
