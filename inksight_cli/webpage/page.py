"""One HTML file with script, style and data in it: it needs nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

Boot = Mapping[str, Any]

_TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>inksight</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<noscript>This page shows digital ink and needs JavaScript for it.</noscript>
<script type="application/json" id="boot">{boot}</script>
<script>{script}</script>
</body>
</html>
"""


def webpage(boot: Boot, connect: str = "'none'") -> bytes:
    """Return the page as UTF-8.

    Args:
        boot: what its script starts from (viewer/src/backend.ts).
        connect: to whom the script may talk (see `policy`).
    """
    parts = {name: part(name) for name in ("viewer.js", "viewer-style.css")}
    page = _TEMPLATE.format(
        policy=policy(connect),
        style=parts["viewer-style.css"],
        boot=harmless(boot),
        script=parts["viewer.js"],
    )
    # A file name that is not UTF-8 holds lone surrogates.
    return page.encode("utf-8", errors="replace")


def boot_of_file(names: Sequence[str], documents: Sequence[Any], photos: Sequence[Any]) -> Boot:
    """Return the data of a page that holds its documents itself.

    Args:
        names: of each document, as it is saved.
        documents: as the JSON format has them.
        photos: for each document, for each page, a ``data:`` address or None.
    """
    labels = [
        {"document": number, "page": index, "label": str(index + 1)}
        for number, document in enumerate(documents)
        for index in range(len(document["pages"]))
    ]
    return {"names": names, "pages": labels, "documents": documents, "photos": photos}


def policy(connect: str) -> str:
    """Return the content policy: this script and this style run, and nothing else is loaded.

    Args:
        connect: to whom the script may talk: ``'self'`` or ``'none'``.
    """
    script, style = _digest(part("viewer.js")), _digest(part("viewer-style.css"))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{script}'",
            f"style-src '{style}'",
            "img-src data:" if connect == "'none'" else f"img-src data: {connect}",
            f"connect-src {connect}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


@cache
def part(name: str) -> str:
    """Return a part of the bundle."""
    return files(__package__).joinpath(name).read_text("utf-8")


@cache
def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def harmless(value: object) -> str:
    """Return JSON that ends no script and starts no comment, whatever its texts say."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
