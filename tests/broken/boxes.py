"""Files of word boxes in four formats with one value wrong, or many bytes; 450 and more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.broken.evil import DEEP, NUMBERS, Case, changed, damaged, some
from tests.broken.pictures import drawing, saved

HOCR = (
    '<html><body><div class="ocr_page" title="image page.png; bbox 0 0 80 40">'
    '<span class="ocr_line" title="bbox 5 5 70 35"><span class="ocrx_word"'
    ' title="bbox 8 6 40 30; x_wconf 90">so</span></span>'
    '<span class="ocr_line" title="bbox 5 15 70 38">a line</span></div></body></html>'
)
ALTO = (
    '<alto><Layout><Page WIDTH="80" HEIGHT="40">'
    '<TextLine HPOS="5" VPOS="5" WIDTH="60" HEIGHT="30">'
    '<String HPOS="8" VPOS="6" WIDTH="30" HEIGHT="20" CONTENT="so" WC="0.9"/>'
    '<String CONTENT="it" WC="0.9"><Shape>'
    '<Polygon POINTS="40,6 60,6 60,30 40,30"/></Shape></String>'
    "</TextLine></Page></Layout></alto>"
)
PAGE = (
    '<PcGts><Page imageFilename="page.png" imageWidth="80" imageHeight="40"><TextLine>'
    '<Coords points="5,5 70,5 70,35 5,35"/><Word><Coords points="8,6 40,6 40,30 9,31"/>'
    '<TextEquiv conf="0.9"><Unicode>so</Unicode></TextEquiv></Word></TextLine></Page></PcGts>'
)
PLAIN = {
    "format": "inksight-boxes",
    "version": 1,
    "pages": [
        {
            "source": "page.png",
            "number": 1,
            "width": 80,
            "height": 40,
            "coordinates": "photo",
            "lines": [
                {
                    "words": [
                        {"box": [8, 6, 40, 30], "text": "so", "confidence": 0.9},
                        {"quad": [[40, 6], [60, 8], [60, 30], [40, 30]]},
                    ]
                },
                {"box": [5, 15, 70, 38], "text": "a line"},
            ],
        }
    ],
}


def cases() -> Iterator[Case]:
    """Yield them all."""
    png = saved(_page(), "PNG")
    for name, data in _files():
        detect = ("detect", "page.png", "-o", "out/", "--boxes", "boxes")
        derender = ("derender", "page.png", "-o", "out/", "--boxes", "boxes", "--model", "trace")
        words = detect if len(data) % 2 else derender
        yield Case(f"boxes {name}", words, {"page.png": png, "boxes": data})


def _page() -> object:
    from PIL import Image

    return Image.fromarray(drawing())


def _files() -> Iterator[tuple[str, bytes]]:
    found = [(f"json {name}", text.encode()) for name, text in changed(PLAIN)]
    yield from some(found, 240, "boxes")
    for kind, text in (("hocr", HOCR), ("alto", ALTO), ("page", PAGE)):
        found = [(f"{kind} {name}", data) for name, data in _numbers(text)]
        yield from some(found, 70, kind)
        for how, broken in damaged(text.encode(), f"boxes {kind}", 14):
            yield f"{kind} {how}", broken
    yield from _specials().items()


def _numbers(text: str) -> Iterator[tuple[str, bytes]]:
    for spot, found in enumerate(re.finditer(r"(?<=[\" ,])\d+(\.\d+)?(?=[\" ,;])", text)):
        for number, value in enumerate(NUMBERS):
            changed = text[: found.start()] + value + text[found.end() :]
            yield f"{spot}={number}", changed.encode()


def _specials() -> dict[str, bytes]:
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    many = '<span class="ocr_line" title="bbox 5 5 9 9">a</span>' * 20_000
    start = b'{"format": "inksight-boxes", "version": 1, "pages": '
    word = b'{"box": [8, 6, 40, 30], "text": "\\udc80\\ud800"}'
    return {
        "nothing": b"",
        "a list": b"[]",
        "deep": DEEP.encode(),
        "deep object": start + DEEP.encode() + b"}",
        "deep xml": b"<html>" + b"<div>" * 20_000 + b"</div>" * 20_000 + b"</html>",
        "laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{bomb}]><html>&a9;</html>'.encode(),
        "outside": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><html>&a;</html>',
        "outside dtd": b'<!DOCTYPE html SYSTEM "file:///dev/zero"><html/>',
        "utf-16": HOCR.encode("utf-16"),
        "latin-1": '<?xml version="1.0" encoding="latin-1"?><html>\xe9</html>'.encode("latin-1"),
        "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><html/>',
        "other xml": b"<kml/>",
        "20,000 words": HOCR.replace("</div>", f"{many}</div>").encode(),
        "a line off the page": HOCR.replace("bbox 5 15 70 38", "bbox 500 500 700 530").encode(),
        "all off the page": HOCR.replace("bbox 5", "bbox -900").replace("70", "-800").encode(),
        "thin": HOCR.replace("bbox 5 15 70 38", "bbox 5 15 70 15.01").encode(),
        "surrogates": start + b'[{"lines": [{"words": [' + word + b"]}]}]}",
    }  # fmt: skip
