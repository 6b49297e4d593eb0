"""``inksight doctor``: what is ready on this machine, and the line that installs what is not."""

from __future__ import annotations

from typing import Annotated

import typer

from inksight_cli.commands.streams import guarded_stdout
from inksight_cli.errors import MissingBackendError


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Write JSON for machines.")] = False,
) -> None:
    """Check what works on this machine, and say what is missing.

    Looks at Python, packages, onnxruntime's providers, detectors, formats and models. The exit
    code is 0 when the default way from picture to ink works, and 4 when it does not.
    """
    from inksight_cli.commands.checkup import as_json, as_text, check_up

    with guarded_stdout() as stdout:
        findings = check_up()
        text = as_json(findings) if json else as_text(findings)
        stdout.write(text.encode("utf-8", errors="backslashreplace"))
    broken = [finding for finding in findings if finding.needed and not finding.ready]
    if broken:
        raise typer.Exit(MissingBackendError.exit_code)
