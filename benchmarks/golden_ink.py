"""How near a converted Small-p comes to the ink its authors published.

`python benchmarks/golden_ink.py BUNDLE --images FOLDER --ink FOLDER --mode derender`, with a
downloaded set (`Derendering/InkSight-Derenderings`): pictures of words in one folder, the InkML
of one mode in the other, the same name before the suffix. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from inksight_cli.convert.verdict import ink_distance
from inksight_cli.document import Mode
from inksight_cli.engine import load_model
from inksight_cli.engine.protocol import Job
from inksight_cli.formats import find_reader
from inksight_cli.geometry import Points

_CANVAS = 224
_SUFFIXES = (".png", ".jpg", ".jpeg")


def on_canvas(path: Path) -> NDArray[np.uint8]:
    """Return a picture as InkSight's notebook prepares it: fitted, centred, black around.

    Theirs goes through JPEG on its way into the model, so this one does too.
    """
    from PIL import Image

    with Image.open(path) as picture:
        word = picture.convert("RGB")
    ratio = min(_CANVAS / word.width, _CANVAS / word.height)
    size = max(round(word.width * ratio), 1), max(round(word.height * ratio), 1)
    canvas = Image.new("RGB", (_CANVAS, _CANVAS))
    place = (_CANVAS - size[0]) // 2, (_CANVAS - size[1]) // 2
    canvas.paste(word.resize(size, Image.Resampling.BILINEAR), place)
    stream = io.BytesIO()
    canvas.save(stream, "JPEG", quality=95)
    return np.asarray(Image.open(stream)).copy()


def pairs(images: Path, ink: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield (name, picture, InkML) of every word that has both."""
    pictures = {p.stem: p for p in images.rglob("*") if p.suffix.lower() in _SUFFIXES}
    for path in sorted(ink.rglob("*.inkml")):
        if path.stem in pictures:
            yield path.stem, pictures[path.stem], path


def published(path: Path) -> list[Points]:
    """Return the strokes of a published answer, in canvas pixels."""
    with path.open("rb") as stream:
        return [s.points for page in find_reader("inkml").read(stream).pages for s in page.strokes]


def main() -> None:
    """Compare a whole set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle")
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--ink", type=Path, required=True)
    parser.add_argument("--mode", choices=get_args(Mode), default="derender")
    options = parser.parse_args()
    found = list(pairs(options.images, options.ink))
    if not found:
        parser.error("no picture has an InkML file of the same name")
    full = (0, 0, _CANVAS, _CANVAS)
    jobs = (
        Job(i, on_canvas(picture), full, options.mode, name)
        for i, (name, picture, _) in enumerate(found)
    )
    distances: list[float] = []
    identical = empty = 0
    for answer in load_model(options.bundle).run(jobs):
        theirs = published(found[int(str(answer.key))][2])
        apart = ink_distance(theirs, answer.strokes)
        if apart is None:
            empty += 1
            continue
        distances.append(apart)
        identical += len(theirs) == len(answer.strokes) and all(
            np.array_equal(a, b) for a, b in zip(theirs, answer.strokes, strict=True)
        )
    summary = {"words": len(found), "identical": identical, "one_is_empty": empty}
    if distances:
        summary |= {
            f"distance_px_p{q}": round(float(np.percentile(distances, q)), 2) for q in (50, 90, 99)
        }
    print(json.dumps(summary, indent=2))


if __name__ == "__main__":
    main()
