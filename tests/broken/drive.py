"""``python -m tests.broken.drive KIND``: every case in a copy of this process; results as JSON.

The process imports all that is heavy and starts no thread, so that its copies may be made; each
calls the command itself, in a folder of its own, with its streams in files.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.broken import evil
from tests.broken.evil import Case

SIDE_BY_SIDE = 2
WAITED = 90.0
ADDRESSES = 12 << 30
HEAVY = (
    "cv2", "numpy", "PIL.Image", "PIL.TiffImagePlugin", "onnxruntime", "svgwrite", "pillow_heif",
    "defusedxml.ElementTree", "pypdfium2", "sentencepiece", "inksight_cli.pipeline",
    "inksight_cli.api", "inksight_cli.commands.work", "inksight_cli.commands.ink_task",
    "inksight_cli.commands.box_task", "inksight_cli.formats.json", "inksight_cli.formats.svg",
    "inksight_cli.formats.inkml", "inksight_cli.detectors.boxes.boxxml", "inksight_cli.engine",
    "inksight_cli.convert.report", "inksight_cli.commands.app",
)  # fmt: skip


@dataclass
class Running:
    """A copy at work."""

    case: Case
    folder: Path
    began: float
    late: bool = False


def main(kind: str) -> None:
    """Run all cases of a kind and print a line about each."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ["HOME"] = "/nonexistent"
    cases = list(importlib.import_module(f"tests.broken.{kind}").cases())
    for name in HEAVY:
        with contextlib.suppress(ImportError):  # an extra
            importlib.import_module(name)
    import cv2

    cv2.setNumThreads(0)
    warm_up()
    gc.freeze()  # else looking for cycles would copy all pages of memory, in every copy
    waiting, running = iter(cases), {}
    more = True
    while more or running:
        while more and len(running) < SIDE_BY_SIDE:
            case = next(waiting, None)
            more = case is not None
            if case is not None:
                pid, run = start(case)
                running[pid] = run
        for result in finished(running):
            print(json.dumps(result), flush=True)


def warm_up() -> None:
    """Do good calls, so that nothing is left to be imported in the copies."""
    from inksight_cli.commands.app import main
    from tests.broken import boxes, documents, pictures
    from tests.helpers.pictures import written

    picture = pictures.saved(pictures.Image.fromarray(written("ink")), "PNG")
    files = {"page.png": picture, "boxes": boxes.HOCR.replace("; bbox 0 0 80 40", "").encode()}
    before = sys.argv, Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, data in files.items():
            Path(name).write_bytes(data)
        for words in (
            ("derender", "page.png", "-o", "out/", *evil.QUICK, "-q"),
            ("derender", "page.png", "-o", "out/", "--format", "json", *evil.QUICK, "-q"),
            ("detect", "page.png", "-o", "out/", "--boxes", "boxes", "-q"),
        ):
            sys.argv = ["inksight", *words]
            with contextlib.suppress(SystemExit):
                main()
        for _, _, data in itertools.islice(documents._files(), 2):
            Path("x.json").write_bytes(data)
            with contextlib.suppress(Exception):
                importlib.import_module("inksight_cli").read("x.json")
    sys.argv = before[0]
    os.chdir(before[1])


def start(case: Case) -> tuple[int, Running]:
    """Copy this process for a case."""
    folder = Path(tempfile.mkdtemp(prefix="broken-"))
    for name, data in case.files.items():
        path = folder / "here" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "here").mkdir(exist_ok=True)
    pid = os.fork()
    if pid == 0:
        try:
            become(case, folder)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        os._exit(1)
    return pid, Running(case, folder, time.monotonic())


def become(case: Case, folder: Path) -> None:
    """In the copy: call the program, and end as it does."""
    os.setsid()
    os.chdir(folder / "here")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_CREAT | os.O_WRONLY), number)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.argv = ["inksight", *case.words]
    if case.words[0] == "read":
        read_and_write(Path(case.words[1]))
    else:
        from inksight_cli.commands.app import command

        command()


def read_and_write(path: Path) -> None:
    """Read a file of ink and write it in every format, as a program with this library would."""
    from inksight_cli import read, write
    from inksight_cli.errors import InksightError

    Path("out").mkdir()
    code = 0
    try:
        document = read(path)
        if len(document.pages) == 1:
            write(document, "out/x.svg")
        for name in ("x.json", "x.inkml"):
            write(document, f"out/{name}")
            read(f"out/{name}")
    except InksightError as error:
        shutil.rmtree("out")
        print(f"inksight: {error}", file=sys.stderr, flush=True)
        code = error.exit_code
    os._exit(code)


def finished(running: dict[int, Running]) -> Iterator[dict[str, object]]:
    """Yield what became of copies that have ended; those that take too long are ended."""
    pid, status, usage = os.wait4(-1, os.WNOHANG)
    if pid in running:
        yield result(running.pop(pid), status, usage)
        return
    time.sleep(0.002)
    for other, run in running.items():
        if time.monotonic() - run.began > WAITED and not run.late:
            run.late = True
            os.killpg(other, signal.SIGKILL)


def result(run: Running, status: int, usage: resource.struct_rusage) -> dict[str, object]:
    """What became of one copy."""
    here = run.folder / "here"
    given = set(run.case.files)
    left = sorted(p.relative_to(here).as_posix() for p in here.rglob("*") if p.is_file())
    data = {name: (here / name).read_bytes() for name in left if name not in given}
    said = (run.folder / "stderr").read_bytes().decode("utf-8", "replace")
    shutil.rmtree(run.folder)
    return {
        "case": run.case.name,
        "code": os.waitstatus_to_exitcode(status),
        "late": run.late,
        "seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "megabytes": usage.ru_maxrss // 1024,
        "said": said[-2000:],
        "written": {name: _sense(name, content) for name, content in data.items()},
        "damaged": sorted(n for n in given if (n not in left)),
    }


def _sense(name: str, data: bytes) -> str:
    """What is wrong with a written file, nothing if it makes sense."""
    if name.endswith(".json"):
        try:
            json.loads(data, parse_constant=lambda word: (_ for _ in ()).throw(ValueError(word)))
        except ValueError as error:
            return f"no JSON: {error}"
    elif name.endswith((".svg", ".inkml")):
        from xml.etree import ElementTree

        try:
            elements = list(ElementTree.fromstring(data).iter())
        except ElementTree.ParseError as error:
            return f"no XML: {error}"
        drawn = " ".join(
            f"{e.get('d')} {e.get('stroke-width')} {e.text}"
            for e in elements
            if e.tag.endswith(("path", "trace"))
        )
        if "nan" in drawn or "inf" in drawn:
            return "holds what is no number"
    else:
        return "left behind"
    return ""


if __name__ == "__main__":
    main(sys.argv[1])
