"""``inksight evaluate ink``: strokes beside the true pen path, for anybody's engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inksight_cli.commands.evaluate_read import pairs
from inksight_cli.commands.terminal import printable
from inksight_cli.errors import UsageError

if TYPE_CHECKING:
    from inksight_cli.document import Page, Word
    from inksight_cli.evaluate import InkScores


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A true word, what was drawn in its place, and how good that is."""

    name: str
    true: Word
    drawn: Word | None
    scores: InkScores


def evaluate_ink(
    truth: Annotated[
        str, typer.Argument(metavar="TRUTH", help="True ink (InkML, JSON), or a folder of such.")
    ],
    result: Annotated[
        str,
        typer.Argument(
            metavar="RESULT", help="Ink of the same pictures: a file, or a folder with such names."
        ),
    ],
    tolerance: Annotated[
        float, typer.Option(min=0.1, help="Pixels within which two places are the same.")
    ] = 3.0,
    worst: Annotated[
        Path | None, typer.Option(metavar="PNG", help="A picture of the ten worst words.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of a table.")
    ] = False,
) -> None:
    """Measure ink against the true pen path, word by word.

    Both are in pixels of the same picture. A true word is compared with the word whose box covers
    it best; one without any counts as not drawn. AIoU, LDTW, F1, DTW, direction, order; crossings
    and retraces kept; pen lifts too many and too few (docs: Figures).
    """
    from inksight_cli.evaluate import summarise

    words = [
        word
        for name, true, drawn in pairs(Path(truth), Path(result))
        for word in _compared(name, true, drawn, tolerance)
    ]
    if not words:
        raise UsageError(f"There are no words with strokes in '{truth}'.")
    total = summarise([word.scores for word in words])
    if worst is not None:
        _draw(worst, sorted(words, key=lambda word: word.scores.aiou)[:10])
    if as_json:
        typer.echo(json.dumps({"total": total}))
        return
    for name, value in total.items():
        typer.echo(printable(f"{name:16}{'' if value is None else f'{value:10.4g}'}"))


def _compared(name: str, truth: Path, result: Path, tolerance: float) -> Iterator[Judged]:
    from inksight_cli.api import read
    from inksight_cli.evaluate import compare

    true_pages, drawn_pages = read(truth).pages, read(result).pages
    if len(true_pages) != len(drawn_pages):
        raise UsageError(
            f"'{truth}' has {len(true_pages)} pages, '{result}' has {len(drawn_pages)}."
        )
    for true_page, drawn_page in zip(true_pages, drawn_pages, strict=True):
        for true, drawn in matched(true_page, drawn_page):
            strokes = [stroke.points for stroke in drawn.strokes] if drawn else []
            scores = compare([stroke.points for stroke in true.strokes], strokes, tolerance)
            yield Judged(name, true, drawn, scores)


def matched(truth: Page, result: Page) -> list[tuple[Word, Word | None]]:
    """Return every true word with strokes and the result's word that covers it best, or None."""
    true = [word for word in truth.words if word.strokes]
    drawn = [word for word in result.words if word.strokes]
    shares = sorted(
        ((_overlap(a, b), i, j) for i, a in enumerate(true) for j, b in enumerate(drawn)),
        reverse=True,
    )
    found: dict[int, int] = {}
    for share, i, j in shares:
        if share > 0 and i not in found and j not in found.values():
            found[i] = j
    return [(word, drawn[found[i]] if i in found else None) for i, word in enumerate(true)]


def _overlap(a: Word, b: Word) -> float:
    """Intersection over union of two words' strokes' boxes, a pixel wider all round."""
    from inksight_cli.geometry import Box

    one, other = (Box.union([s.box for s in word.strokes]).grown(1) for word in (a, b))
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    both = max(width, 0.0) * max(height, 0.0)
    return both / (one.width * one.height + other.width * other.height - both)


def _draw(place: Path, words: list[Judged]) -> None:
    """Write a picture: true ink left, drawn ink right, both from blue to red in pen order."""
    import cv2
    import numpy as np

    from inksight_cli import document
    from inksight_cli.formats.preview import preview_png
    from inksight_cli.geometry import Box
    from inksight_cli.output import replace_file

    cells, top = [], 10.0
    for judged in words:
        box = Box.union([stroke.box for stroke in judged.true.strokes])
        scale = 80 / max(box.height, box.width / 4, 1.0)
        for column, word in enumerate((judged.true, judged.drawn)):
            corner = np.array([10.0 + 380 * column, top])
            strokes = [
                document.Stroke((stroke.points - (box.left, box.top)) * scale + corner)
                for stroke in (word.strokes if word else ())
            ]
            cells.append(document.Word(judged.true.quad, strokes=strokes))
        top += 110
    blank = np.full((round(top), 780, 3), 255, np.uint8)
    for cell in cells:  # no boxes
        cell.quad = type(cell.quad).from_box(Box(-9, -9, -8, -8))
    page = document.Page(780, round(top), [document.Line(cells, cells[0].quad)])
    picture = cv2.imdecode(np.frombuffer(preview_png(blank, page), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    for row, judged in enumerate(words):
        said = f"{judged.name} AIoU {judged.scores.aiou:.2f}".encode("ascii", "replace").decode()
        at = (10, 108 + 110 * row)
        cv2.putText(picture, said, at, cv2.FONT_HERSHEY_SIMPLEX, 0.4, (90, 90, 90), 1, 16)
    replace_file(place, cv2.imencode(".png", picture)[1].tobytes())
