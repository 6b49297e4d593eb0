"""Animated SVG: a page, a line or a word being written, in browsers and wherever they show SVG.

CSS alone moves it, so it runs in an ``<img>`` too; who asked for less motion sees it written.
"""

from __future__ import annotations

from typing import BinaryIO, ClassVar
from xml.sax.saxutils import escape, quoteattr

from inksight_cli.document import Document, Page, Provenance
from inksight_cli.formats.colors import ground_of
from inksight_cli.formats.numbers import texts, xml_text
from inksight_cli.formats.pace import SPEED, Written, shares, written
from inksight_cli.formats.part import LINE, WORD, part_of
from inksight_cli.formats.protocol import Option, WriteOptions, only_page
from inksight_cli.formats.svg_paths import CURVES, Pen, path_data

_STYLE = """
path { fill: none; stroke-linecap: round; stroke-linejoin: round; stroke-dasharray: 1;
 animation: write linear both; }
@keyframes write {
 from { stroke-dashoffset: 1; visibility: hidden; }
 to { stroke-dashoffset: 0; visibility: visible; }
}
@media (prefers-reduced-motion: reduce) { path { animation: none; } }
"""
_EASED = 7  # times within a stroke at which its pace is told


class AnimatedSvgFormat:
    """A page being written, as SVG."""

    name: ClassVar[str] = "anim.svg"
    suffixes: ClassVar[tuple[str, ...]] = (".anim.svg",)
    summary: ClassVar[str] = "the ink being written, for browsers; one page a file"
    pages: ClassVar[bool] = False
    options: ClassVar[tuple[Option, ...]] = (SPEED, LINE, WORD, CURVES)

    def write(self, document: Document, stream: BinaryIO, options: WriteOptions) -> None:
        """Write the one page of ``document``.

        Raises:
            UsageError: the document has not exactly one page, or an option makes no sense.
        """
        page = part_of(only_page(document, "An SVG file"), options)
        stream.write("".join(_lines(page, document.provenance, options)).encode("utf-8"))


def _lines(page: Page, made: Provenance, options: WriteOptions) -> list[str]:
    size = f'width="{page.width}" height="{page.height}" viewBox="0 0 {page.width} {page.height}"'
    ground = ground_of(page)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    lines.append(f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n')
    if options.text:
        said = "\n".join(line.text for line in page.lines if line.text)
        lines.append(f"<title>{escape(xml_text(said))}</title>\n")
    source = quoteattr(xml_text(page.source))
    said = f" tool={quoteattr(xml_text(made.maker))}" if made.generated else ""
    lines.append(
        f'<metadata><provenance xmlns="urn:inksight:provenance:1" source={source} '
        f'page="{page.number}" sha256={quoteattr(xml_text(page.sha256))}{said}/></metadata>\n'
    )
    lines.append(f"<style>{_STYLE}</style>\n")
    if ground:
        lines.append(f'<rect width="100%" height="100%" fill={quoteattr(ground)}/>\n')
    pen = Pen.of(page, options)
    lines += [_path(one, pen) for one in written(page, options)]
    return [*lines, "</svg>\n"]


def _path(one: Written, pen: Pen) -> str:
    start, lasts = texts([one.start, one.end - one.start], 3)
    eased = " ".join(texts(shares(one, _EASED), 3)).replace(" ", ",")
    drawn = path_data(one.stroke, pen.precision, pen.curves)
    return (
        f'<path d="{drawn}" pathLength="1" stroke={quoteattr(one.stroke.color)} '
        f'stroke-width="{pen.width_of(one.stroke)}" style="animation-delay:{start}s;'
        f'animation-duration:{lasts}s;animation-timing-function:linear({eased})"/>\n'
    )
