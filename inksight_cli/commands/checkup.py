"""What ``inksight doctor`` looks at: every part is tried, and says what it lacks."""

from __future__ import annotations

import importlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from io import StringIO
from itertools import groupby

from inksight_cli import __version__
from inksight_cli.commands.terminal import printable_lines
from inksight_cli.errors import ModelError
from inksight_cli.plugins import Registry

DISTRIBUTION = "inksight-cli"
DEFAULT_DETECTOR = "embedded"
_MODULES = {  # else the package's own name
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "google-crc32c": "google_crc32c",
}

_INSTEAD = {"onnxruntime": "onnxruntime-gpu"}  # the same modules


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the machine or of the installation.

    Attributes:
        kind: ``python``, ``package``, ``provider``, ``detector``, ``format`` or ``model``.
        ready: whether it works; detail: its version or purpose, or what is missing and the line
            that installs it.
        needed: whether the default way from picture to ink needs it.
    """

    kind: str
    name: str
    ready: bool
    detail: str
    needed: bool = False


def check_up() -> list[Finding]:
    """Return what was found, kind by kind."""
    return [
        Finding("python", platform.python_version(), True, sys.executable, needed=True),
        *_packages(),
        *_providers(),
        *_detectors(),
        *_formats(),
        *_models(),
    ]


def as_json(findings: list[Finding]) -> str:
    """Return the findings for machines."""
    good = all(finding.ready for finding in findings if finding.needed)
    plain = {"version": __version__, "ready": good, "findings": [asdict(f) for f in findings]}
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def as_text(findings: list[Finding]) -> str:
    """Return the findings for people."""
    lines = [f"inksight {__version__} on {platform.platform()}, {os.cpu_count()} cores"]
    for kind, group in groupby(findings, key=lambda finding: finding.kind):
        lines += ["", kind]
        for finding in group:
            state = "ready" if finding.ready else ("MISSING" if finding.needed else "missing")
            lines.append(f"  {state:8}{finding.name:23} {finding.detail}")
    broken = [finding.name for finding in findings if finding.needed and not finding.ready]
    good = "The default way from picture to ink works."
    bad = f"The default way from picture to ink does not work; it lacks {', '.join(broken)}."
    return printable_lines("\n".join([*lines, "", bad if broken else good, ""]))


def _packages() -> Iterator[Finding]:
    # Extras are left out: their user is told by the part that needs them. Some packages stand
    # twice, in other versions for other machines.
    needed = [each for each in requires(DISTRIBUTION) or [] if "extra ==" not in each]
    by_name = {re.split(r"[^\w.-]", each)[0]: each.partition(";")[0].strip() for each in needed}
    for name, requirement in by_name.items():
        try:
            importlib.import_module(_MODULES.get(name, name))
            yield Finding("package", name, True, _version(name), needed=True)
        except (PackageNotFoundError, ModuleNotFoundError):
            detail = f"Install it: pip install '{requirement}'"
            yield Finding("package", name, False, detail, needed=True)
        except Exception as error:
            detail = f"{_reason(error)}. Install it anew: pip install --force-reinstall {name}"
            yield Finding("package", name, False, detail, needed=True)


def _version(name: str) -> str:
    """A package's version, or that of the one in its place."""
    try:
        return version(name)
    except PackageNotFoundError:
        if name not in _INSTEAD:
            raise
        return f"{version(_INSTEAD[name])} ({_INSTEAD[name]})"


def _providers() -> Iterator[Finding]:
    """Try every provider on a graph of one node: what is compiled in does not always run."""
    try:
        import onnxruntime as ort
    except ImportError as error:
        yield Finding("provider", "onnxruntime", False, _reason(error), needed=True)
        return
    yield from _two_runtimes()
    for name in ort.get_available_providers():
        cpu = name == "CPUExecutionProvider"
        try:
            options = ort.SessionOptions()
            options.log_severity_level = 4
            with redirect_stdout(StringIO()) as said:
                session = ort.InferenceSession(_identity_graph(), options, providers=[name])
            runs = name in session.get_providers()
            detail = "runs" if runs else _not_started(said.getvalue())
            if runs and name == "CUDAExecutionProvider" and not find_spec("onnx"):
                detail += "; decoders stay on the CPU without: pip install 'inksight-cli[cuda]'"
        except Exception as error:
            runs, detail = False, _reason(error)
        yield Finding("provider", name, runs, detail, needed=cpu)


