"""What the browser asks for, and what it gets."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from inksight_cli.document import Page
from inksight_cli.errors import InksightError, UnreadableInputError
from inksight_cli.search.finder import Finder
from inksight_cli.viewer.guard import RefusedError
from inksight_cli.viewer.photos import SMALL, PhotoKey, Photos, file_of
from inksight_cli.viewer.redraw import Redrawer, parse_ask
from inksight_cli.viewer.shelf import ChangedError, Shelf, encoded
from inksight_cli.webpage.page import policy, webpage


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was admitted: ``path`` below the token, its query, its body."""

    method: str
    path: str
    version: str = ""
    query: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: dict[str, str] = field(default_factory=dict)


Act: TypeAlias = Callable[..., Answer]


class Routes:
    """Answers requests from a shelf of documents.

    Args:
        shelf: the documents; finder: searches them; redrawer: draws words again.
    """

    def __init__(self, shelf: Shelf, finder: Finder, redrawer: Redrawer) -> None:
        self._shelf = shelf
        self._finder = finder
        self._redrawer = redrawer
        self._photos = Photos()
        number = r"(\d{1,6})"
        self._table: list[tuple[str, re.Pattern[str], Act]] = [
            ("GET", re.compile(r""), self._page),
            ("GET", re.compile(r"search"), self._search),
            ("GET", re.compile(rf"documents/{number}"), self._load),
            ("PUT", re.compile(rf"documents/{number}"), self._save),
            ("POST", re.compile(rf"documents/{number}/copy"), self._copy),
            ("GET", re.compile(rf"documents/{number}/pages/{number}(\.small)?\.jpg"), self._photo),
            ("POST", re.compile(rf"documents/{number}/pages/{number}/draw"), self._draw),
        ]

    def answer(self, method: str, target: str, version: str, body: bytes) -> Answer:
        """Return the answer to a request.

        Raises:
            RefusedError: there is nothing of that name.
        """
        parts = urlsplit(target)
        request = Request(method, parts.path, version, parts.query, body)
        for known, pattern, act in self._table:
            found = pattern.fullmatch(parts.path)
            if found and known == ("GET" if method == "HEAD" else method):
                return self._done(act, request, found.groups())
        raise RefusedError(HTTPStatus.NOT_FOUND, "There is nothing here.")

    def _done(self, act: Act, request: Request, places: tuple[str | None, ...]) -> Answer:
        try:
            return act(request, *places)
        except ChangedError as error:
            return _told(HTTPStatus.PRECONDITION_FAILED, error)
        except UnreadableInputError as error:
            reading = request.method in ("GET", "HEAD")
            return _told(HTTPStatus.NOT_FOUND if reading else HTTPStatus.BAD_REQUEST, error)
        except InksightError as error:
            return _told(HTTPStatus.INTERNAL_SERVER_ERROR, error)

    def _volume(self, document: str) -> int:
        number = int(document)
        if number >= len(self._shelf.volumes):
            raise RefusedError(HTTPStatus.NOT_FOUND, "There is no such document.")
        return number

    def _page(self, _: Request) -> Answer:
        volumes = self._shelf.volumes
        labels = [
            {"document": number, "page": index, "label": _label(volume.name, index, volume.pages)}
            for number, volume in enumerate(volumes)
            for index in range(volume.pages)
        ]
        boot = {"names": [volume.name for volume in volumes], "pages": labels}
        headers = {"Content-Security-Policy": policy("'self'") + "; frame-ancestors 'none'"}
        return Answer(webpage(boot, "'self'"), "text/html; charset=utf-8", headers=headers)

    def _load(self, _: Request, number: str) -> Answer:
        document, version = self._shelf.load(self._volume(number))
        return Answer(encoded(document), "application/json", headers={"ETag": f'"{version}"'})

    def _save(self, request: Request, number: str) -> Answer:
        version = self._shelf.save(self._volume(number), request.body, request.version)
        return Answer(status=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{version}"'})

    def _copy(self, request: Request, number: str) -> Answer:
        path = self._shelf.save_copy(self._volume(number), request.body)
        return Answer(path.name.encode(errors="replace"), status=HTTPStatus.CREATED)

    def _key(self, document: str, number: str) -> PhotoKey:
        volume = self._volume(document)
        pages: list[Page] = self._shelf.load(volume)[0].pages
        if int(number) >= len(pages):
            raise RefusedError(HTTPStatus.NOT_FOUND, "There is no such page.")
        return PhotoKey(pages[int(number)], self._shelf.volumes[volume].path.parent)

    def _photo(self, _: Request, document: str, number: str, small: str | None) -> Answer:
        image = self._photos.of(self._key(document, number))
        return Answer(file_of(image, SMALL if small else None), "image/jpeg")

    def _draw(self, request: Request, document: str, number: str) -> Answer:
        ask = parse_ask(_plain(request.body))
        image = self._photos.of(self._key(document, number))
        return _json(self._redrawer.draw(image, ask))

    def _search(self, request: Request) -> Answer:
        typed = parse_qs(request.query).get("q", [""])[0]
        names = [volume.name for volume in self._shelf.volumes]
        found = self._finder.find(typed)
        numbers = {volume.path: number for number, volume in enumerate(self._shelf.volumes)}
        known = [(numbers[hit.path], hit) for hit in found if hit.path in numbers]
        return _json(
            [
                {
                    "document": number,
                    "name": names[number],
                    "page": hit.page,
                    "line": hit.line,
                    "words": list(hit.words),
                    "text": hit.text,
                }
                for number, hit in known
            ]
        )


def _label(name: str, index: int, pages: int) -> str:
    return name if pages == 1 else f"{name} {index + 1}"


def _plain(body: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableInputError("This is not JSON.") from error


def _json(value: object) -> Answer:
    return Answer(json.dumps(value, allow_nan=False).encode(), "application/json")


def _told(status: HTTPStatus, error: InksightError) -> Answer:
    return Answer(str(error).encode(errors="replace"), status=status)
