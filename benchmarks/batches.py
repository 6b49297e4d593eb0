"""A thousand small pages: killed and resumed, or left alone while memory is watched.

``python -m benchmarks.batches FOLDER --kills 20 --jobs 2`` makes the pages below FOLDER (900
pictures and 20 TIFFs of five pages, one to three words each), derenders them undisturbed to JSON,
and again with kill -9 at random moments, resumed each time. It prints what the memory of parent and
workers was by the hundred pages, how many pages each of the runs added, and which files differ.
Ended itself, it goes on where it was with the same call.

Every page is one word to the detector (``--detector whole``): what is tried is the batch, not the
eyes.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from examples.script import LETTERS, Hand
from inksight_cli.ledger import NAME
from inksight_cli.ledger.book import read_entries

COMMAND = (sys.executable, "-c", "from inksight_cli.commands.app import command; command()")
BOOKS, EACH = 20, 5


def small_page(rng: np.random.Generator) -> np.ndarray:
    """Return (130, W, 3) uint8 RGB: one to three words of writing on white paper."""
    hand, x, drawn = Hand(2.8, rng), 20.0, []
    for _ in range(rng.integers(1, 4)):
        word = "".join(rng.choice(sorted(LETTERS), rng.integers(2, 7)))
        strokes, end = hand.write(word, x, 80.0)
        drawn += strokes
        x = end + 30
    canvas = np.full((130, int(x) + 20, 3), 250, dtype=np.uint8)
    for stroke in drawn:
        points = np.rint(stroke * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(canvas, [points], False, (30, 40, 110), 3, cv2.LINE_AA, 4)
    return canvas


def make_pages(folder: Path, count: int, seed: int = 1) -> None:
    """Write so many pages, a tenth of them in TIFFs of several."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    books = min(BOOKS, count // 50)
    for number in range(count - books * EACH):
        Image.fromarray(small_page(rng)).save(folder / f"page-{number:04}.png")
    for number in range(books):
        first, *rest = (Image.fromarray(small_page(rng)) for _ in range(EACH))
        first.save(folder / f"book-{number:02}.tif", save_all=True, append_images=rest)


def begin(
    pages: Path, out: Path, jobs: int, said: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start a run that resumes what there is; ``said`` is where its events go."""
    # From the same folder, so that documents say the same of where their pages come from.
    call = ["derender", pages.name, "-o", out.name, "--jobs", str(jobs), "--resume"]
    call += ["--format", "json", "--detector", "whole", "--log-format", "json"]
    return subprocess.Popen(
        [*COMMAND, *call], cwd=pages.parent, stderr=said, stdout=subprocess.DEVNULL
    )


def private(process: int) -> int:
    """Return the bytes that a process holds, its share of what it shares with others counted."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    try:
        return [
            int(n) for n in Path(f"/proc/{process}/task/{process}/children").read_text().split()
        ]
    except OSError:
        return []


def undisturbed(pages: Path, out: Path, jobs: int) -> dict[str, list[float]]:
    """Run to the end; return the most MB by the hundred pages, of the parent and of all workers."""
    process = begin(pages, out, jobs, subprocess.PIPE)
    seen = 0
    most: defaultdict[int, Counter[str]] = defaultdict(Counter)
    assert process.stderr is not None
    for line in process.stderr:
        if json.loads(line)["event"] != "page":
            continue
        held = most[seen // 100]
        seen += 1
        if seen % 5:
            continue
        held["parent"] = max(held["parent"], private(process.pid))
        held["workers"] = max(held["workers"], sum(map(private, children(process.pid))))
    if process.wait():
        raise SystemExit(f"the undisturbed run ended with code {process.returncode}")
    return {
        who: [round(most[part][who] / 2**20, 1) for part in sorted(most)]
        for who in ("parent", "workers")
    }


def done(out: Path) -> int:
    """Return how many pages a ledger has."""
    path = out / NAME
    return len({e.key for e in read_entries(path) if e.page}) if path.exists() else 0


def lines(out: Path) -> int:
    """Return how many lines a ledger has, which costs less."""
    path = out / NAME
    return path.read_bytes().count(b"\n") if path.exists() else 0


def killed_once(pages: Path, out: Path, jobs: int, most: int, chance: random.Random) -> int:
    """Run, killed after some of ``most`` pages; return how many are done then."""
    process = begin(pages, out, jobs)
    until = lines(out) + chance.randint(1, most)
    while process.poll() is None and lines(out) < until:
        time.sleep(0.05)
    time.sleep(chance.random() / 4)
    process.kill()
    process.communicate()
    return done(out)


def killed(pages: Path, out: Path, jobs: int, kills: int, count: int) -> list[int]:
    """Run, killed so many times at random; return how many pages were done at each end."""
    kept = out.with_suffix(".ends.json")
    ends: list[int] = json.loads(kept.read_text()) if kept.exists() else []
    for number in range(len(ends), kills):
        chance = random.Random(number)
        ends.append(killed_once(pages, out, jobs, 2 * count // (kills + 2), chance))
        kept.write_text(json.dumps(ends))
    process = begin(pages, out, jobs)
    process.communicate()
    if process.returncode:
        raise SystemExit(f"the last run ended with code {process.returncode}")
    return [*ends, done(out)]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files but the ledger."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def main() -> None:
    """Say what came of it, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    pages, alone, often = (asked.folder / name for name in ("pages", "alone", "often"))
    kept = asked.folder / "memory.json"
    if not kept.exists():
        make_pages(pages, asked.pages)
        shutil.rmtree(alone, ignore_errors=True)
        kept.write_text(json.dumps(undisturbed(pages, alone, asked.jobs)))
    memory = json.loads(kept.read_text())
    print(json.dumps({"most_mb_by_the_hundred": memory}), flush=True)
    ends = killed(pages, often, asked.jobs, asked.kills, asked.pages) if asked.kills else []
    one, other = contents(alone), contents(often) if ends else {}
    differing = [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]
    twice = Counter(e.key for e in read_entries(often / NAME) if e.page) if ends else Counter()
    print(
        json.dumps(
            {
                "files": len(one),
                "pages_at_the_ends": ends,
                "differing": differing if ends else None,
                "pages_written_down_twice": sum(count > 1 for count in twice.values()),
                "pages_lines": sum(twice.values()),
            }
        )
    )


if __name__ == "__main__":
    main()
