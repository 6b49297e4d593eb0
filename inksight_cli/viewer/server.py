"""The server: Python's own, on 127.0.0.1, a thread for every connection."""

from __future__ import annotations

import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from inksight_cli import __version__
from inksight_cli.viewer.guard import Guard, RefusedError, body_size
from inksight_cli.viewer.routes import Answer, Routes

_log = logging.getLogger(__name__)

_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Server(ThreadingHTTPServer):
    """Answers whoever knows its `address`, until it is shut down.

    Args:
        routes: answers what is admitted.
        port: 0 picks a free one.
    """

    daemon_threads = True

    def __init__(self, routes: Routes, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.routes = routes
        self.guard = Guard(self.server_port)
        self.address = self.guard.address

    def handle_error(self, request: object, client_address: object) -> None:
        """Log what a connection died of: a browser that went away ends nothing here."""
        _log.info("a connection failed", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = f"inksight/{__version__}"
    sys_version = ""
    timeout: ClassVar[float] = 60
    """Seconds that a connection may be silent."""

    def do_GET(self) -> None:
        self._handle()

    do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815

    def _handle(self) -> None:
        try:
            answer = self._answer()
        except RefusedError as refused:
            # What it would have sent is not read: the connection ends.
            self.close_connection = True
            answer = Answer(refused.said.encode(), status=refused.status)
        except Exception:
            _log.exception("%s failed", self.command)
            self.close_connection = True
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            answer = Answer(b"Something went wrong; the terminal says what.", status=status)
        self._send(answer)

    def _answer(self) -> Answer:
        headers = {name.title(): value for name, value in self.headers.items()}
        asked = self.server.guard.admit(self.command, self.path, headers)
        body = b""
        if self.command in ("PUT", "POST"):
            body = self.rfile.read(body_size(headers))
        version = headers.get("If-Match", "").strip('"')
        return self.server.routes.answer(self.command, asked, version, body)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in (_ALWAYS | answer.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: addresses hold the token."""
