"""Who may ask: the one browser that was given the address, and no page but its own.

Other users of the machine do not know the token. A page from elsewhere that knows the port sends
its own `Origin`; one whose name was made to mean 127.0.0.1 (DNS rebinding) sends that as `Host`.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from http import HTTPStatus

MOST_BODY = 1 << 26
"""Bytes that a request may bring: some hundreds of pages."""


class RefusedError(Exception):
    """A request that is not answered, and what its sender is told."""

    def __init__(self, status: HTTPStatus, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class Guard:
    """The address of a server on this machine, and what a request must know of it."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(24)
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.address = f"http://127.0.0.1:{port}/{self.token}/"

    def admit(self, method: str, path: str, headers: Mapping[str, str]) -> str:
        """Return what is asked for: the path below the token.

        Raises:
            RefusedError: the request does not come from the page at `address`.
        """
        if headers.get("Host", "") not in self._hosts:
            raise RefusedError(HTTPStatus.FORBIDDEN, "This server is called by another name.")
        origin = headers.get("Origin")
        ours = origin is not None and origin.removeprefix("http://") in self._hosts
        # Browsers send it with everything that changes something.
        if not ours and (origin is not None or method not in ("GET", "HEAD")):
            raise RefusedError(HTTPStatus.FORBIDDEN, "This request comes from another page.")
        _, _, rest = path.partition("/")
        token, slash, asked = rest.partition("/")
        if not slash or not hmac.compare_digest(token.encode(), self.token.encode()):
            raise RefusedError(HTTPStatus.FORBIDDEN, "The address lacks its token.")
        return asked


def body_size(headers: Mapping[str, str]) -> int:
    """Return how many bytes follow.

    Raises:
        RefusedError: it is not said, or too many.
    """
    said = headers.get("Content-Length", "")
    if not (said.isascii() and said.isdigit()):
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "How much there is to read is not said.")
    if len(said) > 15 or int(said) > MOST_BODY:
        raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is more than a document.")
    return int(said)
