"""Files of traced words: all arrays end to end, lengths beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inksight_cli.pen_order.lines import Seen


@dataclass(frozen=True)
class Row:
    """What the network is told of a word, its true walk, and the set it is from."""

    seen: Seen
    states: NDArray[np.int64]
    down: NDArray[np.bool_]
    source: str


def save(path: Path, rows: Sequence[Row]) -> None:
    """Write rows into a file of their own, whole or not at all."""
    seen = [row.seen for row in rows]
    aside = path.with_suffix(".part.npz")
    np.savez_compressed(
        aside,
        lines=np.array([len(s.shape) for s in seen]),
        steps=np.array([len(row.states) for row in rows]),
        source=np.array([row.source for row in rows]),
        shape=np.concatenate([s.shape for s in seen]).astype(np.float16),
        leaving=np.concatenate([s.leaving for s in seen]).astype(np.float16),
        own=np.concatenate([s.own for s in seen]).astype(np.float16),
        ends=np.concatenate([s.ends for s in seen]),
        apart=np.concatenate([s.apart.ravel() for s in seen]).astype(np.float16),
        pen=np.array([s.pen for s in seen], np.float32),
        aspect=np.array([s.aspect for s in seen], np.float32),
        states=np.concatenate([row.states for row in rows]).astype(np.int16),
        down=np.concatenate([row.down for row in rows]),
    )
    aside.rename(path)


def load(path: Path) -> list[Row]:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as data:
        kept = {name: data[name] for name in data.files}
    for name in ("shape", "leaving", "own", "apart"):
        kept[name] = kept[name].astype(np.float32)
    lines, steps = kept["lines"], kept["steps"]
    line_ends, step_ends = np.cumsum(lines)[:-1], np.cumsum(steps)[:-1]
    by_line = {n: np.split(kept[n], line_ends) for n in ("shape", "leaving", "own", "ends")}
    apart = np.split(kept["apart"], np.cumsum(lines**2)[:-1])
    states, down = (np.split(kept[name], step_ends) for name in ("states", "down"))
    rows = []
    for i, count in enumerate(lines.tolist()):
        seen = Seen(
            by_line["shape"][i],
            by_line["leaving"][i],
            by_line["own"][i],
            by_line["ends"][i],
            apart[i].reshape(count, count),
            float(kept["pen"][i]),
            float(kept["aspect"][i]),
        )
        rows.append(Row(seen, states[i].astype(np.int64), down[i], str(kept["source"][i])))
    return rows
