"""Results on their way into files: all of one input's together, and never one for two inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from inksight_cli.commands.inputs import STDIN
from inksight_cli.commands.streams import Stdout
from inksight_cli.commands.targets import Target
from inksight_cli.errors import OutputError
from inksight_cli.files import exists, real

if TYPE_CHECKING:
    from inksight_cli.document import Page


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A page that is done; its picture is let go, what the preview needs of it is kept."""

    page: Page
    seconds: float
    preview: bytes | None = None
    picture: Callable[[], bytes] | None = None
    """Tells the page's picture as a JPEG file, for formats that show it."""


class Encoder(Protocol):
    """What makes one kind of file of pages; `inksight_cli.commands.work.Task` has some."""

    pages: bool
    """Whether one file holds many pages."""

    suffixes: tuple[str, ...]
    """The endings of its files, with the dot; the usual one first."""

    def encode(self, results: Sequence[Result]) -> bytes:
        """Return the content of a file."""
        ...


class Files:
    """Writes results, and never one file for two inputs.

    Args:
        encoders: make the files' content, one for each of an input's targets.
        targets: of results and previews, all inputs'.
        stdout: where a result without a file goes.
        keep: places that no result may take: those of the inputs.
        overwrite: whether a result may replace what is there.
    """

    def __init__(
        self,
        encoders: Sequence[Encoder],
        targets: Sequence[Target],
        stdout: Stdout,
        keep: Iterable[str] = (),
        overwrite: bool = True,
    ) -> None:
        self._encoders = encoders
        self._stdout = stdout
        self._keep = {real(source) for source in keep if source != STDIN}
        self._owners = {real(t.path): t.source for t in targets if t.path}
        self._overwrite = overwrite

    def deliver(
        self, targets: Sequence[Target], preview: Target | None, results: list[Result]
    ) -> list[list[str]]:
        """Write all pages of one input, and return the names of each page's files.

        Raises:
            OutputError: a file cannot be written, or belongs to another input; then no file of
                this input is written.
        """
        files = self._previews(preview, results)
        for encoder, target in zip(self._encoders, targets, strict=True):
            files += self._encoded(encoder, target, results)
        self._write(targets[0].source, files)
        count = len(results)
        return [
            [
                str((target.path if encoder.pages else target.page(number, count)) or "-")
                for encoder, target in zip(self._encoders, targets, strict=True)
            ]
            for number in range(1, count + 1)
        ]

    def _encoded(
        self, encoder: Encoder, target: Target, results: list[Result]
    ) -> list[tuple[Path | None, bytes]]:
        groups = [results] if encoder.pages else [[result] for result in results]
        if target.path is None and len(groups) > 1:
            raise OutputError(
                f"The {len(groups)} pages of this input need a file each.",
                "Say a folder: -o FOLDER/",
            )
        # The first page is written last: where it is, the others are as well.
        return [
            (target.page(number, len(groups)), encoder.encode(group))
            for number, group in reversed(list(enumerate(groups, start=1)))
        ]

    def _previews(
        self, preview: Target | None, results: list[Result]
    ) -> list[tuple[Path | None, bytes]]:
        if preview is None:
            return []
        numbers = range(len(results), 0, -1)
        return [(preview.page(n, len(results)), results[n - 1].preview or b"") for n in numbers]

    def _write(self, source: str, files: list[tuple[Path | None, bytes]]) -> None:
        from inksight_cli.output import replace_files

        for path, _ in files:
            if path is not None:
                self._claim(path, source)
        replace_files([(path, data) for path, data in files if path is not None])
        for path, data in files:
            if path is None:
                self._stdout.write(data)

    def _claim(self, path: Path, source: str) -> None:
        owner = self._owners.setdefault(real(path), source)
        if owner != source:
            raise OutputError(f"'{path}' is the result of '{owner}' already.")
        if real(path) in self._keep:
            raise OutputError(f"The result would take the place of the input '{path}'.")
        if not self._overwrite and exists(path):
            raise there_already(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OutputError(f"The folder '{path.parent}' cannot be made: {reason}.") from error


def there_already(path: Path) -> OutputError:
    """What to tell where a result would take the place of what is there, unasked."""
    return OutputError(
        f"'{path}' is there already.", "--overwrite replaces it, --skip-existing leaves it out."
    )
