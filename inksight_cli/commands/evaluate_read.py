"""``inksight evaluate read``: texts beside the true ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inksight_cli.commands.terminal import printable
from inksight_cli.errors import UnreadableInputError, UsageError
from inksight_cli.files import is_folder, read_regular

if TYPE_CHECKING:
    from inksight_cli.evaluate.text import Errors

TEXT = ".txt"
_LARGEST = 1 << 28  # bytes of a text


def evaluate_read(
    truth: Annotated[
        str, typer.Argument(metavar="TRUTH", help="A file with the true text, or a folder of them.")
    ],
    pages: Annotated[
        str,
        typer.Argument(
            metavar="PAGES", help="What was read: a file, or a folder with files of the same names."
        ),
    ],
    case: Annotated[bool, typer.Option("--case/--no-case", help="Whether capitals matter.")] = True,
    signs: Annotated[
        bool, typer.Option("--signs/--no-signs", help="Whether punctuation matters.")
    ] = True,
    confusions: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many mistakes to list.")
    ] = 15,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of a table.")
    ] = False,
) -> None:
    """Count what is wrong with texts: characters (CER), words (WER), and what is taken for what.

    Files are texts (.txt, UTF-8) or ink that inksight reads back (JSON, InkML). Compared are
    Unicode's composed characters (NFC); any white space, line ends too, is one blank.
    """
    from inksight_cli.evaluate.text import Errors, errors, plain

    rows: list[tuple[str, Errors]] = []
    total = Errors()
    for name, true, read in pairs(Path(truth), Path(pages)):
        texts = [plain(text_in(place), case=case, signs=signs) for place in (true, read)]
        rows.append((name, errors(*texts)))
        total += rows[-1][1]
    if as_json:
        told = {name: figures(each, confusions) for name, each in rows}
        _say(json.dumps({"pages": told, "total": figures(total, confusions)}, ensure_ascii=False))
        return
    for line in table(rows, total, confusions):
        _say(line)


def pairs(truth: Path, pages: Path) -> list[tuple[str, Path, Path]]:
    """Return name, true file and read file of every page.

    Raises:
        UsageError: a folder goes with a file, or a true text has no page, or there is none.
    """
    if is_folder(truth) != is_folder(pages):
        raise UsageError("TRUTH and PAGES are two files, or two folders.")
    if not is_folder(truth):
        return [(pages.name, truth, pages)]
    named = _by_name(pages)
    true = _by_name(truth)
    if not true:
        raise UsageError(f"There are no texts in '{truth}'.")
    missing = sorted(set(true) - set(named))
    if missing:
        raise UsageError(f"'{pages}' has no page '{missing[0]}' ({len(missing)} are missing).")
    return [(name, place, named[name]) for name, place in sorted(true.items())]


def _by_name(folder: Path) -> dict[str, Path]:
    """Return a folder's files by name without ending, texts before ink."""
    files = [place for place in sorted(folder.iterdir()) if place.is_file()]
    files = [place for place in files if place.suffix.lower() in (TEXT, ".json", ".inkml")]
    return {place.stem: place for place in sorted(files, key=lambda p: p.suffix.lower() == TEXT)}


def text_in(place: Path) -> str:
    """Return what a file says.

    Raises:
        UnreadableInputError: it cannot be read, is no UTF-8, or no ink.
    """
    from inksight_cli.api import read
    from inksight_cli.formats.text import text_of

    if place.suffix.lower() not in (TEXT, ""):
        return "\n".join(text_of(page) for page in read(place).pages)
    try:
        return read_regular(place, _LARGEST).decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UnreadableInputError(f"'{place}' cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableInputError(f"'{place}' is not text in UTF-8.") from error


def figures(found: Errors, confusions: int) -> dict[str, Any]:
    """Return errors as plain values."""
    return {
        "cer": round(found.cer, 4),
        "wer": round(found.wer, 4),
        "characters": found.characters,
        "words": found.words,
        "confusions": [[*pair, count] for pair, count in _usual(found)[:confusions]],
    }


def _usual(found: Errors) -> list[tuple[tuple[str, str], int]]:
    return sorted(found.confusions.items(), key=lambda each: (-each[1], each[0]))


def table(rows: Sequence[tuple[str, Errors]], total: Errors, confusions: int) -> list[str]:
    """Return the lines of a report for people."""
    wide = max([len("total"), *(len(name) for name, _ in rows)])
    lines = [f"{'page':{wide}}  {'CER':>7}  {'WER':>7}  {'characters':>10}  {'words':>6}"]
    for name, each in [*rows, ("total", total)]:
        shares = f"{100 * each.cer:6.2f}%  {100 * each.wer:6.2f}%"
        lines.append(f"{name:{wide}}  {shares}  {each.characters:10}  {each.words:6}")
    usual = _usual(total)[:confusions]
    if usual:
        lines += ["", "true  read  times"]
        lines += [f"{_shown(a):4}  {_shown(b):4}  {count:5}" for (a, b), count in usual]
    return lines


def _shown(character: str) -> str:
    return {"": "-", " ": "blank"}.get(character, character)


def _say(line: str) -> None:
    typer.echo(printable(line))
