"""Files of ink, JSON and InkML, read and written again in every format; 330 and more."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from tests.broken.evil import DEEP, NUMBERS, Case, changed, damaged, some
from tests.helpers.documents import sample

FOREIGN = (
    "<ink xmlns='http://www.w3.org/2003/InkML'><definitions><context xml:id='c'><traceFormat>"
    "<channel name='X'/><channel name='Y'/><channel name='W'/><channel name='T'/></traceFormat>"
    "</context><brush xml:id='b'><brushProperty name='color' value='#102030'/></brush>"
    "</definitions>"
    "<traceGroup><annotation type='truth'>so</annotation>"
    "<trace xml:id='t' contextRef='#c' brushRef='#b'>1 2 3 4, '5 \"6 !7 8, * * * *</trace>"
    "<traceView traceDataRef='#t'/></traceGroup><trace contextRef='#c'>9 8 7 6</trace></ink>"
)


def cases() -> Iterator[Case]:
    """Yield them all."""
    for ending, name, data in _files():
        yield Case(f"ink {name}", ("read", f"x.{ending}"), {f"x.{ending}": data})


def _written(kind: str) -> bytes:
    stream = io.BytesIO()
    find_writer(kind).write(sample(), stream, WriteOptions())
    return stream.getvalue()


def _files() -> Iterator[tuple[str, str, bytes]]:
    own = _written("json")
    found = [(f"json {name}", text.encode()) for name, text in changed(json.loads(own))]
    for name, data in some(found, 170, "ink"):
        yield "json", name, data
    for kind, text in (("own", _written("inkml").decode()), ("foreign", FOREIGN)):
        for name, data in some(list(_numbers(kind, text)), 80, kind):
            yield "inkml", name, data
        for how, broken in damaged(text.encode(), f"ink {kind}", 21):
            yield "inkml", f"{kind} {how}", broken
    for how, broken in damaged(own, "ink json", 14):
        yield "json", f"json {how}", broken
    yield "json", "json deep", DEEP.encode()
    yield (
        "inkml",
        "inkml deep",
        b"<ink>" + b"<traceGroup>" * 20_000 + b"</traceGroup>" * 20_000 + b"</ink>",
    )
    yield "inkml", "inkml 1e6 points", FOREIGN.replace("9 8 7 6", "9 8 7 6," * 200_000).encode()


def _numbers(kind: str, text: str) -> Iterator[tuple[str, bytes]]:
    for spot, found in enumerate(re.finditer(r"(?<=[ >'\"])\d+(\.\d+)?(?=[ <,])", text)):
        for number, value in enumerate(NUMBERS):
            changed = text[: found.start()] + value + text[found.end() :]
            yield f"{kind} {spot}={number}", changed.encode()
