"""Handwriting fonts as pen paths: `python -m models.reader.glyphs FONTS OUT.npz`.

FONTS is a folder with `@fontsource` packages (`npm install @fontsource/caveat ...`, the names are
in `README.md`). Every glyph is drawn, its ink traced by the product's own tracer, and its lines
kept in the layout of the stroke archives: a thousand units to the em, the pen's origin, advance.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from inksight_cli.geometry import Points
from inksight_cli.polylines import simplify_all
from inksight_cli.trace.graph import build_graph
from models.reader.alphabet import Alphabet

EM = 160  # pixels
_ROOM = 160  # pixels around a glyph's origin
_SUBSETS = ("latin", "latin-ext", "vietnamese")


def candidates() -> list[str]:
    """Return every character of one code point that the alphabet can spell."""
    alphabet = Alphabet()
    every = map(chr, [*range(0x21, 0x250), *range(0x1E00, 0x1F00), *range(0x2010, 0x20C0)])
    return [c for c in every if c.isprintable() and not c.isspace() and alphabet.knows(c)]


def traced(font: ImageFont.FreeTypeFont, character: str) -> list[Points]:
    """Return a glyph's lines in thousandths of the em, y down from the baseline."""
    wide = int(font.getlength(character)) + 2 * _ROOM
    picture = Image.new("L", (wide, 2 * _ROOM + EM), 0)
    at = (_ROOM, _ROOM + EM // 2)
    ImageDraw.Draw(picture).text(at, character, fill=255, font=font, anchor="ls")
    mask = np.asarray(picture) > 127
    if not mask.any():
        return []
    graph = build_graph(mask)
    linked = {node for edge in graph.edges for node in (edge.start, edge.end)}
    dots = [graph.nodes[k][None] for k in range(len(graph.nodes)) if k not in linked]
    lines = simplify_all([edge.path for edge in graph.edges], 0.4) + dots
    return [(line - np.array(at)) * (1000 / EM) for line in lines]


def glyphs(package: Path, wanted: list[str]) -> Iterator[tuple[str, float, list[Points]]]:
    """Yield character, advance and lines of every glyph that a package has."""
    seen: set[str] = set()
    for subset in _SUBSETS:
        for path in sorted(package.glob(f"files/*-{subset}-400-normal.woff2")):
            plain, inside = io.BytesIO(), TTFont(path)
            inside.flavor = None
            inside.save(plain)
            font = ImageFont.truetype(io.BytesIO(plain.getvalue()), EM)
            has = set(map(chr, inside.getBestCmap()))
            for character in wanted:
                if character in has and character not in seen:
                    seen.add(character)
                    lines = traced(font, character)
                    if lines:
                        yield character, font.getlength(character) * 1000 / EM, lines


def save(out: Path, rows: list[tuple[str, str, float, list[Points]]]) -> None:
    """Write an archive as in the data's README."""
    lines = [np.round(line).astype(np.int32) for row in rows for line in row[3]]
    points = np.concatenate(lines)
    np.savez_compressed(
        out,
        deltas=np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int32)).astype(np.int16),
        stroke_ends=np.cumsum([len(line) for line in lines]).astype(np.int32),
        sample_ends=np.cumsum([len(row[3]) for row in rows]).astype(np.int32),
        text=np.array([row[1] for row in rows]),
        writer=np.array([row[0] for row in rows]),
        advance=np.array([row[2] for row in rows], np.float32),
    )


def main() -> None:
    """Read the command line and trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    wanted, rows = candidates(), []
    for package in sorted(options.fonts.glob("*")):
        found = [(package.name, *glyph) for glyph in glyphs(package, wanted)]
        print(package.name, len(found), flush=True)
        rows += found
    save(options.out, rows)


if __name__ == "__main__":
    main()
