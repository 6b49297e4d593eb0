"""PDFium in a process of its own, bounded in time and memory.

A PDF is a program, and PDFium is large and in C++: a file of a kilobyte can make it work for ever,
take all memory, or fall. All of that ends one process, which is told as a page that cannot be
drawn.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Protocol, cast

from inksight_cli.pages.pdf_worker import Drawer, answer

SECONDS = 20
"""Of work for a page; a scan takes a hundredth, a map with all its layers a few."""

WAITED = 240
"""Seconds after which a page is given up, however little its process has worked."""

MEMORY = 1 << 30
"""Bytes for PDFium itself, beside the PDF and the page's pixels."""


class FellError(Exception):
    """The process has ended, by a limit or by a fault of its own."""


class Pdf(Protocol):
    """An opened PDF: ``error`` and ``pages`` as of `pdf_worker.Drawer`."""

    error: str
    pages: int

    def ask(self, pixels: int, **what: Any) -> tuple[dict[str, Any], bytearray]:  # noqa: ANN401
        """Return the answer to a request of `pdf_worker.answer`, of at most ``pixels``."""
        ...

    def close(self) -> None:
        """End it."""
        ...


def open_process(data: bytes) -> Pdf:
    """Open a PDF in a process of its own; in this one where there can be none.

    Raises:
        FellError: the process ended over it.
    """
    alone = bool(sys.executable) and not getattr(sys, "frozen", False) and os.name == "posix"
    return _Process(data) if alone else _Here(data)


class _Here:
    """Without a process: on Windows, whose pipes cannot be waited for, and in frozen programs."""

    def __init__(self, data: bytes) -> None:
        self._drawer = Drawer(data)
        self.error, self.pages = self._drawer.error, self._drawer.pages

    def ask(self, pixels: int, **what: Any) -> tuple[dict[str, Any], bytearray]:  # noqa: ANN401
        said, drawn = answer(self._drawer, what)
        return said, bytearray(drawn)

    def close(self) -> None:
        """Nothing is to be ended."""


class _Process:
    def __init__(self, data: bytes) -> None:
        program = str(Path(__file__).with_name("pdf_worker.py"))
        self._memory = MEMORY + 3 * len(data)
        self._process = subprocess.Popen(
            [sys.executable, "-P", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            limits = {"seconds": SECONDS, "memory": self._memory}
            self._send(json.dumps({"bytes": len(data), **limits}).encode() + b"\n" + data)
            opened, _ = self._receive()
            self.error, self.pages = str(opened["error"]), int(opened["pages"])
        except BaseException:
            self.close()
            raise

    def ask(self, pixels: int, **what: Any) -> tuple[dict[str, Any], bytearray]:  # noqa: ANN401
        limits = {"seconds": SECONDS, "memory": self._memory + 8 * pixels}
        self._send(json.dumps({**what, **limits}).encode() + b"\n")
        return self._receive()

    def close(self) -> None:
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:  # what was still to be sent to it
                pass
        self._process.wait()

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise FellError from None

    def _receive(self) -> tuple[dict[str, Any], bytearray]:
        until = time.monotonic() + WAITED
        line = bytearray()
        while not line.endswith(b"\n"):
            line += self._read(1, until)
        said = cast("dict[str, Any]", json.loads(line))
        pixels = bytearray()
        while len(pixels) < said.get("bytes", 0):
            pixels += self._read(said["bytes"] - len(pixels), until)
        return said, pixels

    def _read(self, count: int, until: float) -> bytes:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        ready, _, _ = select.select([pipe], [], [], max(until - time.monotonic(), 0))
        data = os.read(pipe, min(count, 1 << 20)) if ready else b""
        if not data:
            raise FellError
        return data
