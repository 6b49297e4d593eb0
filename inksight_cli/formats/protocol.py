"""What an ink format is.

A format registers under the entry-point group ``inksight.formats`` as a class made without
arguments. It writes a document to a binary stream, never to a path: whoever calls decides
between file, pipe and memory. What it writes depends on the document and the options alone.

A format with options of its own has them listed in ``options`` (`Adjustable`): ``-O pdf.photo=off``
reaches the format ``pdf`` alone. One that shows the page's picture says when it wants it
(`Pictured`); only then is the picture kept until the file is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar, Protocol, TypeAlias, runtime_checkable

from inksight_cli.document import Document, Page
from inksight_cli.errors import UsageError

PictureOf: TypeAlias = Callable[[Page], bytes]
"""A page of the document -> its picture as a JPEG file, ``page.width`` x ``page.height`` pixels.

Raises OutputError where the picture is not to be had: ink read from a file whose photo is gone.
"""


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a user may choose about the written file.

    Attributes:
        text: whether texts are written beside the ink (titles, annotations, hidden text).
        precision: decimals of a pixel.
        own: values of the format's own options as the user wrote them; a format reads them
            through its `Choice` and `Amount`, which know what holds where nothing is said.
        picture: tells the pages' pictures; None where the caller has none.
    """

    text: bool = True
    precision: int = 2
    own: Mapping[str, str] = field(default_factory=dict)
    picture: PictureOf | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A format's own option that is one of a few words; the first holds where nothing is said."""

    name: str
    summary: str
    values: tuple[str, ...]

    @property
    def takes(self) -> str:
        """The values for people; the default first."""
        return "|".join(self.values)

    def of(self, options: WriteOptions) -> str:
        """Return what was chosen.

        Raises:
            UsageError: it is none of the values.
        """
        value = options.own.get(self.name, self.values[0])
        if value not in self.values:
            raise UsageError(f"The option {self.name} is one of {self.takes}, not {value!r}.")
        return value


@dataclass(frozen=True, slots=True)
class Amount:
    """A format's own option that is a number."""

    name: str
    summary: str
    default: float
    least: float
    most: float

    @property
    def takes(self) -> str:
        """The bounds for people, and the default."""
        return f"{self.least:g}..{self.most:g}, else {self.default:g}"

    def of(self, options: WriteOptions) -> float:
        """Return what was chosen.

        Raises:
            UsageError: it is no number within the bounds.
        """
        value = options.own.get(self.name, str(self.default))
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not self.least <= number <= self.most:
            bounds = f"{self.least:g} to {self.most:g}"
            raise UsageError(f"The option {self.name} is a number from {bounds}, not {value!r}.")
        return number


Option: TypeAlias = Choice | Amount


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


@runtime_checkable
class Adjustable(Protocol):
    """A writer with options of its own."""

    options: ClassVar[tuple[Option, ...]]


@runtime_checkable
class Pictured(Protocol):
    """A writer that may want the pages' pictures."""

    def wants_picture(self, options: WriteOptions) -> bool:
        """Whether `WriteOptions.picture` will be asked."""
        ...


def check_own(writer: Writer, options: WriteOptions) -> None:
    """See that ``writer`` understands all of ``options.own``.

    Raises:
        UsageError: it does not have such an option, or that is no value of it.
    """
    known = _options(writer)
    for name in options.own:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise UsageError(f"The format {writer.name!r} has no option {name!r}; {has}.")
        known[name].of(options)


def has_option(writer: Writer, name: str) -> bool:
    """Whether a format has an option of its own of that name."""
    return name in _options(writer)


def _options(writer: Writer) -> dict[str, Option]:
    return {o.name: o for o in writer.options} if isinstance(writer, Adjustable) else {}


def only_page(document: Document, kind: str) -> Page:
    """Return the one page of a document for a format that holds no more.

    Raises:
        UsageError: the document has not exactly one.
    """
    if len(document.pages) != 1:
        raise UsageError(f"{kind} holds one page, not {len(document.pages)}.")
    return document.pages[0]
