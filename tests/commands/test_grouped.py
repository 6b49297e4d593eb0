"""Groups of options: one class, an option for every field, in every command that takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from inksight_cli.commands.grouped import grouped
from tests.commands.test_help import commands, options


@dataclass(frozen=True)
class Pen:
    colour: Annotated[str, typer.Option(help="Of the ink.")] = "black"
    width: Annotated[int, typer.Option("--width", "-w", min=1)] = 2


def call(*args: str) -> tuple[int, str]:
    app = typer.Typer()

    @app.command()
    @grouped
    def draw(*, what: str = "", pen: Pen, loud: bool = False) -> None:
        """Draw something."""
        typer.echo(f"{what} {pen} {loud}")

    ran = CliRunner().invoke(app, args)
    return ran.exit_code, ran.output


def test_a_command_gets_its_group_whole():
    assert call("--what", "a line", "-w", "3") == (0, f"a line {Pen('black', 3)} False\n")
    assert call("--what", "a dot", "--colour", "red", "--loud") == (
        0,
        f"a dot {Pen('red', 2)} True\n",
    )


def test_a_group_s_options_are_checked_and_explained():
    assert call("--what", "x", "-w", "0")[0] == 2
    text = call("--help")[1]
    assert "Draw something." in text
    assert (
        text.index("--what") < text.index("--colour") < text.index("--width") < text.index("--loud")
    )


@pytest.mark.parametrize("name", ["read", "detect"])
def test_what_commands_share_is_the_same_in_each(name):
    ours, theirs = (dict(options(commands()[f"inksight {each}"])) for each in (name, "derender"))
    shared = ours.keys() & theirs.keys()
    assert len(shared) >= 25
    assert {o for o in shared if ours[o] != theirs[o]} <= {"-o, --out OUT"}
