"""The reader tuned to unseen hands: `python -m benchmarks.tuning ../shared/data/strokes`.

Of each of the held-out writers of UNIPEN with enough words, 100 words are learned (a fifth of them
is held back to stop by); the others are read before and after.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from inksight_cli.learning.tune import Known, read_errors, tuned
from inksight_cli.reading.network import SHIPPED, read_model
from models.reader.alphabet import Alphabet
from models.reader.hands import Words


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    words, model = Words(options.data, Alphabet(), validation=True), read_model(SHIPPED)
    by_writer: dict[str, list[int]] = {}
    for k in words.kept.tolist():
        by_writer.setdefault(words.archive.writer[k], []).append(k)
    ratios = []
    for writer, own in sorted(by_writer.items()):
        count = min(options.count, len(own) // 2)
        order = np.random.default_rng(0).permutation(own).tolist()
        known = [Known(w.strokes, w.text) for w in map(words.get, order) if w.strokes]
        mine, others = known[:count], known[count:]
        began, cpu = time.time(), time.process_time()
        better = tuned(model, mine[count // 5 :], mine[: count // 5])
        seconds, cpu = time.time() - began, time.process_time() - cpu
        before, after = read_errors(model, others).cer, read_errors(better, others).cer
        ratios.append(after / before)
        print(
            f"{writer}: {count} words learned, {len(others)} read: {100 * before:.1f} -> "
            f"{100 * after:.1f} %, {seconds:.0f} s, {cpu:.0f} s of CPU",
            flush=True,
        )
    print(f"median ratio {np.median(ratios):.2f}")


if __name__ == "__main__":
    main()
