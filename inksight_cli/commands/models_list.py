"""``inksight models list``: the models that can be asked for by name."""

from __future__ import annotations

from typing import Annotated

import typer

from inksight_cli.commands.streams import guarded_stdout


def list_models(
    json: Annotated[bool, typer.Option("--json", help="Write JSON for machines.")] = False,
) -> None:
    """List models: shipped with the package, and installed by you."""
    from inksight_cli.bundles import installed_bundles
    from inksight_cli.commands.models_text import as_json
    from inksight_cli.commands.terminal import printable_lines

    good, broken = installed_bundles()
    rows = [
        {
            "name": bundle.folder.name,
            "family": bundle.manifest.family,
            "revision": bundle.manifest.revision,
            "precisions": sorted(bundle.manifest.variants),
            "origin": bundle.origin,
            "megabytes": round(bundle.bytes / 1e6, 1),
            "folder": str(bundle.folder),
        }
        for bundle in good
    ]
    reasons = [{"folder": str(folder), "reason": error.message} for folder, error in broken]
    with guarded_stdout() as stdout:
        if json:
            stdout.write(as_json({"models": rows, "broken": reasons}).encode())
            return
        lines = [
            f"{row['name']:<20} {row['family']:<8} {row['origin']:<10} {row['megabytes']:>8} MB"
            f"  {', '.join(map(str, bundle.manifest.variants))}\n"
            for row, bundle in zip(rows, good, strict=True)
        ]
        lines += [f"broken: {item['folder']}: {item['reason']}\n" for item in reasons]
        text = "".join(lines or ["No models; words are traced.\n"])
        stdout.write(printable_lines(text).encode("utf-8", "backslashreplace"))
