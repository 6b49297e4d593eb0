"""What results are called: every name says whose result it is, whatever else lies there.

A page of several is ``name.page-2.svg``. A picture whose own name ends so, and pictures that
would share a name but for their ending, keep their whole names: ``scan.png`` and ``scan.jpg``
become ``scan.png.svg`` and ``scan.jpg.svg``. Pictures found in a folder keep their place below it;
equal names from two folders keep as much of their paths as tells them apart.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path, PurePath

from inksight_cli.commands.inputs import STDIN, Inputs

_PAGE = re.compile(r"\.page-\d+$", re.IGNORECASE)


def numbered(path: Path, number: int) -> Path:
    """Return the name of page ``number`` beside ``path``."""
    from inksight_cli.formats import ending_of  # with NumPy: too heavy for --help

    ending = ending_of(path)
    return path.with_name(f"{path.name.removesuffix(ending)}.page-{number}{ending}")


def names_in_folder(inputs: Inputs) -> list[PurePath]:
    """Return where each input's result lies in a folder of results, without an ending."""
    places = [_below(source, inputs.folders.get(source)) for source in inputs.sources]
    while twice := _repeated(places):
        places = [
            _longer(source, place) if _key(place) in twice else place
            for source, place in zip(inputs.sources, places, strict=True)
        ]
    return _shortest(places)


def names_beside(inputs: Inputs) -> list[Path]:
    """Return where each input's result lies beside the input, without an ending."""
    return [Path(name) for name in _shortest([PurePath(source) for source in inputs.sources])]


def _below(source: str, folder: str | None) -> PurePath:
    if source == STDIN:
        return PurePath("stdin")
    return PurePath(source).relative_to(folder) if folder else PurePath(PurePath(source).name)


def _longer(source: str, place: PurePath) -> PurePath:
    """Return ``place`` with one more folder of its path in front."""
    parts = PurePath(os.path.abspath(source)).parts[1:]  # noqa: PTH100
    return PurePath(*parts[-len(place.parts) - 1 :])


def _shortest(places: list[PurePath]) -> list[PurePath]:
    """Return the places without their endings, where that leaves them apart."""
    whole = {_key(place) for place in places if _PAGE.search(place.stem)}
    while True:
        names = [p if _key(p) in whole else p.with_name(p.stem) for p in places]
        twice = _repeated(names)
        more = {_key(p) for p, n in zip(places, names, strict=True) if _key(n) in twice}
        if not more - whole:
            return names
        whole |= more


def _repeated(places: list[PurePath]) -> set[str]:
    return {key for key, count in Counter(map(_key, places)).items() if count > 1}


def _key(place: PurePath) -> str:
    """What some file systems take for the same name."""
    return str(place).casefold()
