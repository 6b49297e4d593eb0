"""Markdown: the text's paragraphs, and nothing written by hand taken for markup."""

from __future__ import annotations

import re
from typing import BinaryIO, ClassVar

from inksight_cli.document import Document, Page
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.formats.text import said
from inksight_cli.formats.text_layout import plain

_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~$&])")
_AT_THE_START = re.compile(r"^(\d+)?([#+\-=:.)])(?=[\s#+\-=:.)]|$)")


class MarkdownFormat:
    """What the pages say, as paragraphs with lines as they were written."""

    name: ClassVar[str] = "md"
    suffixes: ClassVar[tuple[str, ...]] = (".md",)
    summary: ClassVar[str] = "the text alone as Markdown: paragraphs; rules between pages"
    pages: ClassVar[bool] = True

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write UTF-8; nothing where no texts are wanted."""
        pages = [_page(page) for page in document.pages] if options.text else []
        stream.write("\n---\n\n".join(pages).encode("utf-8", errors="replace"))


def _page(page: Page) -> str:
    return "\n".join("".join(f"{_escaped(line)}\n" for line in lines) for lines in said(page.lines))


def _escaped(line: str) -> str:
    return _AT_THE_START.sub(r"\1\\\2", _ANYWHERE.sub(r"\\\1", plain(line)))
