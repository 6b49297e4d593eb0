"""Ctrl-C, remembered: native code that it interrupts may turn it into an error of its own."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

from inksight_cli.errors import TERMINATED

_came = False
_ended = False


def remember_interrupts() -> None:
    """Remember Ctrl-C from now on; where it is ignored, as under ``nohup``, it stays so.

    SIGTERM ends the process as an error does: what is half written is taken away, and the workers
    are ended.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _terminate)


def interrupted() -> bool:
    """Whether Ctrl-C was pressed: whatever fails then failed for that."""
    return _came


def terminated() -> bool:
    """Whether SIGTERM came, whatever exit code native code makes of it."""
    return _ended


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    global _came
    _came = True
    raise KeyboardInterrupt


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    global _ended
    _ended = True
    raise SystemExit(TERMINATED)
