"""``inksight models verify``: is a converted model the original one?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from inksight_cli.commands.streams import guarded_stdout


def verify(
    bundle: Annotated[Path, typer.Argument(help="Folder of the converted model.")],
    against: Annotated[str, typer.Option("--against", help="The SavedModel it was made from.")],
    oracle: Annotated[
        Literal["stablehlo", "tensorflow", "both"],
        typer.Option(help="Who runs the original: jax in float32, or TensorFlow as exported."),
    ] = "stablehlo",
    samples: Annotated[
        int, typer.Option(min=1, max=1000, help="Words to compare; minutes each at full size.")
    ] = 3,
    json: Annotated[bool, typer.Option("--json", help="Write the verdict as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say errors only.")] = False,
) -> None:
    """Ask a converted model and its original the same questions and compare the answers.

    Open choices are settled, and the verdict is written into the bundle's manifest.
    """
    from inksight_cli.commands.models_text import as_json, progress_bar, verdict_text
    from inksight_cli.convert.install import open_model
    from inksight_cli.convert.samples import sample_jobs
    from inksight_cli.convert.second_oracle import check_with_tensorflow
    from inksight_cli.convert.verify import verify_bundle

    found = {}
    with guarded_stdout() as stdout, open_model(against) as inspection:
        jobs = sample_jobs(samples)
        with progress_bar(quiet) as progress:
            for name, check in (
                ("stablehlo", verify_bundle),
                ("tensorflow", check_with_tensorflow),
            ):
                if oracle in (name, "both"):
                    found[name] = check(bundle, inspection, jobs, progress=progress).as_data()
        text = as_json(found) if json else "\n".join(map(verdict_text, found.values()))
        stdout.write(text.encode())
