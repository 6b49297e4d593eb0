"""Photos of handwritten pages become digital ink: strokes in pen order, word by word.

from inksight_cli import derender, write
document = derender("page.jpg")
write(document, "page.svg")
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Any

# onnxruntime tells its makers what runs where (1.32 does, on Linux, too); handwriting is
# nobody's business. Whoever wants that says ORT_DISABLE_TELEMETRY=0.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"

if TYPE_CHECKING:
    from inksight_cli.api import EngineOptions, derender, open_derenderer, read, write
    from inksight_cli.document import Document, Line, Page, Provenance, Quality, Stroke, Word
    from inksight_cli.errors import InksightError
    from inksight_cli.pages.load import load_pages
    from inksight_cli.pipeline import Derenderer

_HOMES = {
    "api": ("EngineOptions", "derender", "open_derenderer", "read", "write"),
    "document": ("Document", "Line", "Page", "Provenance", "Quality", "Stroke", "Word"),
    "errors": ("InksightError",),
    "pages.load": ("load_pages",),
    "pipeline": ("Derenderer",),
}

__all__ = [
    "Derenderer",
    "Document",
    "EngineOptions",
    "InksightError",
    "Line",
    "Page",
    "Provenance",
    "Quality",
    "Stroke",
    "Word",
    "derender",
    "load_pages",
    "open_derenderer",
    "read",
    "write",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    # Imported when first asked for: `inksight --help` must not wait for OpenCV.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
