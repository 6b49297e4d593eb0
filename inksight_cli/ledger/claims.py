"""Claims on work: of two runs with one ledger, each result is made by one.

A claim is a lock on one byte far behind the ledger's end, which byte the result's name says. The
system takes it back when the process ends, however it ends, so none is ever left behind.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys

_FAR = 1 << 40
"""No ledger is so long."""

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


class Claims:
    """Claims of this process.

    Args:
        descriptor: of the open ledger. On POSIX no other descriptor of the same file may be closed
            by this process meanwhile: that gives all claims back.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def take(self, name: str) -> bool:
        """Claim a result; return whether nobody else holds it.

        File systems without locks let everybody have everything.
        """
        try:
            _lock(self._descriptor, _place(name))
        except OSError as error:
            return error.errno not in _TAKEN
        return True

    def give_back(self, name: str) -> None:
        """Let others have it."""
        try:
            _unlock(self._descriptor, _place(name))
        except OSError:
            return


def _place(name: str) -> int:
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
    return _FAR + int.from_bytes(digest[:6], "big")


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, place: int) -> None:
        os.lseek(descriptor, place, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int, place: int) -> None:
        os.lseek(descriptor, place, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, place: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)

    def _unlock(descriptor: int, place: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, place)
