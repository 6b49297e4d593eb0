"""The bytes of a PDF file: objects, streams, the table that finds them (ISO 32000-1, 7.5)."""

from __future__ import annotations

import hashlib
import zlib
from typing import BinaryIO


class PdfFile:
    """Objects that become a file, the same bytes for the same objects."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> int:
        """Return the number of an object that others may point at before it is there."""
        self._objects.append(b"null")
        return len(self._objects)

    def put(self, number: int, body: str) -> int:
        """Say what the reserved object ``number`` is, and return its number."""
        self._objects[number - 1] = body.encode("ascii")
        return number

    def add(self, body: str) -> int:
        """Add an object and return its number."""
        return self.put(self.reserve(), body)

    def stream(self, data: bytes, entries: str = "", packed: bool = True) -> int:
        """Add a stream and return its number.

        Args:
            data: its content.
            entries: of its dictionary, without length and filter.
            packed: whether to compress it; JPEG files are as small as they get.
        """
        if packed:
            data, entries = zlib.compress(data, 6), entries + " /Filter /FlateDecode"
        number = self.reserve()
        head = f"<< {entries} /Length {len(data)} >>\nstream\n".encode("ascii")
        self._objects[number - 1] = head + data + b"\nendstream"
        return number

    def write(self, stream: BinaryIO, root: int, info: int) -> None:
        """Write the file.

        Args:
            stream: where to.
            root: the object with the catalog.
            info: the object with title and creator.
        """
        parts, places, length = [b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"], [], 15
        for number, body in enumerate(self._objects, start=1):
            places.append(length)
            parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
            length += len(parts[-1])
        digest = hashlib.sha256(b"".join(parts)).hexdigest()[:32]
        table = "".join(f"{place:010d} 00000 n \n" for place in places)
        count = len(places) + 1
        trailer = f"/Size {count} /Root {root} 0 R /Info {info} 0 R /ID [<{digest}> <{digest}>]"
        end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< {trailer} >>\n"
        parts.append(f"{end}startxref\n{length}\n%%EOF\n".encode("ascii"))
        stream.write(b"".join(parts))


def text_string(text: str) -> str:
    """Return ``text`` as a string of a dictionary, in any script."""
    return f"<feff{text.encode('utf-16-be', errors='replace').hex()}>"
