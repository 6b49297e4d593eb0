"""What ``convert`` does: files of ink are read, and their pages go into other formats."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from inksight_cli.api import read
from inksight_cli.commands.ink_encoder import InkEncoder, amount_of_ink
from inksight_cli.commands.inputs import STDIN
from inksight_cli.commands.loader import stdin
from inksight_cli.commands.targets import made_from
from inksight_cli.commands.units import PageUnit
from inksight_cli.coordinates import Coordinates, in_coordinates
from inksight_cli.document import Document, Page, Provenance
from inksight_cli.errors import OutputError, UnreadableInputError, UsageError
from inksight_cli.formats import find_reader, readable_suffixes

if TYPE_CHECKING:
    from inksight_cli.commands.making import Encoder
    from inksight_cli.commands.outputs import Finish, Output


@dataclass(frozen=True, slots=True, eq=False)
class InkPage:
    """A page as a file of ink holds it.

    Attributes:
        made: what made the ink.
        folder: where the file lies.
    """

    page: Page
    made: Provenance
    folder: Path


class InkLoader:
    """Opens files of ink.

    Args:
        format: the name of their format; None: their endings say it.
    """

    def __init__(self, format: str | None) -> None:
        self.endings = readable_suffixes()
        self._format = format
        self._last: tuple[str | None, Document] = None, Document([])

    def reader(self, ahead: bool) -> Callable[[PageUnit], Iterator[InkPage]]:
        """Return what opens pages one by one."""
        return self._page

    def numbers(self, source: str) -> list[int]:
        """Return the places of a file's pages in it; of a broken file none."""
        try:
            return list(range(1, len(self._read(source).pages) + 1))
        except UnreadableInputError:
            return []

    def _page(self, unit: PageUnit) -> Iterator[InkPage]:
        document = self._read(unit.source)
        if unit.number is None and not document.pages:
            raise UnreadableInputError(f"'{unit.source}' holds no page.")
        page = document.pages[(unit.number or 1) - 1]
        yield InkPage(page, document.provenance, Path(unit.source).parent)

    def _read(self, source: str) -> Document:
        """Return the document in a file; the last one is kept, for its pages come together."""
        if self._last[0] != source:
            if source == STDIN and not self._format:
                raise UsageError("The format of stdin is not said.", "Say it: --from json")
            if source == STDIN:
                document = find_reader(self._format or "").read(io.BytesIO(stdin()))
            else:
                document = read(source, format=self._format)
            self._last = source, document
        return self._last[1]

    def count(self, sources: Sequence[str]) -> int:
        """Return how many files there are; nobody charges for their pages."""
        return len(sources)

    def choices(self) -> dict[str, object]:
        """Return nothing: no ledger is kept of it."""
        return {}

    def origins(self, source: str) -> set[bytes]:
        """Return the SHA-256 of the pictures that a file was made from, in hexadecimal."""
        return set() if source == STDIN else made_from(Path(source))


class StackLoader(InkLoader):
    """Opens several files of ink as one input: their pages, one after the other.

    Args:
        format: as `InkLoader` takes it.
        sources: the files, in order.

    Attributes:
        name: what the input is called.
    """

    def __init__(self, format: str | None, sources: Sequence[str]) -> None:
        super().__init__(format)
        self.name = f"{len(sources)} files of ink"
        self._sources = sources
        self._places: list[tuple[str, int]] = []

    def numbers(self, source: str) -> list[int]:
        """Return the places of all files' pages; none where a file is broken."""
        try:
            self._places = self._all_places()
        except UnreadableInputError:
            self._places = []
        return list(range(1, len(self._places) + 1))

    def origins(self, source: str) -> set[bytes]:
        """Return the SHA-256 of the pictures that all files were made from."""
        return {
            digest for each in self._sources for digest in super(StackLoader, self).origins(each)
        }

    def _page(self, unit: PageUnit) -> Iterator[InkPage]:
        places = self._places or self._all_places()  # which tells what is broken
        source, number = places[(unit.number or 1) - 1]
        return super()._page(replace(unit, source=source, number=number))

    def _all_places(self) -> list[tuple[str, int]]:
        """Return for every page its file and its place in it.

        Raises:
            UnreadableInputError: a file is broken, or holds no page.
        """
        places = []
        for source in self._sources:
            try:
                count = len(self._read(source).pages)
            except UnreadableInputError as error:
                raise UnreadableInputError(f"'{source}': {error.message}") from error
            if not count:
                raise UnreadableInputError(f"'{source}' holds no page.")
            places += [(source, k) for k in range(1, count + 1)]
        return places


class ConvertTask:
    """Takes pages as they are, and writes them.

    Args:
        outputs: the files to make of every input.
        finish: what is done to documents before they are written.
        coordinates: whose pixels the output counts in.
    """

    reads_pictures = False

    def __init__(
        self,
        outputs: Sequence[Output],
        finish: Finish,
        coordinates: Coordinates,
    ) -> None:
        self.encoders: Sequence[Encoder] = [InkEncoder(output, self.document) for output in outputs]
        self._wants_picture = any(output.wants_picture for output in outputs)
        self._finish = finish
        self._coordinates: Coordinates = coordinates
        self._made: dict[int, Provenance] = {}

    def announce(self, pages: Callable[[], int]) -> Iterable[str]:
        """Return nothing: no picture goes anywhere."""
        return ()

    def notes(self) -> list[str]:
        """Return nothing."""
        return []

    def choices(self) -> dict[str, object]:
        """Return nothing: no ledger is kept of it."""
        return {}

    def open(self) -> ConvertTask:
        """Return itself: nothing is to be loaded."""
        return self

    def pages(self, images: Iterable[InkPage]) -> Iterator[Page]:
        """Yield the pages, and remember what made them until they are written."""
        for image in images:
            self._made[id(image.page)] = image.made
            yield image.page

    def document(self, pages: Iterable[Page]) -> Document:
        """Return the pages of one input as they are written."""
        done = list(pages)
        made = _shared([self._made[id(page)] for page in done])
        mapped = [in_coordinates(page, self._coordinates) for page in done]
        return self._finish(Document(mapped, made))

    def picture(self, image: InkPage) -> Callable[[], bytes] | None:
        """Return what opens the photo of a page again, if it is shown."""
        if not self._wants_picture:
            return None
        return lambda: _photo(image)

    def describe(self, page: Page) -> dict[str, object]:
        """Return how much ink there is."""
        return amount_of_ink(page) | {"warnings": []}


def _shared(made: Sequence[Provenance]) -> Provenance:
    """Return what pages of several documents have in common."""

    def common(name: str) -> str:
        values = {getattr(each, name) for each in made}
        return values.pop() if len(values) == 1 else ""

    shared = Provenance(**{each.name: common(each.name) for each in fields(Provenance)})
    return replace(shared, created=shared.created or None)


def _photo(image: InkPage) -> bytes:
    from inksight_cli.pages.again import find_photo
    from inksight_cli.pages.picture import jpeg

    try:
        return jpeg(find_photo(image.page, image.folder).pixels)
    except UnreadableInputError as error:
        raise OutputError(error.message, "Put it beside the file of ink.") from error
