"""Readers beside each other on the same words and lines: characters wrong, and CPU seconds.

    python -m benchmarks.reading CASES/iam.pkl CASES/test.pkl --lang en --lang fr

CASES are files of `benchmarks.cases`: simulated photos of words, true pen paths, real lines.
`rapidocr` reads the whole picture, `detector` its words as the product finds them; `ink` reads
their strokes drawn evenly, `both` chooses word by word; each as it is and with every language.
Capitals and signs count.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.cases import Case, load
from inksight_cli.evaluate.text import Errors, errors, plain
from inksight_cli.reading.choice import ALONE, HEARD
from inksight_cli.reading.language import language
from inksight_cli.reading.network import SHIPPED, ReaderModel, read_model
from inksight_cli.reading.page import TYPED, Spelling
from inksight_cli.reading.search import Expecting
from models.reader.calibrate import joined, read


def ways(cases: list[Case], model: ReaderModel, langs: list[str]) -> dict[str, list[str]]:
    """Return what every reader says of every case."""
    said = {
        "rapidocr": [joined([case.rapid]) for case in cases],
        "detector": [joined(word.text for word in case.words) for case in cases],
    }
    for lang in ["", *langs]:
        heard = Expecting(language(lang.split(",")), model.symbols) if lang else None
        weights, began = np.array(HEARD if lang else ALONE), time.process_time()
        found = read(cases, model, Spelling(expecting=heard))
        took = (time.process_time() - began) / max(sum(len(case.words) for case in cases), 1)
        print(f"  {lang or 'greedy'}: {1000 * took:.1f} ms of CPU a word, choosing included")
        said[f"ink {lang}"] = [joined(each.texts) for each in found]
        said[f"both {lang}"] = [each.said(weights) for each in found]
    return said


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--reader", type=Path, default=SHIPPED, help="of models.reader.export")
    parser.add_argument("--lang", action="append", default=[], help="en or en,fr; several times")
    options = parser.parse_args()
    model = read_model(options.reader)
    for path in options.cases:
        cases = load(path)
        said = ways(cases, model, options.lang)
        table: dict[str, dict[str, Errors]] = defaultdict(lambda: defaultdict(Errors))
        for name, texts in said.items():
            for case, text in zip(cases, texts, strict=True):
                found = errors(plain(case.truth.translate(TYPED)), text)
                table[case.source][name] += found
                table["all"][name] += found
        wide = {name: max(10, len(name) + 2) for name in said}
        print(f"{'':32}" + "".join(f"{name.strip():>{w}}" for name, w in wide.items()))
        for source, row in table.items():
            shares = "".join(f"{100 * row[name].cer:{w}.1f}" for name, w in wide.items())
            print(f"{source[-32:]:32}{shares}", flush=True)


if __name__ == "__main__":
    main()
