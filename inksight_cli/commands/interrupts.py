"""Ctrl-C, remembered: native code that it interrupts may turn it into an error of its own."""

from __future__ import annotations

import signal
from types import FrameType
from typing import NoReturn

_came = False


def remember_interrupts() -> None:
    """Remember Ctrl-C from now on; where it is ignored, as under ``nohup``, it stays so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def interrupted() -> bool:
    """Whether Ctrl-C was pressed: whatever fails then failed for that."""
    return _came


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    global _came
    _came = True
    raise KeyboardInterrupt
