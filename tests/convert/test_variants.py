"""Exports of every shape, written with the real tools, converted, and compared token for token.

Needs a Python with `replica/requirements.txt`, named by the variable INKSIGHT_REPLICA_PYTHON.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.convert.replica.variant import VARIANTS

PYTHON = os.environ.get("INKSIGHT_REPLICA_PYTHON")
PROVE = Path(__file__).parent / "replica" / "prove.py"

pytestmark = pytest.mark.skipif(
    not PYTHON, reason="INKSIGHT_REPLICA_PYTHON names no Python with replica/requirements.txt"
)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("variants")
    run = subprocess.run(
        [str(PYTHON), str(PROVE), str(folder)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    return {line["name"]: line for line in lines}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_converts_and_answers_as_its_original(results, name):
    result, wanted = results[name], VARIANTS[name]
    assert "error" not in result, result["error"]
    assert result["verified"]
    assert all(item["identical"] for item in result["comparisons"]), result["verdict"]
    switches = result["switches"]
    assert switches["image_first"] == wanted.get("image_first", True)
    assert switches["scaled_logits"] == wanted.get("scaled_logits", True)
    assert switches["exact_gelu"] == wanted.get("exact_gelu", False)
    assert switches["beams"] == wanted.get("beams", 0)
    assert result["undecided"] == []
    rounding = 1e-5 if not wanted.get("bf16") else 2e-2
    assert float(result["stages"]["encoder"].split()[5]) < rounding, result["stages"]
    assert len(result["dead"]) == (17 if wanted.get("map_head") else 0)


@pytest.mark.parametrize("name", ["plain", "beam of 2"])
def test_wrong_switches_are_found_out_and_set_right(results, name):
    """As if the graph had said nothing: every switch starts wrong, the oracle settles them."""
    assert results[name]["settled"] == results[name]["switches"]


def test_tensorflow_agrees(results):
    result = results["plain"]["tensorflow"]
    assert result["verified"]
    assert result["stages"]["prompt"] == "the same ids"
