"""``inksight models``: the group of commands about models, one file each."""

from __future__ import annotations

import typer

from inksight_cli.commands.models_convert import convert
from inksight_cli.commands.models_inspect import inspect
from inksight_cli.commands.models_install import install
from inksight_cli.commands.models_verify import verify

models = typer.Typer(help="See, convert, verify and install models.", no_args_is_help=True)

for command in (inspect, convert, verify, install):
    models.command()(command)
