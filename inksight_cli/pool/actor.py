"""A worker's side on a Ray cluster: enter the folders that all share, make ready, do units."""

from __future__ import annotations

import gc
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from inksight_cli import __version__
from inksight_cli.errors import MissingBackendError, OutputError
from inksight_cli.pool.room import held_memory, limit_memory
from inksight_cli.pool.serve import DONE, LAST, RAISED, READY, Retire

Answer: TypeAlias = tuple[str, Any]
"""What is said, as through a worker's pipe, with its value."""

OURS = "INKSIGHT_"
"""How the variables begin that a node gets from where the run was started."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a run works: the same for all of its workers, whatever machine they are on.

    Attributes:
        folder: names count from it.
        sees: files and folders that must be there.
        version: of inksight.
        variables: of the environment.
    """

    folder: str
    sees: tuple[str, ...] = ()
    version: str = __version__
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls, sees: tuple[str, ...]) -> Site:
        """Return that of this process."""
        variables = {name: text for name, text in os.environ.items() if name.startswith(OURS)}
        return cls(str(Path.cwd()), sees, variables=variables)

    def enter(self) -> None:
        """Make this process work there.

        Raises:
            MissingBackendError: another version is installed.
            OutputError: the folders are not shared with this machine.
        """
        node = platform.node()
        if self.version != __version__:
            raise MissingBackendError(
                f"inksight is {__version__} on {node}, but {self.version} where the run began.",
                "Install the same on every node.",
            )
        os.environ.update(self.variables)
        try:
            os.chdir(self.folder)
            for name in self.sees:
                Path(name).stat()
        except OSError as error:
            raise OutputError(
                f"The node {node} does not see '{error.filename}'.",
                "Read and write in folders that all nodes share.",
            ) from error


class Actor:
    """Does units in a process that Ray keeps."""

    def __init__(self) -> None:
        self._do: Callable[[Any], Any] | None = None

    def begin(self, orders: tuple[Site, Callable[[], Callable[[Any], Any]], int | None]) -> Answer:
        """Make ready.

        Args:
            orders: where; what loads what is heavy and returns what does a unit; the bytes that
                units may take, None without a limit.
        """
        site, make, memory = orders
        gc.set_threshold(100_000, 10, 10)  # as the command itself
        try:
            site.enter()
            if memory is not None:
                limit_memory(held_memory() + memory)
            self._do = make()
        except Exception as error:  # it concerns all units: the driver raises it
            return RAISED, error
        return READY, None

    def work(self, unit: Any) -> Answer:  # noqa: ANN401
        """Do a unit."""
        assert self._do is not None
        try:
            return DONE, self._do(unit)
        except Retire as last:
            return LAST, last.result
        except Exception as error:
            return RAISED, error
