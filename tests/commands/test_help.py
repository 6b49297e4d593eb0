"""Help pages: quick, complete, and in the documentation.

``python -m tests.commands.test_help`` writes the tables of options anew.
"""

import inspect
import json
import re
import subprocess
import sys
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from inksight_cli.commands import app as application

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
START, END = "<!-- commands: written by tests/commands/test_help.py -->\n", "<!-- end -->"
HEAVY = ("numpy", "cv2", "PIL", "onnxruntime", "rapidocr", "pytesseract", "svgwrite", "onnx")


def commands() -> dict[str, object]:
    """All commands that do something, by the words that call them."""
    if not application.app.registered_commands:
        application._register()
    found = {}

    def walk(command, words):
        children = getattr(command, "commands", None)
        if children:
            for name, child in children.items():
                walk(child, f"{words} {name}")
        else:
            found[words] = command

    walk(typer.main.get_command(application.app), "inksight")
    return dict(sorted(found.items()))


def options(command) -> Iterator[tuple[str, str]]:
    """(what to write, what it means) of every argument and option."""
    hints = typing.get_type_hints(inspect.unwrap(command.callback))
    for parameter in command.params:
        if parameter.name == "help":
            continue
        if parameter.param_type_name == "argument":
            name = (parameter.metavar or parameter.name).upper()
            yield name.replace("|", "\\|"), parameter.help or ""
            continue
        names = ", ".join([*reversed(parameter.opts), *parameter.secondary_opts])
        value = parameter.metavar or metavar(hints.get(parameter.name))
        yield f"{names} {value}".strip().replace("|", "\\|"), parameter.help or ""


def metavar(hint) -> str:
    """What stands for the value of an option: its choices, N for a number, nothing for a flag."""
    kinds = [kind for kind in typing.get_args(hint) or (hint,) if kind is not type(None)]
    if kinds and not isinstance(kinds[0], type):
        return "|".join(choice for kind in kinds for choice in typing.get_args(kind) or (kind,))
    return {bool: "", int: "N", float: "X"}.get(kinds[0], "TEXT") if kinds else ""


def tables() -> str:
    parts = []
    for words, command in commands().items():
        summary = (command.help or "").strip().split("\n")[0]
        rows = [f"| `{name}` | {text} |" for name, text in options(command)]
        parts += [f"#### `{words}`\n", summary, "", "| option | meaning |", "|---|---|", *rows, ""]
    return "\n".join(parts)


def test_every_command_and_option_is_in_the_documentation():
    text = PAGE.read_text()
    for words, command in commands().items():
        assert f"#### `{words}`" in text, f"{words} is not in docs/commands.md"
        section = text.split(f"#### `{words}`")[1].split("\n#")[0]
        for name, meaning in options(command):
            assert meaning, f"{words} {name} has no help"
            assert f"`{name}`" in section, f"{words} {name} is not in docs/commands.md"


@pytest.mark.parametrize("words", commands())
def test_every_command_has_a_help_page(words):
    command = commands()[words]
    assert len((command.help or "").strip().split("\n")[0]) > 15


def test_help_imports_nothing_heavy():
    code = (
        "import sys, json; sys.argv = ['inksight', '--help']\n"
        "from inksight_cli.commands.app import main\n"
        "try: main()\n"
        "finally: sys.stderr.write(json.dumps(sorted(sys.modules)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "derender" in ran.stdout
    loaded = {name.split(".")[0] for name in json.loads(ran.stderr)}
    assert not loaded & set(HEAVY)


def test_version(inksight):
    ran = inksight("--version")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(rb"inksight \d+\.\d+\.\d+\n", ran.out)


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(START)
    after = rest.partition(END)[2]
    PAGE.write_text(before + START + "\n" + tables() + "\n" + END + after)
