"""Traced words with their true walks: `python -m models.hand.generate OUT --count N`.

Every word becomes a picture that goes through the product's own eyes, ownership and close-up,
its ink a graph, the graph what the network is told. Shards of a thousand words are written as
they are full; a run that is started again goes on after the last of them with words of its own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from benchmarks.eval_words import EvalWord, Picture
from benchmarks.ink_engines import Desk
from inksight_cli.geometry import Points
from inksight_cli.ownership.closeup import look_closely
from inksight_cli.pen_order.lines import Lines
from inksight_cli.pen_order.writing import lines_of
from inksight_cli.trace.graph import build_graph
from models.hand.corpora import Hand, hands
from models.hand.pens import picture, write
from models.hand.shards import Row, save
from models.hand.targets import true_walk

MOST = 90  # lines of a word worth learning from
SHARD = 1000
LOST = 0.25  # more of its lines than this the truth does not know: another ink
SHARES = {
    "unipen_words": 0.6,
    "unipen_chars": 0.1,
    "unipen_text": 0.1,
    "omniglot": 0.15,
    "omniglot_labelled": 0.05,
}


def trace_picture(word: EvalWord, page: Picture) -> tuple[Lines, list[Points]] | None:
    """Return a picture's lines as the product traces them, and the true strokes beside them."""
    desk = Desk(word, page, looked_at=True)
    region = desk.ownership.region(0)
    if not region.area:
        return None
    close = look_closely(desk.page.ink, region)
    pen = desk.page.ink.pen_width * close.zoom
    lines = lines_of(build_graph(close.mask, lines=close.lines), pen)
    return (lines, [close.inside(s * desk.scale) for s in word.strokes]) if lines else None


def row_of(hand: Hand, rng: np.random.Generator) -> Row | None:
    """Return what the network learns from one hand, None where it is no good."""
    word = write(hand, rng)
    if word is None:
        return None
    traced = trace_picture(word, picture(word, hand.source, rng))
    if traced is None or len(traced[0].paths) > MOST:
        return None
    walk = true_walk(*traced)
    if walk.lost > LOST:
        return None
    return Row(traced[0].seen, np.array(walk.states), np.array(walk.down), hand.source)


def mixed(folder: Path, shares: dict[str, float], *, held: bool, seed: int) -> Iterator[Hand]:
    """Yield hands of all sets in the shares asked for, over again where a set is spent."""
    rng = np.random.default_rng([seed, 1])
    names, share = list(shares), np.array(list(shares.values()))
    streams = {name: hands(folder, name, held=held, seed=seed) for name in names}
    rounds = dict.fromkeys(names, 0)
    while True:
        name = names[int(rng.choice(len(names), p=share / share.sum()))]
        hand = next(streams[name], None)
        if hand is None:
            rounds[name] += 1
            streams[name] = hands(folder, name, held=held, seed=seed + 1000 * rounds[name])
        else:
            yield hand


def main() -> None:
    """Trace and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="folder of shards")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/strokes"))
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--name", default="default", help="of the shards")
    parser.add_argument("--shares", default="", help="set=share,... (default: the default sets)")
    parser.add_argument("--held", action="store_true", help="the side kept from training")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    pairs = [part.split("=") for part in options.shares.split(",") if part]
    shares = {name: float(share) for name, share in pairs} or SHARES
    done = len(list(options.out.glob(f"{options.name}-*.npz")))
    seed = options.seed + 100_000 * done
    stream = mixed(options.data, shares, held=options.held, seed=seed)
    rng = np.random.default_rng([seed, 2])
    rows: list[Row] = []
    start = time.time()
    while done * SHARD < options.count:
        row = row_of(next(stream), rng)
        if row is not None:
            rows.append(row)
        if len(rows) == min(SHARD, options.count - done * SHARD):
            save(options.out / f"{options.name}-{done:03d}.npz", rows)
            done, rows = done + 1, []
            sys.stdout.write(f"{done} shards, {time.time() - start:.0f} s\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
