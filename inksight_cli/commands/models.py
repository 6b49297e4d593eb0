"""``inksight models``: the group of commands about models, one file each."""

from __future__ import annotations

import typer

from inksight_cli.commands.models_convert import convert
from inksight_cli.commands.models_inspect import inspect
from inksight_cli.commands.models_install import install
from inksight_cli.commands.models_list import list_models
from inksight_cli.commands.models_quantize import quantize
from inksight_cli.commands.models_show import show
from inksight_cli.commands.models_train import train
from inksight_cli.commands.models_tune import tune
from inksight_cli.commands.models_verify import verify

models = typer.Typer(help="See, convert, verify and install models.", no_args_is_help=True)

models.command("list")(list_models)
for command in (show, inspect, convert, verify, install, quantize, tune, train):
    models.command()(command)
