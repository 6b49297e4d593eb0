"""Every broken input ends with a sentence and its code, or with a result that makes sense.

Never a traceback, a signal, more than 2 GB or 30 s, or a file left behind. A coverage-guided
fuzzer's finds are kept as small cases beside the readers that they were found in.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KINDS = {
    "pictures": 600,
    "pdfs": 140,
    "boxes": 440,
    "documents": 330,
    "bundles": 250,
    "saved_models": 75,
}
CODES = {0, 2, 3, 5, 7}
ROOT = Path(__file__).parents[2]


def wrong(found: dict) -> str:
    """What is wrong with what became of a case, nothing if all is well."""
    said = found["said"]
    faults = {
        f"ended with {found['code']}": found["code"] not in CODES,
        "took too long": found["late"] or found["seconds"] > 30,
        f"took {found['megabytes']} MB": found["megabytes"] > 2048,
        "a traceback": "Traceback" in said or "Unexpected" in said,
        "no sentence": found["code"] != 0 and "inksight: " not in said,
        "files of a failure": found["code"] != 0 and bool(found["written"]),
        "an input is gone": bool(found["damaged"]),
    }
    faults |= {f"{name}: {what}": bool(what) for name, what in found["written"].items()}
    return "; ".join(fault for fault, true in faults.items() if true)


def test_there_are_enough_cases():
    assert sum(KINDS.values()) >= 1500


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux")
@pytest.mark.parametrize("kind", KINDS)
def test_no_broken_input_breaks_anything(kind):
    pytest.importorskip("pypdfium2" if kind == "pdfs" else "numpy")
    call = [sys.executable, "-m", "tests.broken.drive", kind]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    ran = subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, timeout=900)
    assert ran.returncode == 0, ran.stderr.decode()[-3000:]
    results = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(results) >= KINDS[kind]
    faults = [f"{r['case']}: {w}\n    {r['said'][-300:]}" for r in results if (w := wrong(r))]
    assert not faults, f"{len(faults)} of {len(results)}:\n" + "\n".join(faults[:40])
