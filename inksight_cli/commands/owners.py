"""Whose each place is: never one file for two inputs, nor over what is read or to be kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from inksight_cli.commands.inputs import STDIN
from inksight_cli.commands.targets import Target
from inksight_cli.errors import FolderGoneError, OutputError
from inksight_cli.files import exists, is_folder, real


class Owners:
    """The places of all results.

    Args:
        targets: of results and previews, all inputs'.
        folders: of results, which are there.
        keep: places that no result may take: those of the inputs.
        overwrite: whether a result may replace what is there.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        folders: Iterable[str] = (),
        keep: Iterable[str] = (),
        overwrite: bool = True,
    ) -> None:
        self._keep = {real(source) for source in keep if source != STDIN}
        self._owners = {real(t.path): t.source for t in targets if t.path}
        self._folders = [folder for folder in folders if is_folder(folder)]
        self._overwrite = overwrite

    def claim(self, path: Path, source: str, again: bool) -> None:
        """Say that ``path`` is to hold a result of ``source``, and make its folder.

        Args:
            path: of the file.
            source: the input.
            again: whether what is there is known to be a result of the same input.

        Raises:
            OutputError: it is another input's, or to be kept, or its folder cannot be made.
            FolderGoneError: the folder of all results has been removed.
        """
        owner = self._owners.setdefault(real(path), source)
        if owner != source:
            raise OutputError(f"'{path}' is the result of '{owner}' already.")
        if real(path) in self._keep:
            raise OutputError(f"The result would take the place of the input '{path}'.")
        if not self._overwrite and not again and exists(path):
            raise there_already(path)
        for folder in self._folders:
            if not is_folder(folder):
                raise FolderGoneError(f"The folder '{folder}' has been removed.")
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