def _not_started(said: str) -> str:
    """What onnxruntime printed, as far as a user can do something about it."""
    reason = re.search(r"failure \d+: ([^;]+)", said)
    because = f" ({reason[1].strip()})" if reason else ""
    return f"onnxruntime offers it, but it does not start here{because}"


def _two_runtimes() -> Iterator[Finding]:
    """Tell of onnxruntime and onnxruntime-gpu side by side: one overwrote half of the other."""
    try:
        version("onnxruntime"), version("onnxruntime-gpu")
    except PackageNotFoundError:
        return
    detail = (
        "onnxruntime is installed, too, in the same place. Keep one: pip uninstall onnxruntime"
        " onnxruntime-gpu, then pip install 'onnxruntime-gpu[cuda,cudnn]'"
    )
    yield Finding("provider", "onnxruntime-gpu", False, detail)


def _identity_graph() -> bytes:
    """Return an ONNX model y = Identity(x), written out so that onnx itself is not needed.

    The protocol-buffer fields are those of onnx.proto3: ModelProto 1 ir_version, 7 graph,
    8 opset_import; GraphProto 1 node, 2 name, 11 input, 12 output.
    """

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    shape = field(2, field(1, bytes([1 << 3, 1])))  # one dimension of size 1
    kind = field(2, field(1, bytes([1 << 3, 1]) + shape))  # float32
    node = field(1, b"x") + field(2, b"y") + field(4, b"Identity")
    graph = field(1, node) + field(2, b"g")
    graph += field(11, field(1, b"x") + kind) + field(12, field(1, b"y") + kind)
    return bytes([1 << 3, 8]) + field(7, graph) + field(8, bytes([2 << 3, 13]))


def _detectors() -> Iterator[Finding]:
    from inksight_cli.detectors import registry

    found = registry()
    for name, kind in found.loaded.items():
        needed = name == DEFAULT_DETECTOR
        try:
            missing = kind().missing()
        except Exception as error:
            missing = _reason(error)
        given: str = getattr(kind, "given", "")
        detail = f"{kind.summary}; {given}" if given else missing or kind.summary
        yield Finding("detector", name, bool(given) or missing is None, detail, needed)
    yield from _broken("detector", found)


def _formats() -> Iterator[Finding]:
    from inksight_cli.formats import registry

    found = registry()
    for name, kind in found.loaded.items():
        yield Finding("format", name, True, kind.summary, needed=name == "svg")
    yield from _broken("format", found)


def _broken(kind: str, found: Registry) -> Iterator[Finding]:
    for name, reason in found.broken.items():
        yield Finding(kind, name, False, f"its package cannot be imported: {reason}")


def _models() -> Iterator[Finding]:
    from inksight_cli.bundles import find_squares, find_tuned, installed_bundles
    from inksight_cli.bundles.places import DEFAULT, SQUARES

    yield Finding("model", "trace", True, "the classical tracer, built in", needed=True)
    bundles, broken = installed_bundles()
    for bundle in bundles:
        try:
            bundle.check()
            where = f"{bundle.origin}, {bundle.folder}"
            if tuned := find_tuned(bundle):
                where += f"; tuned to this processor: {tuned.precision}"
            yield Finding("model", bundle.folder.name, True, where)
            if bundle.folder.name == DEFAULT and bundle.manifest.pen_order:
                yield Finding("model", "pen-order", True, f"traced ink in {DEFAULT}'s pen order")
        except ModelError as damage:
            yield Finding("model", bundle.folder.name, False, str(damage))
    for folder, error in broken:
        yield Finding("model", folder.name, False, str(error))
    try:
        if find_squares():
            yield Finding("model", SQUARES, True, "pen order of Han, kana and hangul")
    except ModelError as damage:
        yield Finding("model", SQUARES, False, str(damage))


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
