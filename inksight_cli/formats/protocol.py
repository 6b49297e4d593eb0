"""What an ink format is.

A format registers under the entry-point group ``inksight.formats`` as a class made without
arguments. It writes a document to a binary stream, never to a path: whoever calls decides
between file, pipe and memory. What it writes depends on the document and the options alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, ClassVar, Protocol, runtime_checkable

from inksight_cli.document import Document


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a user may choose about the written file.

    Attributes:
        text: whether texts are written beside the ink (titles, annotations, hidden text).
        precision: decimals of a pixel.
    """

    text: bool = True
    precision: int = 2


@runtime_checkable
class Writer(Protocol):
    """Writes documents in one format."""

    name: ClassVar[str]
    """The registered name, as ``--format`` takes it."""

    suffixes: ClassVar[tuple[str, ...]]
    """File endings that mean this format, the usual one first, lower case with the dot."""

    summary: ClassVar[str]
    """One line for ``--help``."""

    pages: ClassVar[bool]
    """Whether one file holds many pages; if not, each page gets its own file."""

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write ``document`` to ``stream``."""
        ...


@runtime_checkable
class Reader(Protocol):
    """Reads back what its format can hold; the same class as the writer where there is one."""

    name: ClassVar[str]

    def read(self, stream: BinaryIO) -> Document:
        """Return the document in ``stream``.

        Raises:
            UnreadableInputError: the stream is not of this format.
        """
        ...
