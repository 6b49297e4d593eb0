"""What workers are to whoever has work, wherever they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

U = TypeVar("U")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Done(Generic[U, R]):
    """A unit is done."""

    unit: U
    result: R


@dataclass(frozen=True, slots=True)
class Lost(Generic[U]):
    """A unit's worker has ended over it.

    Attributes:
        late: it was ended here, because the unit took too long.
        reason: how it ended, as the end of a sentence.
    """

    unit: U
    late: bool
    reason: str


Outcome: TypeAlias = Done[U, R] | Lost[U]


class Workers(Protocol[U, R]):
    """Do units of work, several at once."""

    @property
    def busy(self) -> int:
        """How many units are being worked on."""
        ...

    @property
    def free(self) -> int:
        """How many units could be begun now."""
        ...

    def give(self, unit: U) -> None:
        """Have ``unit`` done; there must be a `free` worker."""
        ...

    def wait(self, seconds: float | None = None) -> list[Outcome[U, R]]:
        """Return what has happened, after ``seconds`` at the latest; None: once anything has."""
        ...

    def rest(self) -> None:
        """End the workers that have nothing to do, for the others to have their memory."""
        ...
