"""HTML: one file in which the ink is seen beside its photo, played, searched and put right.

Script, style, ink and photos lie in the file; it asks nothing of any network.
"""

from __future__ import annotations

import base64
from pathlib import PurePath
from typing import BinaryIO, ClassVar

from inksight_cli.document import Document, Page
from inksight_cli.errors import OutputError
from inksight_cli.formats.json import plain_document
from inksight_cli.formats.protocol import Choice, Option, WriteOptions
from inksight_cli.webpage.page import boot_of_file, webpage

PHOTO = Choice("photo", "whether the photo lies in the file", ("on", "off"))


class HtmlFormat:
    """The document as a web page that needs nothing from anywhere."""

    name: ClassVar[str] = "html"
    suffixes: ClassVar[tuple[str, ...]] = (".html",)
    summary: ClassVar[str] = "web page to see, play, search and put right the ink, offline"
    pages: ClassVar[bool] = True
    options: ClassVar[tuple[Option, ...]] = (PHOTO,)

    def wants_picture(self, options: WriteOptions) -> bool:
        """Whether the photos are shown."""
        return PHOTO.of(options) == "on"

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write ``document`` with the program that shows it."""
        photos = [self._photo(page, options) for page in document.pages]
        plain = plain_document(document, options)
        stream.write(webpage(boot_of_file([_name(document)], [plain], [photos])))

    def _photo(self, page: Page, options: WriteOptions) -> str | None:
        """Return a page's picture as an address, None where it is not to be had."""
        if options.picture is None or not self.wants_picture(options):
            return None
        try:
            picture = options.picture(page)
        except OutputError:  # the ink is worth seeing without its photo, too
            return None
        return "data:image/jpeg;base64," + base64.b64encode(picture).decode()


def _name(document: Document) -> str:
    """Return what the document is called when the page saves it."""
    source = document.pages[0].source if document.pages else ""
    return f"{PurePath(source).stem or 'ink'}.json"
