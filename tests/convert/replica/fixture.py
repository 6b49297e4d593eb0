"""Writes the committed replica and what its original answers: `python fixture.py`."""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import numpy as np

from inksight_cli.bundles import open_bundle
from inksight_cli.convert.build import convert_model
from inksight_cli.convert.oracle import StableHloOracle
from inksight_cli.convert.report import inspect_model
from inksight_cli.convert.samples import sample_jobs
from inksight_cli.convert.second_oracle import TensorFlowOracle
from inksight_cli.engine.request import make_request
from tests.convert.replica.make import write_replica
from tests.convert.replica.variant import Variant

FOLDER = Path(__file__).parents[1] / "fixtures"
VARIANT = Variant(map_head=True, length=32, beams=1, seed=10)


def write(work: Path) -> None:
    write_replica(VARIANT, str(work / "model"))
    with zipfile.ZipFile(FOLDER / "small_p_replica.zip", "w") as archive:
        for path in sorted((work / "model").rglob("*.*")):
            name = zipfile.ZipInfo(path.relative_to(work / "model").as_posix())
            archive.writestr(name, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    inspection = inspect_model(work / "model")
    convert_model(inspection, work / "bundle")
    bundle = open_bundle(work / "bundle")
    first, second = StableHloOracle(inspection), TensorFlowOracle(work / "model")
    jobs, answers = sample_jobs(6), []
    for job in jobs:
        request = make_request(bundle, job)
        said = first.answer(request.prompt, job.pixels)
        prompt = bundle.manifest.prompts[job.mode].replace("{text}", job.text)
        answers.append({
            "mode": job.mode, "text": job.text, "prompt": request.prompt, "tokens": said.tokens,
            "score": said.score, "tensorflow": second.answer(prompt, job.pixels),
        })  # fmt: skip
    (FOLDER / "small_p_answers.json").write_text(json.dumps(answers, indent=1) + "\n")
    pixels = np.stack([job.pixels for job in jobs])
    np.savez_compressed(FOLDER / "small_p_questions.npz", pixels=pixels)


def write_modules() -> None:
    """A program with a call, a loop, a custom call and unused arguments, in each bytecode."""
    import jax
    import jax.numpy as jnp
    from jax import export
    from jaxlib import xla_client

    @jax.jit
    def first(x, unused):
        return jnp.tanh(x)

    def program(x, y, counted, dead):
        wasted = dead @ dead
        x = first(x, wasted)
        x = jax.lax.fori_loop(0, counted[0], lambda _, value: value + y, x)
        return jax.lax.top_k(jnp.concatenate([x, y], 1), 3)[0]

    shape = jax.ShapeDtypeStruct
    arguments = [
        shape((4, 8), jnp.bfloat16), shape((4, 8), jnp.bfloat16), shape((1,), jnp.int32),
        shape((4, 4), jnp.float32),
    ]  # fmt: skip
    exported = export.export(jax.jit(program, keep_unused=True))(*arguments)
    mlir = xla_client._xla.mlir
    text = mlir.deserialize_portable_artifact(exported.mlir_module_serialized)
    for version in ("0.9.0", "0.10.0", "0.12.0", "0.14.0", "0.17.0", "1.1.0"):
        (FOLDER / f"program_{version}.mlirbc").write_bytes(
            mlir.serialize_portable_artifact(text, version)
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        write(Path(name))
    write_modules()
