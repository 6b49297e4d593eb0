"""Makes replicas, converts and verifies each, and prints what came of it as JSON lines.

`python prove.py FOLDER [NAME ...]`; needs TensorFlow, JAX and the package's own dependencies.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from inksight_cli.convert.build import convert_model
from inksight_cli.convert.report import inspect_model
from inksight_cli.convert.samples import sample_jobs
from inksight_cli.convert.second_oracle import check_with_tensorflow
from inksight_cli.convert.switches import Switches
from inksight_cli.convert.verify import verify_bundle
from inksight_cli.errors import InksightError
from tests.convert.replica.make import write_replica
from tests.convert.replica.variant import VARIANTS, Variant


def prove(name: str, folder: Path) -> dict[str, object]:
    started = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    try:
        write_replica(Variant(**VARIANTS[name]), str(folder / "model"))
        made = time.monotonic()
        inspection = inspect_model(folder / "model")
        convert_model(inspection, folder / "bundle")
        verdict = verify_bundle(folder / "bundle", inspection, sample_jobs(6))
        more = further(folder, inspection) if name in ("plain", "beam of 2") else {}
    except InksightError as error:
        return {"name": name, "error": str(error)}
    seconds = {"making": round(made - started, 1), "all": round(time.monotonic() - started, 1)}
    dead = [variable.name for variable in inspection.placement.dead]
    return {"name": name, "dead": dead, "seconds": seconds, **verdict.as_data(), **more}


def further(folder: Path, inspection) -> dict[str, object]:
    """Start from switches that are all wrong, and ask TensorFlow as well."""
    wrong = Switches(image_first=False, exact_gelu=True, beams=4)
    convert_model(inspection, folder / "wrong", switches=wrong)
    settled = verify_bundle(folder / "wrong", inspection, sample_jobs(6)).switches
    second = check_with_tensorflow(folder / "bundle", inspection, sample_jobs(3))
    return {"settled": settled, "tensorflow": second.as_data()}


if __name__ == "__main__":
    root = Path(sys.argv[1])
    for index, name in enumerate(sys.argv[2:] or VARIANTS):
        print(json.dumps(prove(name, root / str(index))), flush=True)
