"""reMarkable: one page as ink of its notebooks (``.rm``, version 6), written by rmscene.

Source: rmscene 0.8 (MIT), whose reading of the format is the only description there is. The sheet
is 1404 x 1872 pixels of 1/226 inch, x counts from its middle; a point's width is a quarter of a
pixel, its pressure 0..255. Pages fill the sheet. No device was at hand to open what is written.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

import numpy as np

from inksight_cli.document import Document, Page, Provenance, Stroke
from inksight_cli.errors import MissingBackendError
from inksight_cli.formats.protocol import WriteOptions, only_page

if TYPE_CHECKING:
    from rmscene.scene_items import Line

SHEET = (1404, 1872)
_QUARTERS = 4  # of a pixel, in which widths are counted
_WIDEST = 65535
_PRESSED = 128
_UNKNOWN_WIDTH = 2.0
_AUTHOR = uuid.UUID("a3c2cd7e-0f4b-5d0e-9a62-6c6f9b1f1c01")
_COLORS = {
    "BLACK": (0, 0, 0),
    "GRAY": (144, 144, 144),
    "BLUE": (48, 74, 224),
    "RED": (179, 62, 57),
    "GREEN_2": (145, 218, 113),
    "CYAN": (116, 210, 232),
    "MAGENTA": (192, 127, 210),
    "YELLOW_2": (250, 231, 25),
}


class RemarkableFormat:
    """A page for a reMarkable."""

    name: ClassVar[str] = "rm"
    suffixes: ClassVar[tuple[str, ...]] = (".rm",)
    summary: ClassVar[str] = "ink of reMarkable's notebooks, version 6; one page a file"
    pages: ClassVar[bool] = False

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``; its texts have no place there.

        Raises:
            UsageError: the document has not exactly one page.
            MissingBackendError: rmscene is not installed.
        """
        page = only_page(document, "A reMarkable file")
        try:
            from rmscene import write_blocks
        except ImportError as error:
            raise MissingBackendError(
                "The format 'rm' needs rmscene.", "pip install 'inksight-cli[remarkable]'"
            ) from error
        write_blocks(stream, _blocks(page, document.provenance))


def _blocks(page: Page, made: Provenance) -> Iterator[Any]:
    """Yield the blocks of a notebook's page with one layer, as the device writes them."""
    from rmscene import scene_items, scene_stream
    from rmscene.crdt_sequence import CrdtSequenceItem
    from rmscene.tagged_block_common import CrdtId, LwwValue

    root, layer, nothing = CrdtId(0, 1), CrdtId(0, 11), CrdtId(0, 0)
    yield scene_stream.AuthorIdsBlock(author_uuids={1: _AUTHOR})
    yield scene_stream.MigrationInfoBlock(migration_id=CrdtId(1, 1), is_device=True)
    yield scene_stream.PageInfoBlock(1, 0, 0, 0)
    yield scene_stream.SceneTreeBlock(layer, nothing, True, root)
    yield scene_stream.TreeNodeBlock(scene_items.Group(node_id=root))
    label = LwwValue(CrdtId(0, 12), made.mode if made.generated else "Layer 1")
    yield scene_stream.TreeNodeBlock(scene_items.Group(node_id=layer, label=label))
    item = CrdtSequenceItem(CrdtId(0, 13), nothing, nothing, 0, layer)
    yield scene_stream.SceneGroupItemBlock(root, item)
    before = nothing
    for number, stroke in enumerate(page.strokes, start=16):
        at = CrdtId(1, number)
        line = CrdtSequenceItem(at, before, nothing, 0, _line(stroke, page))
        yield scene_stream.SceneLineItemBlock(layer, line)
        before = at


def _line(stroke: Stroke, page: Page) -> Line:
    from rmscene import scene_items

    scale = min(SHEET[0] / page.width, SHEET[1] / page.height)
    points = stroke.points * scale - (page.width * scale / 2, 0)
    widths = np.full(len(points), _UNKNOWN_WIDTH) if stroke.widths is None else stroke.widths
    wide = np.clip(np.rint(widths * scale * _QUARTERS), 1, _WIDEST).astype(int)
    made = [
        scene_items.Point(x, y, 0, 0, width, _PRESSED)
        for (x, y), width in zip(points.tolist(), wide.tolist(), strict=True)
    ]
    color = scene_items.PenColor[_nearest(stroke.color)]
    return scene_items.Line(
        color, scene_items.Pen.FINELINER_2, made if len(made) > 1 else made * 2, 1.0, 0.0
    )


def _nearest(color: str) -> str:
    """Return the device's colour that is nearest to ``#rrggbb``."""
    wanted = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)])
    return min(_COLORS, key=lambda name: float(np.abs(wanted - _COLORS[name]).sum()))
