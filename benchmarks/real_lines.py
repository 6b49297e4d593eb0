"""Real lines read: `python -m benchmarks.real_lines ../shared/data/lines --count 10 --lang fr`.

Lines of the `test` split, by source: RapidOCR reads the whole picture; the product finds its words
and traces them; the reader of ink reads these alone, with a language, and beside the detector.
"""

from __future__ import annotations

import argparse
import io
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image

from inksight_cli.detectors import find_detector
from inksight_cli.detectors.embedded.rapid import read_pictures
from inksight_cli.document import Page
from inksight_cli.evaluate.text import Errors, errors, plain
from inksight_cli.pages.load import load_pages
from inksight_cli.pipeline import Derenderer
from inksight_cli.reading.language import language
from inksight_cli.reading.network import SHIPPED, read_model
from inksight_cli.reading.page import TYPED, Spelling, read_page
from inksight_cli.reading.search import Expecting

ROOM = 24  # pixels of paper around a line, as it has on a page


def chosen(archive: Path, count: int, seed: int) -> list[tuple[str, str, Image.Image]]:
    """Return source, text and picture of ``count`` test lines of every source."""
    with np.load(archive) as data:
        which = np.flatnonzero(data["split"] == "test")
        images, ends, texts, repos = (data[k] for k in ("image", "ends", "text", "repo"))
    found, rng = [], np.random.default_rng(seed)
    for repo in np.unique(repos[which]):
        own = rng.permutation(which[repos[which] == repo])[:count]
        for i in own.tolist():
            content = images[ends[i - 1] if i else 0 : ends[i]].tobytes()
            found.append((str(repo), str(texts[i]), Image.open(io.BytesIO(content)).convert("RGB")))
    return found


def framed(picture: Image.Image) -> Image.Image:
    """Return a line with paper around it."""
    paper = tuple(int(v) for v in np.percentile(np.asarray(picture), 80, axis=(0, 1)))
    wide = Image.new("RGB", (picture.width + 2 * ROOM, picture.height + 2 * ROOM), paper)
    wide.paste(picture, (ROOM, ROOM))
    return wide


def text_of(page: Page) -> str:
    """Return a page's text on one line."""
    return " ".join(word.text for line in page.lines for word in line.words if word.text)


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--lang", default="fr")
    options = parser.parse_args()
    model, derenderer = read_model(SHIPPED), Derenderer(find_detector("embedded"))
    spelling = Spelling(expecting=Expecting(language(options.lang.split(",")), model.symbols))
    ways = (("ink", None, False), ("ink+lang", spelling, False), ("both", None, True),
            ("both+lang", spelling, True))  # fmt: skip
    table: dict[str, dict[str, Errors]] = defaultdict(lambda: defaultdict(Errors))
    for archive in sorted(options.lines.glob("*_lines.npz")):
        for repo, truth, picture in chosen(archive, options.count, options.seed):
            stream = io.BytesIO()
            framed(picture).save(stream, "png")
            said = {"rapidocr": read_pictures([np.asarray(picture)])[0]}
            (page,) = derenderer.pages(load_pages(stream.getvalue()))
            kept = [(word.text, word.confidence) for word in page.words]
            said["detector"] = text_of(page)
            for name, how, beside in ways:
                for word, (text, confidence) in zip(page.words, kept, strict=True):
                    word.text, word.confidence = text, confidence
                read_page(page, model, how, beside=beside)
                said[name] = text_of(page)
            for name, text in said.items():
                found = errors(plain(truth.translate(TYPED)), plain(text.translate(TYPED)))
                table[repo][name] += found
                table["all"][name] += found
    for repo, row in table.items():
        told = "  ".join(f"{name} {100 * each.cer:5.1f}" for name, each in row.items())
        print(f"{repo[-32:]:32}  {told}", flush=True)


if __name__ == "__main__":
    main()
