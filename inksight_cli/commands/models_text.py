"""How the commands about the original model show what they found and how far they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from inksight_cli.commands.terminal import printable, printable_lines, to_stderr

_MARKS = {"mapped": "+", "dead": "-", "unknown": "?"}


def as_json(data: dict[str, Any]) -> str:
    """Return ``data`` as indented JSON."""
    return json.dumps(data, indent=2) + "\n"  # ASCII: nothing in it steers a terminal


def tell(text: str, quiet: bool = False) -> None:
    """Say something to a person, on stderr."""
    if not quiet:
        to_stderr(printable(text))


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """Give a function that shows how far something is; a bar on terminals, else nothing."""
    if quiet or not sys.stderr.isatty():
        yield lambda _what, _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=1.0)
        yield lambda what, done: bar.update(task, description=what, completed=done)


def as_text(data: dict[str, Any]) -> str:
    """Return an inspection for people."""
    parts = [
        _files(data), _signature(data), _network(data), _variables(data), _preprocessing(data),
        _vocabulary(data), _conclusion(data), [data["licence"]],
    ]  # fmt: skip
    return printable_lines("\n\n".join("\n".join(part) for part in parts if part)) + "\n"


def verdict_text(data: dict[str, Any]) -> str:
    """Return a verdict for people."""
    lines = [f"Compared with {data['oracle']}: {data['verdict']}."]
    lines += [f"  {name}: {found}" for name, found in data["stages"].items()]
    lines += ["", "mode                     tokens  same  margin   drift/token  ink (px)"]
    for item in data["comparisons"]:
        drift = "-" if item["drift"] is None else f"{item['drift']:.1e}"
        apart = "-" if item["distance"] is None else f"{item['distance']:.2f}"
        lines.append(
            f"{item['mode']:24} {item['length']:6} {item['same']:5} {item['margin']:7.4f} "
            f"{drift:>13} {apart:>9}"
        )
    settled = ", ".join(f"{name}={value}" for name, value in data["switches"].items())
    lines += ["", f"settled: {settled}", *(f"open: {item}" for item in data["undecided"])]
    return printable_lines("\n".join(lines)) + "\n"


def _files(data: dict[str, Any]) -> list[str]:
    lines = [f"Files (written by TensorFlow {data['tensorflow'] or 'unknown'})"]
    return lines + [f"  {f['bytes']:>12,}  {f['sha256']}  {f['name']}" for f in data["files"]]


def _signature(data: dict[str, Any]) -> list[str]:
    signature = data["signature"]
    if signature is None:
        return ["Signature: there is no serving_default."]
    lines = [f"Signature {signature['name']}"]
    for kind in ("inputs", "outputs"):
        lines += [
            f"  {kind[:-1]:6} {info['name']}: {info['dtype']} {_shape(info['shape'])}"
            for info in signature[kind]
        ]
    return lines


def _network(data: dict[str, Any]) -> list[str]:
    network, hints = data["network"], data["hints"]
    inputs = network["inputs"]
    lines = [
        f"Network: StableHLO, {network['stablehlo_bytes']:,} bytes, for "
        + (", ".join(network["platforms"]) or "an unnamed platform"),
        "  inputs:  " + (", ".join(map(_input, inputs)) if inputs else "cannot be read"),
        "  outputs: " + ", ".join(_shape(shape) for shape in network["output_shapes"]),
    ]
    if hints:
        beams = hints["beams"]
        search = "greedy" if beams == 0 else f"beam search, K = {beams}" if beams else "unknown"
        order = {True: "image, then text", False: "text, then image", None: "unknown"}
        gelu = {True: "exact", False: "tanh", None: "unknown"}
        lines.append(
            f"  search: {search}; encoder: {order[hints['image_first']]}; "
            f"gelu: {gelu[hints['exact_gelu']]}"
        )
    return lines


def _variables(data: dict[str, Any]) -> list[str]:
    found = data["variables"]
    counts = {s: sum(v["status"] == s for v in found) for s in _MARKS}
    lines = [
        "Variables: " + ", ".join(f"{count} {status}" for status, count in counts.items())
        + f", {len(data['missing'])} missing"
    ]  # fmt: skip
    lines += [
        f"  {_MARKS[v['status']]} {v['name']}  {v['dtype']} {_shape(v['shape'])}"
        for v in sorted(found, key=lambda v: (v["status"] != "mapped", v["name"]))
    ]
    lines += [f"  ! missing {name}" for name in data["missing"]]
    return lines + [f"  ! {text}" for text in data["wrong"]]


def _preprocessing(data: dict[str, Any]) -> list[str]:
    lines = ["Preprocessing"]
    for item in data["preprocessing"]:
        ops = ", ".join(op for op in item["ops"] if "Tensor" not in op and op != "Const")
        lines.append(f"  {item['function']}: {ops}")
        if item["resize"]:
            lines.append(f"    resize: {item['resize']}")
        if item["scaling"]:
            lines.append(f"    scaling: {', '.join(item['scaling'])}")
        settings = {k.split("/")[-1]: v for k, v in item["constants"].items() if v}
        lines += [f"    {name} = {value}" for name, value in settings.items()]
    return lines if data["preprocessing"] else ["Preprocessing: none found."]


def _vocabulary(data: dict[str, Any]) -> list[str]:
    vocabulary = data["vocabulary"]
    if vocabulary is None:
        return ["Vocabulary: there is not exactly one SentencePiece model."]
    return [
        f"Vocabulary: SentencePiece {vocabulary['algorithm']}, {vocabulary['pieces']:,} pieces, "
        f"{vocabulary['bytes']:,} bytes",
        f"  pad {vocabulary['pad']}, end {vocabulary['end']}, unknown {vocabulary['unknown']}, "
        f"<extra_id_0> {vocabulary['extra_id_0']}",
        f"  {vocabulary['ink_tokens']} ink tokens, ids {vocabulary['ink_token_0']} to "
        f"{vocabulary['ink_token_450']}",
    ]


def _conclusion(data: dict[str, Any]) -> list[str]:
    if data["complete"]:
        return ["It can be converted: every variable that the network reads has its place."]
    return [f"It cannot be converted. {data['problem']}".strip()]


def _input(item: dict[str, Any]) -> str:
    return f"{item['dtype']} {_shape(item['shape'])}" + ("" if item["read"] else " (never read)")


def _shape(shape: list[int] | None) -> str:
    if shape is None:
        return "[?]"
    return "[" + ", ".join("?" if size < 0 else str(size) for size in shape) + "]"
